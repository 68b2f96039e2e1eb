"""The page Customers, and a search on it, with 5,000 companies against the same with 50, in one process and in turns.

Figures are p50 of the processor time, so that what else the machine does is not measured.

Each company has a connection, three sites with a year of counts, and a year of exports; one in ten has something to see to:
a journal edited there, one that waits for a person, a sign-in that ends, a system that fails.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.pages import asked_of, signed_in

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from hub.service.context import Hub

FEW, MANY = 50, 5_000
ROUNDS = 31
MOST_TIMES = 2
SITES, MONTHS = 3, 12
NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
PAGES = {
    "Customers": "/customers",
    "search that finds one": "/customers?find=c00042",
    "search that finds all": "/customers?find=kitchens",
    "connected ones": "/customers?health=connected",
}
"""What is asked for; with 50 companies as many rows are shown as with 5,000, or nearly."""
TABLES = ("company", "sign_in", "connection", "traffic", "site", "valuation_count", "export", "export_count", "posting")

Figure = tuple[str, float, float, float, float]
"""Name, ours and the floor (milliseconds), their ratio, the most that ratio may be."""
Rows = dict[str, list[dict[str, Any]]]  # Any: values of any column


def figures(*, quick: bool = False) -> Iterable[Figure]:
    """Return the figures of each page."""
    from hub.app import look_for_cycles_seldom
    from hub.web.app import create_app

    look_for_cycles_seldom()
    logging.disable(logging.INFO)  # the server's own log is not what is measured
    with tempfile.TemporaryDirectory() as folder:
        hubs = [_hub(Path(folder) / str(number), number) for number in (FEW, MANY)]
        apps = [(create_app(hub), signed_in(hub)) for hub in hubs]
        for name, path in PAGES.items():
            times: list[list[float]] = [[], []]
            for _ in range(5 if quick else ROUNDS):
                for (app, cookie), took in zip(apps, times, strict=True):
                    began = time.process_time()
                    page = asyncio.run(asked_of(app, path, cookie))
                    took.append((time.process_time() - began) * 1_000)
                    assert b"Kitchens" in page, path
            few, many = (sorted(each[1:])[len(each[1:]) // 2] for each in times)
            yield (f"{name}, {MANY:,} companies over {FEW}, ms", many, few, many / few, MOST_TIMES)
    logging.disable(logging.NOTSET)


def _hub(home: Path, number: int) -> Hub:
    from hub.plugins import load
    from hub.service.context import Hub
    from hub.store.opening import open_database

    home.mkdir()
    database = open_database(f"sqlite:///{home / 'hub.db'}", home / "audit.key")
    hub = Hub(database=database, registry=load(), clock=lambda: NOW, home=home, actor="bench")
    with _writing(hub) as connection:
        _fill(connection, number)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return hub


def _writing(hub: Hub) -> AbstractContextManager[Connection]:
    return hub.database.write()


def _fill(connection: Connection, number: int) -> None:
    from sqlmodel import SQLModel

    rows: Rows = {name: [] for name in TABLES}
    for company in range(1, number + 1):
        _add(rows, company)
    for name in TABLES:
        table = SQLModel.metadata.tables[name]
        if rows[name]:
            connection.execute(table.insert(), rows[name])


def _add(rows: Rows, company: int) -> None:
    trouble = company % 40 if company % 10 == 0 else None
    own = {"company_id": company}
    rows["company"].append(
        {"id": company, "uuid": f"u{company}", "code": f"C{company:05}", "name": f"Kitchens {company}"}
    )
    rows["company"][-1] |= {"currency": "USD", "mode": "paused" if company % 17 == 0 else "manual"}
    connection = {"id": company, **own, "name": "books", "connector": "csv_iif", "environment": "production"}
    signing = {"issued_at": NOW, "signed_in_by": "bench", "signed_in_at": NOW}
    rows["sign_in"].append(
        {"id": company, **own, "code": f"s{company}", "connector": "x", "environment": "production", "token_url": "x"}
        | {"tokens": "x" * 900, "hard_until": NOW + timedelta(days=5 if trouble == 10 else 900), **signing}
    )
    rows["connection"].append(
        {**connection, "books": f"b{company}", "settings": {"layout": "generic"}, "sign_in_id": company}
    )
    since = NOW - timedelta(days=1) if trouble == 20 else None
    rows["traffic"].append({"connection_id": company, **own, "failures": 3 if since else 0, "failing_since": since})
    for place in range(SITES):
        rows["site"].append(
            {"id": company * SITES + place, **own, "code": f"S{place}", "name": f"Site {place} of {company}"}
            | {"connection_id": company}
        )
    for month in range(1, MONTHS + 1):
        _export(rows, company, month, trouble if month == MONTHS else None)


def _export(rows: Rows, company: int, month: int, trouble: int | None) -> None:
    number, day, own = company * MONTHS + month, date(2026, month, 28), {"company_id": company}
    waits = month == MONTHS and company % 3 == 0
    for place in range(SITES):
        count = number * SITES + place
        rows["valuation_count"].append(
            {"id": count, **own, "site_id": company * SITES + place, "count_date": day, "status": "approved"}
            | {"value": 100, "lines": 1, "imported_at": NOW}
        )
        if not waits:
            rows["export_count"].append(
                {"export_id": number, "site_id": company * SITES + place, **own, "connection_id": company}
                | {"count_id": count, "count_date": day, "unsettled": False}
            )
    if waits:
        return
    rows["export"].append(
        {"id": number, **own, "connection_id": company, "code": f"EX{number}", "kind": "adjustment", "count_date": day}
        | {"sequence": 1, "state": "POSTED", "hash": "x", "label": "Books", "currency": "USD", "created_at": NOW}
        | {"created_by": "bench"}
    )
    rows["posting"].append(
        {"id": number, **own, "export_id": number, "connection_id": company, "books": f"b{company}", "kind": "post"}
        | {"part": 1, "state": "POSTED", "reference": f"IA{number:09}", "key": f"k{number}", "entry_date": day}
        | {"entry": "x" * 2_000, "sha256": "x", "changed_there": "edited" if trouble == 30 else ""}
        | {"needs_attention": "too_many_calls" if trouble == 0 else ""}
    )


def main() -> None:
    """Print the figures."""
    for name, ours, floor, ratio, most in figures():
        print(f"{name:<50}{ours:>9.2f}{floor:>9.2f}{ratio:>7.2f}  {'met' if ratio <= most else 'missed'}")


if __name__ == "__main__":
    main()
