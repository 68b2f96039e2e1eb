"""The connector for QuickBooks Online."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import BaseModel

from hub.api import (
    Addresses,
    Capability,
    Connection,
    Connector,
    ConnectorError,
    ConnectorInfo,
    Guarantee,
    Limits,
    ReconnectNeeded,
    Sandbox,
    hookimpl,
)
from hub_quickbooks import places
from hub_quickbooks.known import Known
from hub_quickbooks.sandbox import QuickBooksSandbox
from hub_quickbooks.session import Desk, QuickBooksSession
from hub_quickbooks.settings import USUAL_LINES, Settings
from hub_quickbooks.wire import LONGEST_MEMO

LABEL = "QuickBooks Online"

# calls_per_minute: the vendor bears 500 a minute and 10 a second; the hub lets a tenth of a minute's calls through at once,
#   and 90 is the round number of which a tenth, and what follows within that second, is no more than 10.
# key_life_s: the vendor does not say how long it remembers a requestid. So no more is claimed than that it outlives the
#   request itself, which it ends after 120 s: the hub then waits for the later of the two before it believes "absent".
# latest_commit_s: a request is ended after 120 s, and what it began may still be carried out; two and a half times that.
# lines_per_entry: the vendor names none; 1,000 keep well within 120 s, and a setting changes it.
LIMITS = Limits(
    lines_per_entry=USUAL_LINES,
    calls_per_minute=90,
    calls_at_once=10,
    memo_length=LONGEST_MEMO,
    reference_length=21,
    key_life_s=120,
    latest_commit_s=300,
)


class QuickBooks:
    """Posts journals to QuickBooks Online. clock: monotonic seconds; now: aware instants."""

    info = ConnectorInfo(
        id="quickbooks",
        name=LABEL,
        settings=Settings,
        guarantee=Guarantee.SERVER_KEY,
        sign_ins=(places.sign_in(),),
        environments=places.ENVIRONMENTS,
        capabilities=frozenset({Capability.CHANGED_SINCE}),
        limits=LIMITS,
    )

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._known = Known(clock)
        self._now = now

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name, as customers see it."""
        _own(settings)
        return LABEL

    def limits(self, settings: BaseModel) -> Limits:
        """Return what QuickBooks bears, with the lines per journal that the connection sets."""
        own = _own(settings)
        return LIMITS if own.max_lines is None else replace(LIMITS, lines_per_entry=own.max_lines)

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        """Return where the connection calls and signs in; raises ConnectorError where its settings contradict it."""
        return places.addresses(_own(settings), environment)

    def open(self, connection: Connection) -> QuickBooksSession:
        """Return a session for one company; nothing is called yet."""
        own = _own(connection.settings)
        realm = connection.signed_in.get(places.REALM, "")
        company = connection.company.id if connection.company is not None else realm
        if connection.client is None:
            raise ConnectorError("This connection has no way to reach QuickBooks.", code="no_client")
        if not company:
            raise ReconnectNeeded("Connect to QuickBooks and choose a company first.", code="not_signed_in")
        base = connection.company.currency if connection.company is not None else None
        desk = Desk(
            client=connection.client,
            realm=realm,
            company=company,
            currency=base or connection.currency,
            app_url=places.app_url(own, connection.environment),
            most_lines=own.max_lines or USUAL_LINES,
            known=self._known,
            now=self._now,
        )
        return QuickBooksSession(desk)


def _own(settings: BaseModel) -> Settings:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings of quickbooks expected, not {type(settings).__name__}")
    return settings


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector for QuickBooks Online."""
    return (QuickBooks(),)


@hookimpl
def hub_sandboxes() -> Iterable[Sandbox]:
    """Return the stand-in for QuickBooks Online."""
    return (QuickBooksSandbox(),)
