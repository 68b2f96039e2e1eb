"""The connector for NetSuite: what it is, where it signs in and calls, and what NetSuite bears."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from secrets import token_hex

import httpx2
from pydantic import BaseModel

from hub.api import (
    Addresses,
    Connection,
    Connector,
    ConnectorError,
    ConnectorInfo,
    Guarantee,
    Limits,
    Sandbox,
    Session,
    hookimpl,
)
from hub_netsuite import places
from hub_netsuite.chart import SUBSIDIARY
from hub_netsuite.escaping import MOST_MEMO
from hub_netsuite.pacific import HOME
from hub_netsuite.records import Lists
from hub_netsuite.rest import RestBooks
from hub_netsuite.session import LINES_PER_ENTRY, NetSuiteSession, Surroundings
from hub_netsuite.settings import Secrets, Settings, Transport
from hub_netsuite.signing import passport, signed
from hub_netsuite.soap import SoapBooks

MINUTE_S = 60
EXAMPLE = "https://1234567.suitetalk.api.netsuite.com"  # each account has a host of its own, which addresses() tells
NONCE_BYTES = 16  # written as 32 hexadecimal digits; NetSuite takes 6 to 64 letters and digits

LIMITS = Limits(
    lines_per_entry=LINES_PER_ENTRY,
    calls_at_once=1,  # accounts have 5 to 20 for all their integrations together (facts 2.5)
    memo_length=MOST_MEMO,
    latest_commit_s=15 * MINUTE_S,  # NetSuite cuts requests after fifteen minutes (facts 2.2)
)


class NetSuite:
    """Posts journal entries to NetSuite. now: Unix seconds."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.info = ConnectorInfo(
            id="netsuite",
            name="NetSuite",
            settings=Settings,
            guarantee=Guarantee.SERVER_KEY,
            sign_ins=(places.sign_in(Transport.SOAP, ""), places.sign_in(Transport.REST, EXAMPLE)),
            environments=places.ENVIRONMENTS,
            entry_dimensions=(SUBSIDIARY,),
            limits=LIMITS,
            docs_url="https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_159886587653.html",
        )
        self._seconds = now
        self._lists: dict[str, Lists] = {}

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name, as customers see it."""
        _own(settings)
        return "NetSuite"

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        """Return where a connection calls and how it signs in; raises ConnectorError where its settings contradict each other."""
        return places.addresses(_own(settings), environment)

    def sign(self, request: httpx2.Request, secrets: BaseModel, settings: BaseModel) -> httpx2.Request:
        """Return a SOAP request with its passport: each one has a nonce and a timestamp of its own, which are used once."""
        if not isinstance(secrets, Secrets):
            raise TypeError(f"secrets of netsuite expected, not {type(secrets).__name__}")
        own = _own(settings)
        made = passport(
            secrets,
            account=own.account,
            version=own.endpoint,
            nonce=token_hex(NONCE_BYTES),
            timestamp=int(self._seconds()),
        )
        return signed(request, made)

    def open(self, connection: Connection) -> Session:
        """Return a session for one account; nothing is called yet."""
        if connection.client is None:
            raise ConnectorError("This connection has no way to reach NetSuite.", code="no_client")
        settings = _own(connection.settings)
        interface = (
            SoapBooks(connection.client, settings.endpoint, self._now)
            if settings.transport is Transport.SOAP
            else RestBooks(connection.client, self._now)
        )
        surroundings = Surroundings(today=lambda: self._now().astimezone(HOME).date(), lists=self._lists)
        return NetSuiteSession(connection, settings, interface, surroundings)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds(), UTC)


def _own(settings: BaseModel) -> Settings:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings of netsuite expected, not {type(settings).__name__}")
    return settings


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector for NetSuite."""
    return (NetSuite(),)


@hookimpl
def hub_sandboxes() -> Iterable[Sandbox]:
    """Return the local stand-in for NetSuite."""
    from hub_netsuite.sandbox import NetSuiteSandbox  # the web stack, which only a sandbox needs

    return (NetSuiteSandbox(),)
