"""The connector for Tryton: what it is, what Tryton bears, and how each request is signed.

All that touches the network is in session.py, all JSON in wire.py, all sorting of errors in faults.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import httpx2
from pydantic import BaseModel

from hub.api import (
    Capability,
    Connection,
    Connector,
    ConnectorError,
    ConnectorInfo,
    Guarantee,
    Limits,
    SecretFields,
    hookimpl,
)
from hub_tryton.session import TrytonSession
from hub_tryton.settings import LONGEST_WORK_S, Secrets, Settings

LABEL = "Tryton"
LIMITS = Limits(
    lines_per_entry=500,  # measured with Tryton 8.2: 400 lines are made and posted in 3.3 s, and a request may take 60 s
    calls_at_once=1,  # two callers who look up and then create could both create
    latest_commit_s=LONGEST_WORK_S,
)


class Tryton:
    """Posts journals to Tryton's account.move: made as drafts, looked at, and then posted."""

    def __init__(self) -> None:
        self.info = ConnectorInfo(
            id="tryton",
            name=LABEL,
            settings=Settings,
            guarantee=Guarantee.LOOK_UP,
            sign_ins=(SecretFields(model=Secrets),),
            capabilities=frozenset({Capability.CHANGED_SINCE, Capability.FINISH}),
            limits=LIMITS,
            docs_url="https://docs.tryton.org/latest/server/topics/user_application.html",
        )

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name, as customers see it."""
        _own(settings)
        return LABEL

    def limits(self, settings: BaseModel) -> Limits:
        """Return the limits, with how late the connection's own server may still commit."""
        return replace(LIMITS, latest_commit_s=_own(settings).latest_commit_s)

    def sign(self, request: httpx2.Request, secrets: BaseModel, settings: BaseModel) -> httpx2.Request:
        """Return a request with the application's key in its header."""
        if not isinstance(secrets, Secrets):
            raise TypeError(f"secrets of tryton expected, not {type(secrets).__name__}")
        _own(settings)
        request.headers["Authorization"] = f"Bearer {secrets.key.get_secret_value()}"
        return request

    def open(self, connection: Connection) -> TrytonSession:
        """Return a session for one company; nothing is called yet."""
        if connection.client is None:
            raise ConnectorError("This connection has no way to reach Tryton.", code="no_client")
        return TrytonSession(connection.client, _own(connection.settings), connection.company)


def _own(settings: BaseModel) -> Settings:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings of tryton expected, not {type(settings).__name__}")
    return settings


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector for Tryton."""
    return (Tryton(),)
