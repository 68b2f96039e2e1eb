"""A restaurant group whose books are a fake ledger: counts are exported over a network that a test can spoil."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import func, select, text

from hub.api import Connection
from hub.domain.posting import Rules, Timing
from hub.plugins import load
from hub.plugins.client import guarded_client
from hub.service import exporting, previewing
from hub.service.companies import add_company, set_company
from hub.service.connections import add_connection
from hub.service.context import Hub, Posting, Route
from hub.service.importing import import_file
from hub.service.posting import deciding, watching, working
from hub.store import Database
from hub.store.posting_rows import POSTING
from hub.testing import connector
from hub.testing.clock import VirtualClock
from hub.testing.connector import Settings
from hub.testing.ledger import FakeLedger
from hub.testing.lossy import Fault, LossyTransport, writes
from hub.testing.profile import Profile
from tests.audit_key import AUDIT_KEY

OPENING, OCTOBER, NOVEMBER, DECEMBER = "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31"
GL = {
    "1310": ("Food Inventory", "asset"),
    "1340": ("Liquor Inventory", "asset"),
    "5010": ("COGS Meat", "cogs"),
    "5020": ("COGS Produce", "cogs"),
    "5100": ("COGS Liquor", "cogs"),
}
COUNTED = {"Meat": "5120.05", "Liquor": "9650.00"}
TIMING = Timing(call_s=30, send_within_s=10, lease_s=60, alive_s=10, lag_s=5)
Document = dict[str, Any]  # JSON
Seen = Callable[[httpx2.Request], object]


def nothing(_request: httpx2.Request) -> None:
    """Let a request be."""


class Watched(httpx2.BaseTransport):
    """Passes requests on, and lets a test act as each arrives at the ledger and as its answer leaves."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self.arrives: Seen = nothing
        self.leaves: Seen = nothing
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.arrives(request)
        response = self._inner.handle_request(request)
        self.leaves(request)
        return response


