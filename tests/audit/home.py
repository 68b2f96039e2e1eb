"""A hub with two companies whose audit trails have some entries, and ways to tamper with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from hub.plugins import load
from hub.service.auditing import verify
from hub.service.companies import add_company, set_company
from hub.service.context import Hub
from hub.service.heads import remember
from tests.conftest import Databases
from tests.reporting.home import opened

ENTRIES = 12
COLUMNS = ("company_id", "seq", "at", "actor", "action", "subject", "detail", "mac")


def prepare(url: str, home: Path) -> None:
    """Add the companies ACME and OTHER with ENTRIES entries each, all of them remembered in the hub's home."""
    with opened(url, home, load(only=[])) as hub:
        for code in ("ACME", "OTHER"):
            add_company(hub, code=code, name=code, currency="USD")
            for day in range(1, ENTRIES):
                settles(hub, day, code)
        remember(hub)


@contextmanager
def audited(databases: Databases, home: Path) -> Iterator[Hub]:
    """Open a hub with a copy of these companies and of its home."""
    with opened(databases.prepared(prepare, home), home, load(only=[])) as hub:
        yield hub


def settles(hub: Hub, day: int, code: str = "ACME") -> None:
    """Change a setting, which is one entry of the trail."""
    set_company(hub, code, {"go_live": f"2026-01-{day:02}", "method": ("net_change", "reversal")[day % 2]})


def told(hub: Hub, company: str | None = None, printed: str | None = None) -> list[str]:
    """Return what is wrong with the trails: the codes of all problems."""
    found = verify(hub, company, printed)
    problems = [*found["problems"], *(problem for each in found["companies"] for problem in each["problems"])]
    assert found["sound"] == (not any(problem["blocking"] for problem in problems))
    return [problem["code"] for problem in problems]


def sentences(hub: Hub) -> list[str]:
    """Return what is wrong with the trails, in words."""
    found = verify(hub)
    problems = [*(problem for each in found["companies"] for problem in each["problems"]), *found["problems"]]
    return [problem["message"] for problem in problems]


def tamper(hub: Hub, statement: str, **values: object) -> None:
    """Change the database as somebody with its password can."""
    with hub.database.write() as connection:
        changed = connection.execute(text(statement), values)
        assert changed.rowcount != 0


def without_constraints(hub: Hub) -> None:
    """Take every constraint off the trail, as somebody with the database's password can."""
    with hub.database.write() as connection:
        for statement in (
            "CREATE TABLE bare AS SELECT * FROM audit_event",
            "DROP TABLE audit_event",
            "ALTER TABLE bare RENAME TO audit_event",
        ):
            connection.execute(text(statement))


def stored(connection: Connection) -> list[dict[str, Any]]:
    """Return every entry as it is stored, by company and number."""
    rows = connection.execute(text("SELECT * FROM audit_event ORDER BY company_id, seq")).mappings()
    return [dict(row) for row in rows]


def replace_all(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Let the table hold these entries and no others."""
    connection.execute(text("DELETE FROM audit_event"))
    if rows:
        named = ", ".join(f":{name}" for name in COLUMNS)
        connection.execute(text(f"INSERT INTO audit_event ({', '.join(COLUMNS)}) VALUES ({named})"), rows)
