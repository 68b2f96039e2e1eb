"""The demo company's half year: its month-ends, what happens between them, and where its files are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"

OPENING_DATE = date(2026, 4, 30)
COUNT_DATES = (
    date(2026, 5, 31),
    date(2026, 6, 30),
    date(2026, 7, 31),
    date(2026, 8, 31),
    date(2026, 9, 30),
    date(2026, 10, 31),
)
EXPORTED_DATES = COUNT_DATES[:-1]
OFFERED_DATE = COUNT_DATES[-1]
"""The count that is left for a person to export."""

REMAPPED_BEFORE = date(2026, 8, 31)
"""One category has accounts of its own from this export on."""

AMENDED_DATE = date(2026, 9, 30)
"""One site's count of this date is corrected after its export."""


def counts_file(count_date: date, *, amended: bool = False) -> str:
    """Return the name of the file with all sites' counts of a date, or with the one that was corrected."""
    return f"counts-{count_date:%Y-%m}{'-amended' if amended else ''}.csv"
