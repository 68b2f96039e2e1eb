"""Xero: the file of Accounting > Manual journals > Import, which makes a draft.

Source: the facts about CSV layouts (§8): at most 300 lines a file, accounts by code, the tax rate's full name on every
line, plus is debit and minus is credit; rows with the same narration and date are one journal; the help pages name
dd/mm/yyyy and dd mmm yyyy, of which only the second cannot be read month first. Its journals have no number of their
own, so the narration begins with the reference.
"""

from __future__ import annotations

from hub.api import JournalEntry, JournalLine, Limits
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import TextRule
from hub_csv_iif.wire.csv_text import csv_text
from hub_csv_iif.wire.layout import (
    Cell,
    Layout,
    Memo,
    Name,
    Table,
    date_text,
    dimensions_in_use,
    number_of,
    signed_amount,
)

_DATE_FORMAT = DateFormat.MONTH_NAME
_TRACKING_CATEGORIES = 2
_HEADER = (
    "*Narration",
    "*Date",
    "Description",
    "*AccountCode",
    "*TaxRate",
    "*Amount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
)


def _table(entry: JournalEntry, settings: Settings) -> Table:
    narration = Memo(text=f"{entry.reference} {entry.memo}".rstrip())
    day = date_text(entry.date, settings.date_format or _DATE_FORMAT)
    categories = dimensions_in_use(entry.lines)[:_TRACKING_CATEGORIES]
    return Table(
        header=_HEADER,
        rows=tuple(
            (
                narration,
                day,
                Memo(text=line.memo),
                Name(text=number_of(line.account), what="account"),
                Name(text=settings.tax_rate, what="tax rate"),
                signed_amount(line, entry.currency),
                *_tracking(line, categories),
            )
            for line in entry.lines
        ),
    )


def _tracking(line: JournalLine, categories: tuple[str, ...]) -> tuple[Cell, ...]:
    """Name and option of each tracking category, at its own place on every line; both empty where the line has none."""
    cells: list[Cell] = []
    for category in categories:
        option = line.dimensions.get(category, "")
        cells += [Name(text=category if option else "", what="tracking category"), Name(text=option, what=category)]
    return (*cells, *[""] * (2 * _TRACKING_CATEGORIES - len(cells)))


XERO = Layout(
    name=LayoutName.XERO,
    label="Xero",
    suffix="-xero.csv",
    media_type="text/csv; charset=utf-8",
    rule=TextRule(),
    date_format=_DATE_FORMAT,
    limits=Limits(lines_per_entry=300),
    account_needs="number",
    account_text=number_of,
    table=_table,
    join=csv_text,
    other_dimensions=_TRACKING_CATEGORIES,
)