class House:
    """One hub with one company; its clock, ledger and network are the test's own.

    faults: what befalls the next writes, one each, None for none; reading_faults: the next other requests; down: every
    request, as long as it is set; wire: what happens at the ledger's own end of the network.
    """

    def __init__(
        self,
        url: str,
        home: Path,
        *,
        profile: Profile = Profile.REQUEST_ID,
        rules: Rules | None = None,
        ledger: FakeLedger | None = None,
        clock: VirtualClock | None = None,
        company: str = "ACME",
    ) -> None:
        self.company = company
        self.clock = clock or VirtualClock()
        self.profile = profile
        self.ledger = ledger or FakeLedger(now=self.clock.now, profile=profile)
        self.faults: list[Fault | None] = []
        self.reading_faults: list[Fault | None] = []
        self.down: Fault | None = None
        self.sent: list[httpx2.Request] = []
        self.wire = Watched(self.ledger.transport())
        self.transport = LossyTransport(self.wire, self._choose, clock=self.clock)
        self.database = Database(url, audit_key=AUDIT_KEY, now=self.clock.now)
        self.posting = Posting(
            rules=rules or Rules(TIMING), guarded=False, network=self._client, sleep=self.clock.advance
        )
        self.hub = Hub(
            database=self.database,
            registry=load(only=[connector]),
            clock=self.clock.now,
            home=home,
            actor="alice",
            posting=self.posting,
        )

    def set_up(self, sites: Sequence[str] = ("DT",), **settings: str) -> House:
        """Add the company, its connection, chart, maps and opening values."""
        add_company(self.hub, code=self.company, name="Acme Restaurants", currency="USD")
        self.connect(**settings)
        self.imports("gl-accounts", "number,name,kind", *(f"{n},{name},{kind}" for n, (name, kind) in GL.items()))
        self.imports("departments", "department,asset_account,cogs_account", "Food,1310,5010", "Bar,1340,5100")
        self.imports(
            "categories", "category,department,cogs_account", "Meat,Food,5010", "Produce,Food,5020", "Liquor,Bar,"
        )
        self.chart()
        self.imports("sites", "site,name,connection", *(f"{code},Site {code},books" for code in sites))
        for site in sites:
            self.imports("opening", "date,site,category,value", f"{OPENING},{site},Meat,4812.37")
        return self

    def connect(self, name: str = "books", **settings: str) -> None:
        """Add a connection to the ledger."""
        chosen = {"base_url": "http://127.0.0.1:9", "profile": self.profile.value, **settings}
        add_connection(self.hub, self.company, connector="fake", name=name, settings=chosen)

    def chart(self, name: str = "books") -> None:
        """Import the ledger's chart and map every GL Account to it."""
        rows = [f"acc-{n},{n},{title},{kind}" for n, (title, kind) in GL.items()]
        self.imports("chart", "id,number,name,kind", *rows, connection=name)
        self.imports("account-map", "gl_account,account_number", *(f"{n},{n}" for n in GL), connection=name)

    def imports(self, kind: str, *lines: str, connection: str | None = None) -> None:
        """Import CSV text that must be taken whole."""
        file = io.BytesIO("\n".join((*lines, "")).encode())
        now = self.clock.now()
        result = import_file(self.database, self.company, kind, file, actor="alice", now=now, connection=connection)
        assert result.errors == (), result.errors

    def counts(self, site: str = "DT", day: str = OCTOBER, values: Mapping[str, str] = COUNTED) -> None:
        """Count a site: one item of each category."""
        rows = (f"{day},{site},{name} item,{name},1,{value}" for name, value in values.items())
        self.imports("counts", "count_date,site,item,category,quantity,value", *rows)

    def sets(self, **changes: str) -> None:
        """Change company settings."""
        set_company(self.hub, self.company, changes)

    def preview(self, day: str = OCTOBER, *decisions: str, connection: str = "books") -> Document:
        """Look at what would be exported."""
        return previewing.preview(self.hub, self.company, date.fromisoformat(day), connection, decisions)

    def export(
        self, day: str = OCTOBER, *decisions: str, hash_: str | None = None, connection: str = "books"
    ) -> Document:
        """Press Export."""
        return exporting.export(
            self.hub, self.company, date.fromisoformat(day), connection, decisions, expected_hash=hash_
        )

    def shown(self, code: str) -> Document:
        """Look at an export."""
        return exporting.show_export(self.hub, self.company, code)

    def undo(self, code: str, *decisions: str, withdraw: bool = False) -> Document:
        """Undo an export."""
        return exporting.undo(self.hub, self.company, code, decisions, withdraw=withdraw)

    def resume(self, code: str) -> Document:
        return deciding.resume(self.hub, self.company, code)

    def accept(self, code: str) -> Document:
        return deciding.accept(self.hub, self.company, code)

    def check(self) -> list[Document]:
        """Do what is done each night."""
        return watching.check(self.hub, self.company, "books")

    def sweep(self) -> int:
        """Work on everything that is due now, and say how many exports that were."""
        due = working.due(self.hub)
        for export_id, _ in due:
            working.work(self.hub, export_id)
        return len(due)

    def later(self, seconds: float) -> House:
        """Let time pass, and the workers do what comes due meanwhile."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < end:
            left = (end - self.clock.now()).total_seconds()
            self.clock.advance(min(5.0, left))
            self.sweep()
        return self

    def settles(self, within_s: float = 7200) -> House:
        """Let time pass until nothing is due any more or waits for somebody to stop; the workers do what comes due."""
        end = self.clock.now() + timedelta(seconds=within_s)
        self.sweep()
        while (due := self._next_due()) is not None and self.clock.now() < end:
            self.clock.advance(max((due - self.clock.now()).total_seconds(), 1.0))
            self.sweep()
        return self

    def spoil(self, *faults: Fault | None) -> None:
        """Say what befalls the next writes."""
        self.faults += faults

    def journals(self) -> list[tuple[str, Decimal]]:
        """Return reference and total of each journal in the ledger."""
        return [(journal.reference, journal.total) for journal in self.ledger.journals()]

    def balance(self, account: str) -> Decimal:
        """Return an account's balance in the ledger."""
        return self.ledger.trial_balance()[f"acc-{account}"]

    def query(self, statement: str) -> list[Document]:
        """Return rows of the database."""
        with self.database.read() as rows:
            return [dict(row) for row in rows.execute(text(statement)).mappings()]

    def worker(self, name: str, **changes: Any) -> Hub:
        """Return the same hub as another worker's process sees it."""
        return replace(self.hub, posting=replace(self.posting, worker=name, incarnation=name, **changes))

    def close(self) -> None:
        self.database.close()

    def _next_due(self) -> datetime | None:
        with self.database.read() as rows:
            due: datetime | None = rows.execute(select(func.min(POSTING.c.due_at))).scalar_one()
        return due

    def _client(self, connection: Connection, route: Route) -> httpx2.Client:
        return guarded_client(self._address(connection), transport=self.transport)

    def _address(self, connection: Connection) -> str:
        assert isinstance(connection.settings, Settings)
        return connection.settings.base_url

    def _choose(self, request: httpx2.Request) -> Fault | None:
        self.sent.append(request)
        if self.down is not None:
            return self.down
        planned = self.faults if writes(request) else self.reading_faults
        return planned.pop(0) if planned else None


def codes(made: Document) -> list[str]:
    """Return the codes of an export's problems."""
    return [problem["code"] for problem in made["problems"]]
