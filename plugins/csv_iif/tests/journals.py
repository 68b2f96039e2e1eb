"""Journals for tests, written as people write them: `Dr 5010 COGS Meat 4,812.37 | memo`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hub.api import Account, Connection, JournalEntry, JournalLine, Problem, Reason, Session, Side
from hub_csv_iif.connector import CsvIif
from hub_csv_iif.settings import LayoutName, Settings

LAYOUTS = tuple(layout.value for layout in LayoutName)
CSV_LAYOUTS = tuple(layout for layout in LAYOUTS if layout != "iif")
WINDOWS_LAYOUTS = ("iif", "sage-intacct", "sage-50")

REVERSE = "Reverse ending inventory 2026-09-30"
CURRENT = "Ending inventory 2026-10-31"
WORKED = f"""
Dr 5010 COGS Meat         4,812.37 | Meat    | {REVERSE} · Meat · Downtown
Cr 1310 Food Inventory    4,812.37 | Meat    | {REVERSE} · Meat · Downtown
Dr 5020 COGS Produce      1,204.10 | Produce | {REVERSE} · Produce · Downtown
Cr 1310 Food Inventory    1,204.10 | Produce | {REVERSE} · Produce · Downtown
Dr 5100 COGS Liquor       9,650.00 | Liquor  | {REVERSE} · Liquor · Downtown
Cr 1340 Liquor Inventory  9,650.00 | Liquor  | {REVERSE} · Liquor · Downtown
Dr 1310 Food Inventory    5,120.05 | Meat    | {CURRENT} · Meat · Downtown
Cr 5010 COGS Meat         5,120.05 | Meat    | {CURRENT} · Meat · Downtown
Dr 1310 Food Inventory      988.40 | Produce | {CURRENT} · Produce · Downtown
Cr 5020 COGS Produce        988.40 | Produce | {CURRENT} · Produce · Downtown
Dr 1340 Liquor Inventory  9,650.00 | Liquor  | {CURRENT} · Liquor · Downtown
Cr 5100 COGS Liquor       9,650.00 | Liquor  | {CURRENT} · Liquor · Downtown
"""
_LINE = re.compile(
    r"(?P<side>Dr|Cr) (?P<number>\S+) (?P<name>.+?) +(?P<amount>[\d,.]+) +\| *(?P<category>.*?) *\| *(?P<memo>.*)"
)


def journal(text: str, dimensions: Mapping[str, str] | None = None, **changes: Any) -> JournalEntry:
    """Return the entry that the text describes: of site DT, on 31 October 2026, in USD, or as changes say."""
    values = {
        "key": "0" * 32,
        "reference": "IA7K2Q9XM4B",
        "part": 1,
        "date": date(2026, 10, 31),
        "count_date": date(2026, 10, 31),
        "currency": "USD",
        "memo": "Inventory adjustments 2026-10-31",
        "lines": tuple(_line(line, dimensions or {}) for line in text.strip().splitlines()),
    }
    return JournalEntry(**{**values, **changes})


def _line(text: str, dimensions: Mapping[str, str]) -> JournalLine:
    found = _LINE.fullmatch(text)
    assert found is not None, f"not a journal line: {text}"
    return JournalLine(
        account=Account(number=found["number"], name=found["name"]),
        side=Side.DEBIT if found["side"] == "Dr" else Side.CREDIT,
        amount=Decimal(found["amount"].replace(",", "")),
        memo=found["memo"],
        site="DT",
        category=found["category"],
        gl_account=found["number"],
        reason=Reason.REVERSE_PRIOR if found["memo"].startswith("Reverse") else Reason.CURRENT,
        dimensions=dimensions,
    )


def pair(debit: JournalLine, **changes: Any) -> tuple[JournalLine, JournalLine]:
    """Return a line, changed as asked, and its opposite."""
    changed = replace(debit, **changes)
    return changed, replace(changed, side=changed.side.opposite)


def small(**changes: Any) -> JournalEntry:
    """Return an entry of two lines, Dr and Cr 12.50, both changed as asked."""
    entry = journal("Dr 5010 COGS Meat 12.50 | Meat | memo\nCr 5010 COGS Meat 12.50 | Meat | memo")
    return replace(entry, lines=pair(entry.lines[0], **changes))


def accounts_of(entry: JournalEntry) -> tuple[Account, ...]:
    """The accounts of an entry, each once, as a chart that has them all."""
    return tuple(dict.fromkeys(line.account for line in entry.lines))


def session(layout: str = "iif", chart: Sequence[Account] = (), **settings: Any) -> Session:
    """Return a session with settings as the command line gives them."""
    own = Settings(layout=LayoutName(layout), **settings)
    return CsvIif().open(Connection(name="books", settings=own, chart=tuple(chart)))


def written(entry: JournalEntry, layout: str, **settings: Any) -> bytes:
    """Return the bytes of the entry's file."""
    file = session(layout, **settings).post(entry).file
    assert file is not None
    return file.content


def codes(problems: Sequence[Problem]) -> list[str]:
    """The problems' codes, in order."""
    return [problem.code for problem in problems]
