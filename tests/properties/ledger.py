"""What the files that were written amount to, read back by a parser that shares nothing with what wrote them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FIXED_COLUMNS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a generic CSV file; signed: minor units, debits positive."""

    connection: str
    entry: str
    date: str
    reference: str
    account: str
    signed: int
    site: str
    category: str
    memo: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def place(self) -> tuple[str, str, str, str, tuple[tuple[str, str], ...]]:
        """Where the amount stands: connection, account, site, category and dimensions."""
        return self.connection, self.account, self.site, self.category, self.dimensions


def read_lines(path: Path, connection: str) -> list[Line]:
    """Read one file of the generic layout."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    return [_line(dict(zip(header, row, strict=True)), header[FIXED_COLUMNS:], connection) for row in rows]


def _line(row: dict[str, str], dimensions: Iterable[str], connection: str) -> Line:
    return Line(
        connection=connection,
        entry=row["entry"],
        date=row["date"],
        reference=row["reference"],
        account=row["account_number"],
        signed=cents(row["debit"]) - cents(row["credit"]),
        site=row["site"],
        category=row["category"],
        memo=row["memo"],
        dimensions=tuple(sorted((name, row[name]) for name in dimensions if row[name])),
    )


def cents(text: str) -> int:
    """Return an amount with two decimals in cents; an empty cell is nothing."""
    scaled = Decimal(text or "0") * 100
    assert scaled == int(scaled), text
    return int(scaled)


def balances(lines: Iterable[Line]) -> dict[tuple[object, ...], int]:
    """Return what stands where, places without a balance left out."""
    sums: dict[tuple[object, ...], int] = defaultdict(int)
    for line in lines:
        sums[line.place] += line.signed
    return {place: amount for place, amount in sums.items() if amount}


def opposite(lines: Iterable[Line]) -> list[tuple[object, ...]]:
    """Return the lines' places with the other sign, in order."""
    return [(*line.place, -line.signed) for line in lines]


def placed(lines: Iterable[Line]) -> list[tuple[object, ...]]:
    """Return the lines' places with their amounts, in order."""
    return [(*line.place, line.signed) for line in lines]
