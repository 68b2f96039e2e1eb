"""CSV for everything else: plain columns that a program or a person can map.

Source: the hub's own formats; the header is one of the interfaces that stay put.
"""

from __future__ import annotations

from hub.api import JournalEntry, Limits
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import TextRule
from hub_csv_iif.wire.csv_text import csv_text
from hub_csv_iif.wire.layout import (
    Layout,
    Memo,
    Name,
    Table,
    date_text,
    dimension_cell,
    dimensions_in_use,
    name_of,
    number_of,
    number_or_name_of,
    side_amounts,
)

_HEADER = (
    "entry",
    "date",
    "reference",
    "account_number",
    "account_name",
    "debit",
    "credit",
    "site",
    "category",
    "memo",
)


def _table(entry: JournalEntry, settings: Settings) -> Table:  # noqa: ARG001 - every layout's table takes settings
    dimensions = dimensions_in_use(entry.lines)
    return Table(
        header=(*_HEADER, *(Name(text=name, what="dimension") for name in dimensions)),
        rows=tuple(
            (
                str(entry.part),
                date_text(entry.date, DateFormat.ISO),
                entry.reference,
                Name(text=number_of(line.account), what="account"),
                Name(text=name_of(line.account), what="account"),
                *side_amounts(line, entry.currency),
                Name(text=line.site, what="site"),
                Name(text=line.category, what="category"),
                Memo(text=line.memo),
                *(dimension_cell(line, name) for name in dimensions),
            )
            for line in entry.lines
        ),
    )


GENERIC = Layout(
    name=LayoutName.GENERIC,
    label="CSV",
    suffix="-generic.csv",
    media_type="text/csv; charset=utf-8",
    rule=TextRule(),
    date_format=DateFormat.ISO,
    limits=Limits(),
    account_needs="name",
    account_text=number_or_name_of,
    table=_table,
    join=csv_text,
    other_dimensions=None,
)
