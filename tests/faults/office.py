"""One database with two companies set up, put back to how it was before every schedule."""

from __future__ import annotations

import random
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import TextClause, event, text

from hub.plugins import load
from hub.service import scope
from hub.service.context import Hub
from hub.service.heads import FOLDER, Trail, remember
from hub.store.running import run
from hub.testing import connector
from tests.faults.moments import WatchedDatabase
from tests.posting.house import DECEMBER, NOVEMBER, OCTOBER, House

COMPANIES = {"ACME": ("DT", "UP"), "BETA": ("HQ",)}
COUNTS = {
    ("ACME", "DT"): (OCTOBER, NOVEMBER, DECEMBER),
    ("ACME", "UP"): (OCTOBER, NOVEMBER),
    ("BETA", "HQ"): (OCTOBER, NOVEMBER),
}
VALUES = {
    OCTOBER: {"Meat": "5120.05", "Liquor": "9650.00"},
    NOVEMBER: {"Meat": "4720.10", "Produce": "812.44", "Liquor": "9012.35"},
    DECEMBER: {"Meat": "6003.77", "Liquor": "8800.00"},
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Copies(Protocol):
    """Copies of a database's whole content, by name."""

    def keep(self, name: str) -> None:
        """Copy what the database holds now."""

    def put_back(self, name: str) -> None:
        """Make the database hold what it held then."""


class Office:
    """A database with the companies' set-up and counts, the plugins, and a home folder; reset() undoes all that was done."""

    def __init__(self, url: str, folder: Path, copies: Callable[[WatchedDatabase], Copies]) -> None:
        self.home = folder / "home"
        self.clock: Callable[[], datetime] = lambda: LONG_AGO
        self.registry = load(only=[connector])
        self.database = WatchedDatabase(url, now=self._now)
        if self.database.is_sqlite:
            event.listen(self.database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        with _fixed_ids():
            _set_up(url, folder)
        self.remembers = False
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(scope, "remember", self._remembered)
        self.copies = copies(self.database)
        self.copies.keep("new")

    def reset(self) -> None:
        """Put everything back to how it was before the first schedule."""
        self.database.tell = lambda _moment: None
        self.copies.put_back("new")
        shutil.rmtree(self.home / FOLDER, ignore_errors=True)

    def execute(self, *statements: str) -> None:
        """Change the database behind the hub's back."""
        with self.database.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def query(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Return rows of the database; no moment of any process."""
        with self.database.engine.begin() as connection:
            return [dict(row) for row in run(connection, _query(statement), values).mappings()]

    def close(self) -> None:
        """Close the database."""
        self._patch.undo()
        self.database.close()

    def _now(self) -> datetime:
        return self.clock()

    def _remembered(self, hub: Hub, company_id: int | None = None, trail: Trail | None = None) -> None:
        """Write down how far the audit trails have come, where a schedule restores a copy: it is a tenth of all work."""
        if self.remembers:
            remember(hub, company_id, trail)


class SqliteCopies:
    """Copies of a SQLite database, in files beside it.

    What is put back goes from table to table, as a database that is copied whole has another schema for SQLite, which then
    prepares every statement anew.
    """

    def __init__(self, database: WatchedDatabase) -> None:
        self._database = database
        with self._raw() as raw:
            found = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            self._tables = [name for (name,) in found]

    def keep(self, name: str) -> None:
        """Copy what the database holds now."""
        with closing(sqlite3.connect(self._file(name))) as copy, self._raw() as raw:
            raw.backup(copy)

    def put_back(self, name: str) -> None:
        """Make the database hold what it held then; foreign keys are not looked at on the way."""
        emptied = [f'DELETE FROM main."{table}"' for table in self._tables]
        filled = [f'INSERT INTO main."{table}" SELECT * FROM "{name}"."{table}"' for table in self._tables]
        with self._raw() as raw:
            if name not in [attached for _, attached, _ in raw.execute("PRAGMA database_list")]:
                raw.execute(f'ATTACH ? AS "{name}"', (self._file(name),))
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.executescript("; ".join(("BEGIN IMMEDIATE", *emptied, *filled, "COMMIT")))
            raw.execute("PRAGMA foreign_keys=ON")

    def _file(self, name: str) -> str:
        return f"{self._database.url.database}-{name}"

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection]:
        with closing(self._database.engine.raw_connection()) as pooled:
            raw = pooled.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            yield raw


class PostgresqlCopies:
    """Copies of a PostgreSQL database's tables, each in a schema of its own."""

    def __init__(self, database: WatchedDatabase) -> None:
        self._database = database
        with database.engine.connect() as connection:
            found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
            self._tables = list(found.scalars())

    def keep(self, name: str) -> None:
        """Copy what the database holds now."""
        made = [f'CREATE TABLE "{name}"."{table}" AS TABLE public."{table}"' for table in self._tables]
        self._run(f'DROP SCHEMA IF EXISTS "{name}" CASCADE', f'CREATE SCHEMA "{name}"', *made)

    def put_back(self, name: str) -> None:
        """Make the database hold what it held then; foreign keys are not looked at on the way."""
        emptied = [f'DELETE FROM public."{table}"' for table in self._tables]
        filled = [f'INSERT INTO public."{table}" SELECT * FROM "{name}"."{table}"' for table in self._tables]
        self._run("SET LOCAL session_replication_role = replica", *emptied, *filled)

    def _run(self, *statements: str) -> None:
        with self._database.engine.begin() as connection:
            connection.exec_driver_sql("; ".join(statements))


@cache
def _query(statement: str) -> TextClause:
    return text(statement)


def _set_up(url: str, folder: Path) -> None:
    for code, sites in COMPANIES.items():
        house = House(url, folder, company=code).set_up(sites)
        for site in sites:
            for day in COUNTS[code, site]:
                house.counts(site, day, VALUES[day])
        house.close()


@contextmanager
def _fixed_ids() -> Iterator[None]:
    """Make the ids of companies and books, and so every key and reference, the same in each run."""
    chance, real = random.Random("ids"), uuid.uuid4
    uuid.uuid4 = lambda: uuid.UUID(int=chance.getrandbits(128), version=4)
    try:
        yield
    finally:
        uuid.uuid4 = real
