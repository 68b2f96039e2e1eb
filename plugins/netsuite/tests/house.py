"""A restaurant group whose books are the sandbox of NetSuite, exported through the hub's real state machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import httpx2

from hub.api import ClientAssertion, Connection, OAuth2, Side, from_minor
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.sign_in import sign_in_with
from hub.service.connections import add_connection
from hub.service.context import Route
from hub.testing.clock import VirtualClock
from hub.testing.lossy import Fault
from hub_netsuite.connector import NetSuite
from hub_netsuite.sandbox.company import ACCOUNT_ID, Journal
from plugins.netsuite.tests.sandbox_client import BASE, Local
from tests.connecting.vendor import Plugin
from tests.posting.house import GL, Document, House

SUBSIDIARY = "West"
JOURNALS = "/services/rest/record/v1/journalEntry"


@dataclass(frozen=True, slots=True)
class There:
    """A line of a journal there, as the proofs of the hub's own tests read it."""

    account: str
    side: Side
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """A journal there."""

    id: str
    reference: str
    lines: tuple[There, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.side is Side.DEBIT), Decimal(0))


class NetSuiteBooks:
    """The sandbox where the hub's own tests have their ledger."""

    def __init__(self, local: Local) -> None:
        self.local = local

    def transport(self) -> httpx2.BaseTransport:
        return self.local.transport

    def journals(self, reference: str = "") -> list[Standing]:
        """Return the journals whose memo has a reference."""
        kept = self.local.site.company.journals.values()
        return [self._standing(journal) for journal in kept if reference in journal.memo]

    def credentials(self) -> Mapping[str, str]:
        return self.local.credentials

    def balance(self, account: str) -> Decimal:
        company = self.local.site.company
        return from_minor(company.books[company.base_currency().id].trial_balance()[account], "USD")

    def _standing(self, journal: Journal) -> Standing:
        sides = {True: Side.DEBIT, False: Side.CREDIT}
        lines = (
            There(each.account, sides[each.minor > 0], from_minor(abs(each.minor), "USD")) for each in journal.lines
        )
        return Standing(journal.id, journal.memo.split()[0], tuple(lines))


class NetSuiteHouse(House):
    """One hub with one company in the sandbox, signed in to it by the hub itself.

    local: the sandbox; transport_name: which of the two interfaces its connection uses.
    """

    def __init__(self, url: str, home: Path, transport_name: str = "soap", clock: VirtualClock | None = None) -> None:
        home.mkdir(mode=0o700, exist_ok=True)
        self.transport_name = transport_name
        self.local = Local(clock, folder=home)
        super().__init__(url, home, ledger=NetSuiteBooks(self.local), clock=self.local.clock)  # type: ignore[arg-type]
        self.posting = replace(
            self.posting, network=self._signed, sign_in_client=self._sign_in_client, monotonic=self.clock.seconds
        )
        registry = load(only=[Plugin(NetSuite(self.clock.seconds))])
        self.hub = replace(self.hub, registry=registry, posting=self.posting)

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection and sign in to the account."""
        chosen = {"account": ACCOUNT_ID, "base_url": BASE, "transport": self.transport_name, **settings}
        add_connection(self.hub, self.company, connector="netsuite", name=name, settings=chosen, environment="local")
        self.sign_in(name)

    def sign_in(self, name: str = "books") -> Document:
        """Type in what the sandbox prints."""
        return sign_in_with(self.hub, self.company, name, self.local.credentials)

    def chart(self, name: str = "books") -> None:
        """Read the chart, and map every GL Account to the account with its number."""
        read_chart(self.hub, self.company, name)
        self.imports("account-map", "gl_account,account_number", *(f"{n},{n}" for n in GL), connection=name)

    def imports(self, kind: str, *lines: str, connection: str | None = None) -> None:
        """Import CSV text; sites are mapped to a subsidiary as soon as they are there, since opening values keep theirs."""
        super().imports(kind, *lines, connection=connection)
        if kind == "sites":
            sites = [line.partition(",")[0] for line in lines[1:]]
            self.imports("site-map", "site,dimension,value", *(f"{site},subsidiary,{SUBSIDIARY}" for site in sites))

    def balance(self, account: str) -> Decimal:
        return NetSuiteBooks(self.local).balance(account)

    def writes(self) -> list[httpx2.Request]:
        """Return every request that could have written a journal."""
        return [request for request in self.sent if is_write(request)]

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
        planned = self.faults if is_write(request) else self.reading_faults
        return planned.pop(0) if planned else None


Make = Callable[..., NetSuiteHouse]


def is_write(request: httpx2.Request) -> bool:
    """Whether a request could write a journal."""
    if request.headers.get("SOAPAction") == '"add"':
        return True
    return request.method == "POST" and request.url.path == JOURNALS
