"""A restaurant group that posts to the QuickBooks sandbox through the hub's own state machine."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2

from hub.api import ClientAssertion, Connection, OAuth2, from_minor
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.sign_in import sign_in_with
from hub.service.connections import add_connection
from hub.service.context import Posting, Route
from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from hub_quickbooks import connector
from hub_quickbooks.sandbox import QuickBooksSandbox
from hub_quickbooks.sandbox.sample import RESTAURANT
from tests.posting.house import House

BASE = "http://127.0.0.1:9001"
# The restaurant's GL Accounts, and the ids of the sandbox's accounts.
ACCOUNTS = {"1310": "101", "1340": "104", "5010": "121", "5020": "122", "5100": "127"}


class Sandbox:
    """The sandbox as the houses of the posting tests look at a ledger."""

    def __init__(self, clock: VirtualClock) -> None:
        self.site = QuickBooksSandbox(clock=clock).site(BASE)
        self.site.desk.limits.on = False
        self._transport = AppTransport(self.site.app)

    @property
    def company(self) -> Any:
        self.site.desk.settle()
        return self.site.companies[RESTAURANT]

    def transport(self) -> httpx2.BaseTransport:
        return self._transport

    def journals(self, reference: str | None = None) -> list[Any]:
        """Return the journals that stand there, with lines in decimals."""
        found = self.company.books.journals.values()
        return [_shown(journal) for journal in found if reference in (None, journal.reference)]

    def tell(self, **told: Any) -> None:
        """Tell the sandbox what to do."""
        with httpx2.Client(base_url=BASE, transport=self._transport) as client:
            assert client.post("/_sandbox/faults", json=told).status_code == 200


class QuickBooksHouse(House):
    """One hub with one company whose books are in the sandbox, signed in to it by the hub itself."""

    ledger: Any

    def __init__(self, url: str, home: Path, *, clock: VirtualClock, ledger: Sandbox | None = None) -> None:
        super().__init__(url, home, clock=clock, ledger=ledger or Sandbox(clock))
        home.mkdir(mode=0o700, exist_ok=True)
        plugin = SimpleNamespace(
            hub_connectors=connector.hookimpl(
                lambda: (connector.QuickBooks(clock=clock.seconds, now=clock.now),), specname="hub_connectors"
            )
        )
        self.posting: Posting = replace(
            self.posting, network=self._signed, sign_in_client=self._sign_in_client, monotonic=clock.seconds
        )
        self.hub = replace(self.hub, registry=load(only=[plugin]), posting=self.posting)

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection, and sign in with what the sandbox prints."""
        chosen = {"base_url": BASE, **settings}
        add_connection(self.hub, self.company, connector="quickbooks", name=name, settings=chosen, environment="local")
        self.sign_in(name)

    def sign_in(self, name: str = "books") -> None:
        sign_in_with(self.hub, self.company, name, self.ledger.site.credentials())

    def chart(self, name: str = "books") -> None:
        """Read the chart, and map every GL Account to an account there."""
        read_chart(self.hub, self.company, name)
        maps = (f"{gl},{id_}" for gl, id_ in ACCOUNTS.items())
        self.imports("account-map", "gl_account,account_id", *maps, connection=name)

    def balance(self, account: str) -> Decimal:
        return from_minor(self.ledger.company.books.trial_balance()[ACCOUNTS[account]], "USD")

    def tell(self, **told: Any) -> None:
        self.ledger.tell(**told)

    def take_access_away(self) -> None:
        """End every consent, as a person does in QuickBooks."""
        for grant in self.ledger.site.tokens.grants():
            grant.revoked = True

    def _signed(self, _connection: Connection, route: Route) -> httpx2.Client:
        assert route.addresses is not None
        return guarded_client(
            route.addresses.base_url,
            transport=self.transport,
            auth=route.signing,
            clock=self.clock.seconds,
            request_ids=route.addresses.request_ids,
        )

    def _sign_in_client(self, way: OAuth2 | ClientAssertion) -> httpx2.Client:
        return guarded_client(way.token_url, transport=self.ledger.transport(), clock=self.clock.seconds)


def _shown(journal: Any) -> Any:
    lines = [
        SimpleNamespace(
            account=line.account,
            side=SimpleNamespace(value="debit" if line.amount > 0 else "credit"),
            amount=from_minor(abs(line.amount), "USD"),
        )
        for line in journal.lines
    ]
    total = sum((line.amount for line in lines if line.side.value == "debit"), Decimal(0))
    return SimpleNamespace(id=journal.id, reference=journal.reference, lines=lines, total=total)
