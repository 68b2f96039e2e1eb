"""A restaurant group whose books are a real Tryton, exported through the hub's real state machine with the wheel's connector."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx2

from hub.api import Connection
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.typed_in import type_in
from hub.service.connections import add_connection
from hub.service.context import Route
from hub.testing.clock import VirtualClock
from tests.posting.house import House
from tests.tryton.server import Move, Tryton


class TrytonBooks:
    """Tryton where the hub's own tests have their ledger."""

    def __init__(self, server: Tryton) -> None:
        self.server = server
        self._transport = httpx2.HTTPTransport()

    def transport(self) -> httpx2.BaseTransport:
        return self._transport

    def journals(self, reference: str = "") -> list[Move]:
        """Return the posted moves, or those of a reference."""
        return [move for move in self.server.moves(reference) if move.state == "posted"]


class TrytonHouse(House):
    """One hub with one company in Tryton, with the key typed in, and the demo company's chart on both sides."""

    def __init__(self, url: str, home: Path, server: Tryton) -> None:
        home.mkdir(mode=0o700, exist_ok=True)
        self.server = server
        super().__init__(url, home, ledger=TrytonBooks(server), clock=VirtualClock())  # type: ignore[arg-type]
        self.posting = replace(self.posting, network=self._signed, monotonic=self.clock.seconds)
        self.hub = replace(self.hub, registry=load(), posting=self.posting)

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection, and type the key in; the key reaches one company, which is then chosen."""
        chosen = {
            "base_url": self.server.base_url,
            "database": self.server.database,
            "journal": self.server.journal,
            **settings,
        }
        add_connection(self.hub, self.company, connector="tryton", name=name, settings=chosen)
        told = type_in(self.hub, self.company, name, {"key": self.server.key})
        assert told["problems"] == [], told

    def chart(self, name: str = "books") -> None:
        """Read the chart, and map every GL Account to the account with its number; the demo's liquor is 5110."""
        read_chart(self.hub, self.company, name)
        mapped = {"1310": "1310", "1340": "1340", "5010": "5010", "5020": "5020", "5100": "5110"}
        self.imports("account-map", "gl_account,account_number", *map(",".join, mapped.items()), connection=name)

    def balance(self, account: str) -> Decimal:
        return self.server.trial_balance().get(account, Decimal(0))

    def _signed(self, _connection: Connection, route: Route) -> httpx2.Client | None:
        if route.addresses is None:
            return None
        return guarded_client(
            route.addresses.base_url, transport=self.transport, auth=route.signing, clock=self.clock.seconds
        )
