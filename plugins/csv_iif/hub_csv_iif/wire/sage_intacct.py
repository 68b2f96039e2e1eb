"""Sage Intacct: the file of Company > Setup > Import data > Journal entries.

Source: the facts about CSV layouts (§8): what belongs to the journal stands on its first line only, lines are numbered
from 1, the description holds 30 characters, plain CSV and not UTF-8. Thirty characters are less than a journal's memo,
so the description is a short one of its own; the memos stand on the lines.
"""

from __future__ import annotations

from hub.api import Dimension, JournalEntry, Limits, Reason
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import WINDOWS, TextRule
from hub_csv_iif.wire.csv_text import csv_text
from hub_csv_iif.wire.layout import (
    Cell,
    Layout,
    Memo,
    Name,
    Table,
    date_text,
    dimension_cell,
    dimensions_in_use,
    number_of,
    side_amounts,
)

_DATE_FORMAT = DateFormat.MONTH_FIRST
_DIMENSIONS = (Dimension(name="location", label="Location"), Dimension(name="department", label="Department"))
_JOURNAL_COLUMNS = ("DONOTIMPORT", "JOURNAL", "DATE", "REVERSEDATE", "DESCRIPTION", "REFERENCE_NO")
_LINE_COLUMNS = ("LINE_NO", "ACCT_NO", "LOCATION_ID", "DEPT_ID", "DOCUMENT", "MEMO", "DEBIT", "CREDIT")


def _table(entry: JournalEntry, settings: Settings) -> Table:
    others = _other_dimensions(entry)
    rows = []
    for number, line in enumerate(entry.lines, start=1):
        journal = _journal_cells(entry, settings) if number == 1 else ("",) * len(_JOURNAL_COLUMNS)
        cells = (
            str(number),
            Name(text=number_of(line.account), what="account"),
            dimension_cell(line, "location"),
            dimension_cell(line, "department"),
            "",
            Memo(text=line.memo),
            *side_amounts(line, entry.currency),
        )
        rows.append((*journal, *cells, *(dimension_cell(line, name) for name in others)))
    names = (Name(text=name, what="dimension") for name in others)
    return Table(header=(*_JOURNAL_COLUMNS, *_LINE_COLUMNS, *names), rows=tuple(rows))


def _other_dimensions(entry: JournalEntry) -> tuple[str, ...]:
    fixed = {dimension.name for dimension in _DIMENSIONS}
    return tuple(name for name in dimensions_in_use(entry.lines) if name not in fixed)


def _journal_cells(entry: JournalEntry, settings: Settings) -> tuple[Cell, ...]:
    undone = all(line.reason is Reason.UNDO for line in entry.lines)
    return (
        "",
        Name(text=settings.journal, what="journal"),
        date_text(entry.date, settings.date_format or _DATE_FORMAT),
        "",
        f"{'Undo inventory' if undone else 'Inventory count'} {entry.count_date.isoformat()}",
        entry.reference,
    )


SAGE_INTACCT = Layout(
    name=LayoutName.SAGE_INTACCT,
    label="Sage Intacct",
    suffix="-sage-intacct.csv",
    media_type="text/csv; charset=windows-1252",
    rule=TextRule(encoding=WINDOWS),
    date_format=_DATE_FORMAT,
    limits=Limits(),
    account_needs="number",
    account_text=number_of,
    table=_table,
    join=csv_text,
    dimensions=_DIMENSIONS,
    other_dimensions=None,
)
