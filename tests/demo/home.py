"""A home for the demo company, and ways to look at what is in it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from hub.demo.half_year import DATA, counts_file
from hub.plugins import Registry
from hub.service.context import Hub
from hub.store import Database
from tests.audit_key import AUDIT_KEY

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

Values = dict[tuple[str, str], Decimal]
"""An amount for each site and category; none of them zero."""


@contextmanager
def opened(url: str, home: Path, registry: Registry) -> Iterator[Hub]:
    """Open a home and close its database at the end."""
    database = Database(url, audit_key=AUDIT_KEY)
    try:
        yield Hub(database=database, registry=registry, clock=lambda: NOW, home=home, actor="demo")
    finally:
        database.close()


def everything(hub: Hub) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with hub.database.read() as connection:
        names = inspect(connection).get_table_names()
        return {name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr) for name in names}


def counted(count_date: date) -> Values:
    """Return what the file of a date says that each site's categories are worth."""
    return _sums(
        (row["site"], row["category"], Decimal(row["quantity"]) * Decimal(row["unit_cost"]))
        for row in _rows(counts_file(count_date))
    )


def opening() -> Values:
    """Return the opening values."""
    return _sums((row["site"], row["category"], Decimal(row["value"])) for row in _rows("opening.csv"))


def transferred(count_date: date) -> Values:
    """Return what the month's approved transfers bring to each site; what they take from one is negative."""
    return _sums(
        (row[site], row["category"], Decimal(row["quantity"]) * Decimal(row["unit_cost"]) * sign)
        for row in _rows("transfers.csv")
        for site, sign in (("to_site", 1), ("from_site", -1))
        if row["status"] == "approved" and row["date"][:7] == f"{count_date:%Y-%m}"
    )


def posted(preview: Mapping[str, Any], wanted: Callable[[Mapping[str, str]], bool]) -> Values:
    """Return what a preview's wanted lines add up to, by site and category; debits are positive."""
    return _sums(
        (line["site"], line["category"], Decimal(line["amount"]) * (1 if line["side"] == "debit" else -1))
        for entry in preview["entries"]
        for line in entry["lines"]
        if wanted(line)
    )


def together(one: Values, other: Values) -> Values:
    """Return the sums of two."""
    return _sums((site, category, value) for values in (one, other) for (site, category), value in values.items())


def codes(document: Mapping[str, Any]) -> list[str]:
    """Return a document's problems as `level code`."""
    return [f"{problem['level']} {problem['code']}" for problem in document["problems"]]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sums(values: Iterable[tuple[str, str, Decimal]]) -> Values:
    sums: Values = defaultdict(Decimal)
    for site, category, value in values:
        sums[site, category] += value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {key: value for key, value in sums.items() if value}
