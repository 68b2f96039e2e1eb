"""QuickBooks Online: the file of Settings > Import data > Journal entries.

Source: the facts about CSV layouts (§8): accounts by `Parent:Sub` name, rows of one journal share its number, debits
and credits in columns of their own, description 4000 characters; 1,000 rows is what people report.
"""

from __future__ import annotations

from hub.api import Dimension, JournalEntry, Limits
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import TextRule
from hub_csv_iif.wire.csv_text import csv_text
from hub_csv_iif.wire.layout import Layout, Memo, Name, Table, date_text, dimension_cell, name_of, side_amounts

_DATE_FORMAT = DateFormat.MONTH_FIRST
_LIMITS = Limits(lines_per_entry=1_000, memo_length=4_000, reference_length=21)
_HEADER = ("Journal No.", "Journal Date", "Account Name", "Description", "Debits", "Credits", "Location", "Class")


def _table(entry: JournalEntry, settings: Settings) -> Table:
    day = date_text(entry.date, settings.date_format or _DATE_FORMAT)
    return Table(
        header=_HEADER,
        rows=tuple(
            (
                entry.reference,
                day,
                Name(text=name_of(line.account), what="account"),
                Memo(text=line.memo, length=_LIMITS.memo_length),
                *side_amounts(line, entry.currency),
                dimension_cell(line, "location"),
                dimension_cell(line, "class"),
            )
            for line in entry.lines
        ),
    )


QUICKBOOKS_ONLINE = Layout(
    name=LayoutName.QUICKBOOKS_ONLINE,
    label="QuickBooks Online",
    suffix="-quickbooks-online.csv",
    media_type="text/csv; charset=utf-8",
    rule=TextRule(),
    date_format=_DATE_FORMAT,
    limits=_LIMITS,
    account_needs="name",
    account_text=name_of,
    table=_table,
    join=csv_text,
    dimensions=(Dimension(name="class", label="Class"), Dimension(name="location", label="Location")),
)
