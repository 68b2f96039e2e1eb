"""A restaurant group whose books are the sandbox of Xero, exported through the hub's real state machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

import hub_xero.connector
from hub.api import Connection, Side, from_minor
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connections import add_connection
from hub.service.context import Route
from hub.testing.clock import VirtualClock
from hub.testing.lossy import Fault
from hub_xero.sandbox.organisations import POSTED, Journal
from plugins.xero.tests.stand import BASE, Local
from tests.posting.house import GL, House

PUT = "PUT"


@dataclass(frozen=True, slots=True)
class There:
    """A line of a journal there, as the proofs of the hub's own tests read it."""

    account: str
    side: Side
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """A posted journal there."""

    id: str
    reference: str
    lines: tuple[There, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.side is Side.DEBIT), Decimal(0))


class XeroBooks:
    """The sandbox where the hub's own tests have their ledger."""

    def __init__(self, local: Local) -> None:
        self.local = local

    def transport(self) -> httpx2.BaseTransport:
        return self.local.transport

    def journals(self, reference: str = "") -> list[Standing]:
        """Return the posted journals whose narration has a reference."""
        found = (
            each for each in self.local.us.journals.values() if each.status == POSTED and reference in each.narration
        )
        return [self._standing(journal) for journal in found]

    def balance(self, account: str) -> Decimal:
        return from_minor(self.local.us.books.trial_balance()[account], "USD")

    def _standing(self, journal: Journal) -> Standing:
        sides = {True: Side.DEBIT, False: Side.CREDIT}
        lines = (
            There(line.account.id, sides[line.minor > 0], from_minor(abs(line.minor), "USD")) for line in journal.lines
        )
        return Standing(journal.id, journal.narration.split()[0], tuple(lines))


class XeroHouse(House):
    """One hub with one company in the sandbox. local: the sandbox; access: the token that calls carry, the sandbox's own."""

    def __init__(self, url: str, home: Path, clock: VirtualClock | None = None) -> None:
        self.local = Local(clock)
        super().__init__(url, home, ledger=XeroBooks(self.local), clock=self.local.clock)  # type: ignore[arg-type]
        self.hub = replace(self.hub, registry=load(only=[hub_xero.connector]))
        self.signs_in = True

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection to the organisation in US dollars."""
        chosen = {"base_url": BASE, "hub_url": "https://hub.example.com", **settings}
        add_connection(self.hub, self.company, connector="xero", name=name, settings=chosen, environment="local")
        organisation = self.local.us
        with self.database.write() as rows:
            chosen_books = {"books": organisation.tenant, "name": organisation.name, "currency": organisation.currency}
            rows.execute(
                text("UPDATE connection SET books = :books, books_name = :name, currency = :currency"), chosen_books
            )

    def chart(self, name: str = "books") -> None:
        """Take over the chart as the connector reads it, and map every GL Account to it."""
        accounts = self.local.session().accounts()
        rows = [
            f"{each.id},{each.number},{each.name},{each.kind},{'yes' if each.active else 'no'}" for each in accounts
        ]
        self.imports("chart", "id,number,name,kind,active", *rows, connection=name)
        self.imports("account-map", "gl_account,account_number", *(f"{n},{n}" for n in GL), connection=name)

    def balance(self, account: str) -> Decimal:
        books: Any = self.ledger
        balance: Decimal = books.balance(account)
        return balance

    def puts(self) -> list[httpx2.Request]:
        """Return every request that could have written a journal."""
        return [request for request in self.sent if request.method == PUT]

    def _client(self, connection: Connection, route: Route) -> httpx2.Client:
        """Return a client as the hub signs it; a sign-in that ran out is renewed before the next one is made."""
        assert route.addresses is not None
        if self.signs_in and self.local.stand.tokens.is_expired(self.local.access):
            scopes = self.local.credentials["scopes"].split()
            self.local.access = self.local.stand.tokens.grant(scopes, self.local.tenants()).access
        headers = {"Authorization": f"Bearer {self.local.access}"}
        return guarded_client(
            route.addresses.base_url, transport=self.transport, headers=headers, clock=self.clock.seconds
        )

    def _choose(self, request: httpx2.Request) -> Fault | None:
        self.sent.append(request)
        if self.down is not None:
            return self.down
        planned = self.faults if request.method == PUT else self.reading_faults
        return planned.pop(0) if planned else None


Make = Callable[[], XeroHouse]


def standing_lines(house: XeroHouse) -> Mapping[str, Decimal]:
    """Return what the hub itself says that it posted, by account: the frozen lines of all that is posted."""
    import json

    sums: dict[str, Decimal] = {}
    for row in house.query("SELECT entry FROM posting WHERE state = 'POSTED'"):
        for line in json.loads(row["entry"])["lines"]:
            amount = Decimal(line["amount"])
            sums[line["account_number"]] = sums.get(line["account_number"], Decimal(0)) + (
                amount if line["side"] == "debit" else -amount
            )
    return sums
