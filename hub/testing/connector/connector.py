"""The connector for the fake ledger: what a plugin brings, and the place to begin reading.

A connector says what it is (`info`), what its accounting system bears (`limits`), how customers know it (`label`), and opens
sessions. All that touches the network is in session.py, all JSON in wire.py, all sorting of errors in faults.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

from pydantic import BaseModel

from hub.api import (
    Capability,
    Connection,
    Connector,
    ConnectorError,
    ConnectorInfo,
    Limits,
    NoSignIn,
    hookimpl,
)
from hub.testing.connector.session import FakeSession
from hub.testing.connector.settings import Settings
from hub.testing.profile import Profile

LABEL = "Fake Ledger"


class FakeConnector:
    """Posts journals to a FakeLedger, over the client that the hub hands to each connection.

    profile: whose guarantee `info` claims; the default claims the least, a look-up, which holds for every profile. Which
    key a call carries, and its limits, are each connection's own by its settings.
    """

    def __init__(self, profile: Profile = Profile.NO_KEY) -> None:
        self.info = ConnectorInfo(
            id="fake",
            name=LABEL,
            settings=Settings,
            guarantee=profile.guarantee,
            sign_ins=(NoSignIn(),),
            capabilities=frozenset({Capability.CHANGED_SINCE, Capability.FINISH}),
            limits=profile.limits,
        )

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name, as customers see it."""
        _own(settings)
        return LABEL

    def limits(self, settings: BaseModel) -> Limits:
        """Return the limits of the connection's profile, with those that its settings say otherwise."""
        own = _own(settings)
        names = {each.name for each in fields(Limits)}
        chosen = {name: value for name, value in own if name in names and value is not None}
        return replace(own.profile.limits, **chosen) if chosen else own.profile.limits

    def open(self, connection: Connection) -> FakeSession:
        """Return a session for one set of books; nothing is called yet."""
        if connection.client is None:
            raise ConnectorError("This connection has no way to reach the accounting system.", code="no_client")
        return FakeSession(connection.client, _own(connection.settings))


def _own(settings: BaseModel) -> Settings:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings of fake expected, not {type(settings).__name__}")
    return settings


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector for the fake ledger."""
    return (FakeConnector(),)
