"""A restaurant group whose books are the sandbox of Xero, exported through the hub's real state machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import httpx2

import hub_xero.connector
from hub.api import ClientAssertion, Connection, OAuth2, Side, from_minor
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.sign_in import sign_in_with
from hub.service.connections import add_connection
from hub.service.context import Route
from hub.testing.clock import VirtualClock
from hub.testing.lossy import Fault
from hub_xero.sandbox.organisations import POSTED, Journal
from plugins.xero.tests.stand import BASE, Local
from tests.posting.house import GL, Document, House

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

    def credentials(self) -> Mapping[str, str]:
        """Return what the sandbox prints: another consent each time."""
        return self.local.sandbox.credentials(BASE)

    def balance(self, account: str) -> Decimal:
        return from_minor(self.local.us.books.trial_balance()[account], "USD")

    def _standing(self, journal: Journal) -> Standing:
        sides = {True: Side.DEBIT, False: Side.CREDIT}
        lines = (
            There(line.account.id, sides[line.minor > 0], from_minor(abs(line.minor), "USD")) for line in journal.lines
        )
        return Standing(journal.id, journal.narration.split()[0], tuple(lines))


class XeroHouse(House):
    """One hub with one company in the sandbox, signed in to it by the hub itself. local: the sandbox."""

    def __init__(self, url: str, home: Path, clock: VirtualClock | None = None) -> None:
        self.local = Local(clock)
        super().__init__(url, home, ledger=XeroBooks(self.local), clock=self.local.clock)  # type: ignore[arg-type]
        home.mkdir(mode=0o700, exist_ok=True)
        self.posting = replace(
            self.posting, network=self._signed, sign_in_client=self._sign_in_client, monotonic=self.clock.seconds
        )
        registry = load(only=[hub_xero.connector])
        self.hub = replace(self.hub, registry=registry, posting=self.posting)

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection and sign in to the organisation in US dollars."""
        chosen = {"base_url": BASE, "hub_url": "https://hub.example.com", **settings}
        add_connection(self.hub, self.company, connector="xero", name=name, settings=chosen, environment="local")
        self.sign_in(name)

    def sign_in(self, name: str = "books") -> Document:
        """Sign in with what the sandbox prints, to both organisations."""
        credentials = XeroBooks(self.local).credentials()
        return sign_in_with(self.hub, self.company, name, credentials)

    def chart(self, name: str = "books") -> None:
        """Read the chart, and map every GL Account to the account with its number."""
        read_chart(self.hub, self.company, name)
        self.imports("account-map", "gl_account,account_number", *(f"{n},{n}" for n in GL), connection=name)

    def balance(self, account: str) -> Decimal:
        return XeroBooks(self.local).balance(account)

    def disconnect(self) -> None:
        """End every consent of the organisation in US dollars, as a person does in Xero under Connected apps."""
        us = self.local.us.tenant
        for grant in self.local.stand.tokens.grants():
            grant.companies = tuple(each for each in grant.companies if each != us)

    def puts(self) -> list[httpx2.Request]:
        """Return every request that could have written a journal."""
        return [request for request in self.sent if request.method == PUT]

    def _signed(self, _connection: Connection, route: Route) -> httpx2.Client:
        assert route.addresses is not None
        return guarded_client(
            route.addresses.base_url, transport=self.transport, auth=route.signing, clock=self.clock.seconds
        )

    def _sign_in_client(self, way: OAuth2 | ClientAssertion) -> httpx2.Client:
        return guarded_client(way.token_url, transport=self.local.transport, clock=self.clock.seconds)

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
