"""An installation with several companies on one fake ledger: its database, its ledger and its workers in processes."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from hub.api import Limits
from hub.domain.posting import Rules, Timing
from hub.plugins import load
from hub.service import exporting
from hub.service.companies import add_company, set_company
from hub.service.connections import add_connection
from hub.service.context import Hub, Posting
from hub.service.importing import import_file
from hub.service.network import client_of
from hub.service.posting import working
from hub.store.opening import open_database
from hub.testing import connector
from hub.testing.ledger.journals import Journal
from hub.testing.ledger.state import kept
from tests.processes.children import PATIENCE_S, Child, until

QUICK = Timing(
    call_s=2,
    send_within_s=1,
    lease_s=6,
    alive_s=2,
    lag_s=0.2,
    commit_s=1,
    first_wait_s=0.3,
    probe_s=1,
    longest_wait_s=5,
)
GL = {
    "1310": ("Food Inventory", "asset"),
    "1340": ("Liquor Inventory", "asset"),
    "5010": ("COGS Meat", "cogs"),
    "5020": ("COGS Produce", "cogs"),
    "5100": ("COGS Liquor", "cogs"),
}
CATEGORIES = {"Meat": "1310", "Produce": "1310", "Liquor": "1340"}
OPENING = Decimal("100.00")
DECISIONS = ("acknowledge=site_not_counted",)
PROGRAM = "tests.processes.program"
FIRST_YEAR = 2001
NOON = 12
LATEST_COMMIT_S = 1
LOST_IN_A_ROW = 4  # sends of one journal: where a tenth of the answers is lost, one journal in ten thousand loses more
Document = dict[str, Any]  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site, with the company and connection that it posts to; it is counted on the same day of every month."""

    company: str
    connection: str
    site: str
    day: int

    def date(self, month: int) -> date:
        """Return the day of its count in a month, numbered from 0."""
        return date(FIRST_YEAR + month // 12, month % 12 + 1, self.day)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Installation:
    """One database with its home folder; exports are made in this process and posted by workers in theirs.

    connector: the id of that for the ledger.
    """

    connector = "fake"

    def __init__(self, url: str, home: Path, *, timing: Timing = QUICK) -> None:
        home.mkdir(mode=0o700, exist_ok=True)
        self.url, self.home, self.timing = url, home, timing
        self.children: list[Child] = []
        self.places: list[Place] = []
        self.base_url = ""
        self.whole_starts = False
        self.database = open_database(url, home / "audit.key")
        posting = Posting(
            rules=Rules(timing),
            guarded=False,
            network=partial(client_of, longest_s=timing.call_s),
            wake=lambda _export, _connection: None,
            sleep=_no_sleep,
        )
        self.hub = Hub(
            database=self.database,
            registry=load(only=[connector]),
            clock=utc_now,
            home=home,
            actor="client",
            posting=posting,
        )

    def set_up(self, companies: Sequence[str], connections: int, sites: int, **settings: str) -> Installation:
        """Add companies with so many connections of so many sites each, every site with opening values.

        settings: of each connection, besides the ledger's address.
        """
        chosen = {
            "base_url": self.base_url,
            "latest_commit_s": str(LATEST_COMMIT_S),
            "calls_per_minute": "60000",
            **settings,
        }
        for company in companies:
            self._set_up_company(company, [f"books-{number}" for number in range(connections)], sites, chosen)
        return self

    def imports(self, company: str, kind: str, *lines: str, connection: str | None = None) -> None:
        """Import CSV text that must be taken whole."""
        file = io.BytesIO("\n".join((*lines, "")).encode())
        found = import_file(self.database, company, kind, file, actor="client", now=utc_now(), connection=connection)
        assert found.errors == (), found.errors

    def counts(self, company: str, month: int, chance: random.Random) -> dict[str, Decimal]:
        """Count every site of a company once, and return what the books carry for each once that is posted."""
        values = {
            (place.site, name): Decimal(chance.randrange(1, 10_000_000)) / 100
            for place in self.places_of(company)
            for name in CATEGORIES
        }
        rows = (
            f"{place.date(month)},{place.site},{name} item,{name},1,{values[place.site, name]}"
            for place in self.places_of(company)
            for name in CATEGORIES
        )
        self.imports(company, "counts", "count_date,site,item,category,quantity,value", *rows)
        return {f"{site}/{name}": value for (site, name), value in values.items()}

    def places_of(self, company: str) -> list[Place]:
        return [place for place in self.places if place.company == company]

    def export(self, place: Place, month: int) -> Document:
        """Press Export for a site's count."""
        return exporting.export(self.hub, place.company, place.date(month), place.connection, DECISIONS)

    def post(self) -> None:
        """Post what was exported, in this process."""
        own = replace(self.hub, posting=replace(self.hub.posting, wake=None))
        for export_id, _ in working.due(own):
            working.work(own, export_id)

    def ledger(self, *options: str) -> Child:
        """Start the ledger, its journals kept in a file."""
        options = ("--file", str(self.home / "ledger.jsonl"), *options)
        child = self._start("ledger", "hub.testing.ledger", *options)
        self.base_url = child.ready()["base_url"]
        return child

    def worker(self, name: str, *options: str, program: str = PROGRAM, **environment: str) -> Child:
        """Start a worker, which is not ready yet."""
        return self._start(name, program, "worker", "--json", "--name", name, *options, **environment)

    def command(self, *arguments: str, program: str = PROGRAM, **environment: str) -> Child:
        """Start a command, such as an export."""
        return self._start("command", program, *arguments, **environment)

    def exports(self, place: Place, month: int) -> tuple[str, ...]:
        """Return the arguments of the command that exports a site's count."""
        options = ("--company", place.company, "--connection", place.connection, "--count", str(place.date(month)))
        return ("export", *options, *(f"--decide={each}" for each in DECISIONS))

    def query(self, statement: str, **values: object) -> list[Document]:
        """Return rows of the database."""
        with self.database.read() as rows:
            return [dict(row) for row in rows.execute(text(statement), values).mappings()]

    def journals(self) -> tuple[Journal, ...]:
        """Return the journals of the ledger, from its file."""
        return kept(self.home / "ledger.jsonl")

    def calls(self) -> int:
        """Return how many calls the ledger was asked so far."""
        return int(httpx2.get(f"{self.base_url}/_ledger").json()["calls"])

    def states(self) -> dict[str, int]:
        """Return how many exports stand in each state."""
        found = self.query("SELECT state, count(*) AS exports FROM export GROUP BY state")
        return {row["state"]: row["exports"] for row in found}

    def settles(self, within_s: float | None = None) -> float:
        """Wait until every export is posted, by default as long as the rules allow; returns how long that took."""
        longest = self._silence_s() + PATIENCE_S if within_s is None else within_s
        return until(lambda: set(self.states()) <= {"POSTED"}, "all is posted", longest, self._left)

    def owners(self, worker: str = "") -> set[str]:
        """Return who has postings on lease: any worker, or the starts of one."""
        rows = self.query("SELECT DISTINCT lease_owner FROM posting WHERE lease_owner LIKE :like", like=f"{worker}%/%")
        return {row["lease_owner"] for row in rows}

    def incarnation(self, worker: str) -> str:
        """Return which start of a worker gives signs of life."""
        return "".join(row["incarnation"] for row in self.query("SELECT * FROM worker WHERE name = :name", name=worker))

    def sending(self, worker: str) -> set[str]:
        """Return the references of the postings that a worker is sending."""
        statement = "SELECT reference FROM posting WHERE state = 'SENDING' AND lease_owner LIKE :like"
        return {row["reference"] for row in self.query(statement, like=f"{worker}/%")}

    def close(self) -> None:
        """End every process and close the database."""
        for child in self.children:
            child.kill()
        self.database.close()

    def _silence_s(self) -> float:
        """How long the rules have a journal wait at most: in a dead worker's hands, then once for each send that was lost."""
        quiet_s = Rules(self.timing).quiet_s(Limits(latest_commit_s=LATEST_COMMIT_S))
        return self.timing.alive_s + LOST_IN_A_ROW * (quiet_s + self.timing.probe_s)

    def _left(self) -> list[Document]:
        return self.query(
            "SELECT state, sends, calls, sent_at, due_at, lease_owner FROM posting WHERE state <> 'POSTED'"
        )

    def _start(self, name: str, module: str, *arguments: str, **environment: str) -> Child:
        own = {
            "HUB_HOME": str(self.home),
            "HUB_DATABASE_URL": self.url,
            "HUB_TIMING": ",".join(f"{key}={value}" for key, value in asdict(self.timing).items()),
        }
        log = self.home / f"{name}.log"
        whole = {**own, **environment}
        self.children.append(Child(module, *arguments, log=log, environment=whole, whole=self.whole_starts))
        return self.children[-1]

    def _set_up_company(self, code: str, connections: Sequence[str], sites: int, settings: Mapping[str, str]) -> None:
        add_company(self.hub, code=code, name=f"Company {code}", currency="USD")
        set_company(self.hub, code, {"time_zone": where_it_is(NOON)})
        self.imports(code, "gl-accounts", "number,name,kind", *(f"{n},{name},{kind}" for n, (name, kind) in GL.items()))
        self.imports(code, "departments", "department,asset_account,cogs_account", "Food,1310,5010", "Bar,1340,5100")
        categories = ("Meat,Food,5010", "Produce,Food,5020", "Liquor,Bar,")
        self.imports(code, "categories", "category,department,cogs_account", *categories)
        for name in connections:
            add_connection(self.hub, code, connector=self.connector, name=name, settings=settings)
            chart = (f"acc-{n},{n},{title},{kind}" for n, (title, kind) in GL.items())
            self.imports(code, "chart", "id,number,name,kind", *chart, connection=name)
            self.imports(code, "account-map", "gl_account,account_number", *(f"{n},{n}" for n in GL), connection=name)
        places = list(_places(code, connections, sites))
        self.imports(
            code, "sites", "site,name,connection", *(f"{one.site},{one.site},{one.connection}" for one in places)
        )
        openings = (f"{FIRST_YEAR - 1}-12-31,{one.site},{name},{OPENING}" for one in places for name in CATEGORIES)
        self.imports(code, "opening", "date,site,category,value", *openings)
        self.places += places


def where_it_is(hour: int) -> str:
    """Return a time zone where it is that hour now: at noon nothing of a company is due by night, whenever tests run."""
    ahead = (hour - utc_now().hour + 11) % 24 - 11  # hours
    return f"Etc/GMT{-ahead:+d}"


def _places(company: str, connections: Sequence[str], sites: int) -> Iterator[Place]:
    for name in connections:
        for day in range(1, sites + 1):
            yield Place(company=company, connection=name, site=f"{company}-{name}-{day}", day=day)


def _no_sleep(_seconds: float) -> None:
    raise AssertionError("nothing in this process waits: workers post")
