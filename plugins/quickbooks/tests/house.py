"""A restaurant group that posts to the QuickBooks sandbox through the hub's own state machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
from sqlalchemy import text

from hub.api import from_minor
from hub.domain.posting import Rules
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connections import add_connection
from hub.service.context import Posting
from hub.testing.clock import VirtualClock
from hub.testing.sandbox import AppTransport
from hub_quickbooks import connector
from hub_quickbooks.sandbox import QuickBooksSandbox
from hub_quickbooks.sandbox.sample import RESTAURANT
from hub_quickbooks.sandbox.site import Site
from tests.posting.house import House

BASE = "http://127.0.0.1:9001"
# The restaurant's GL Accounts, and the ids of the sandbox's accounts.
ACCOUNTS = {"1310": "101", "1340": "104", "5010": "121", "5020": "122", "5100": "127"}


class SignedBy(httpx2.Auth):
    """Signs as the hub's client does: it renews once after a 401, and repeats only what reads."""

    def __init__(self, site: Site) -> None:
        self.access = site.signed_in.access
        self.refresh = site.signed_in.refresh
        self.renewed = 0
        self._site = site

    def auth_flow(self, request: httpx2.Request) -> Iterator[httpx2.Request]:
        request.headers["Authorization"] = f"Bearer {self.access}"
        response = yield request
        if response.status_code == 401:
            issued = self._site.tokens.refresh(self.refresh)
            self.access, self.refresh = issued.access, issued.refresh
            self.renewed += 1
            if request.method == "GET":
                request.headers["Authorization"] = f"Bearer {self.access}"
                yield request


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
    """One hub with one company whose books are in the sandbox."""

    ledger: Any

    def __init__(self, url: str, home: Path, *, clock: VirtualClock, rules: Rules | None = None) -> None:
        super().__init__(url, home, clock=clock, ledger=Sandbox(clock), rules=rules)
        plugin = SimpleNamespace(
            hub_connectors=connector.hookimpl(
                lambda: (connector.QuickBooks(clock=clock.seconds, now=clock.now),), specname="hub_connectors"
            )
        )
        self.signed_by = SignedBy(self.ledger.site)
        self.posting: Posting = replace(self.posting, network=self._client)
        self.hub = replace(self.hub, registry=load(only=[plugin]), posting=self.posting)

    def connect(self, name: str = "books", **settings: str) -> None:
        add_connection(
            self.hub,
            self.company,
            connector="quickbooks",
            name=name,
            settings={"base_url": BASE, **settings},
            environment="local",
        )
        with self.database.write() as rows:
            rows.execute(text("UPDATE connection SET books = :realm, currency = 'USD'"), {"realm": RESTAURANT})

    def chart(self, name: str = "books") -> None:
        shown = {account["Id"]: account for account in self.ledger.company.shown_accounts()}
        rows = [
            f"{id_},{shown[id_]['AcctNum']},{shown[id_]['FullyQualifiedName']},{'asset' if gl < '5' else 'cogs'}"
            for gl, id_ in ACCOUNTS.items()
        ]
        self.imports("chart", "id,number,name,kind", *rows, connection=name)
        maps = (f"{gl},{id_}" for gl, id_ in ACCOUNTS.items())
        self.imports("account-map", "gl_account,account_id", *maps, connection=name)

    def balance(self, account: str) -> Decimal:
        return from_minor(self.ledger.company.books.trial_balance()[ACCOUNTS[account]], "USD")

    def tell(self, **told: Any) -> None:
        self.ledger.tell(**told)

    def _client(self, _connection: Any, _route: Any) -> httpx2.Client:
        return guarded_client(
            BASE, transport=self.transport, auth=self.signed_by, clock=self.clock.seconds, request_ids=("intuit_tid",)
        )


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
