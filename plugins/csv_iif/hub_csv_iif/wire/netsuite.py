"""NetSuite: the file of Setup > Import/Export > Import CSV Records, type Transactions, record Journal Entry.

Source: the facts about CSV layouts (§8) and the vendor's page section_1534492737: header values repeated on every row,
External ID as the key, accounts as in the drop-down list, `11000 Parent : Child`, exact in spelling and spacing.
"""

from __future__ import annotations

from hub.api import Account, Dimension, JournalEntry, Limits
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import TextRule
from hub_csv_iif.wire.csv_text import csv_text
from hub_csv_iif.wire.layout import Layout, Memo, Name, Table, date_text, dimension_cell, side_amounts

_DATE_FORMAT = DateFormat.MONTH_FIRST
_LINE = "Journal Entry - Line"
_HEADER = (
    "External ID",
    "Date",
    "Subsidiary",
    "Memo",
    f"{_LINE}: Account",
    f"{_LINE}: Debit",
    f"{_LINE}: Credit",
    f"{_LINE}: Memo",
    f"{_LINE}: Department",
    f"{_LINE}: Class",
    f"{_LINE}: Location",
)


def _table(entry: JournalEntry, settings: Settings) -> Table:
    day = date_text(entry.date, settings.date_format or _DATE_FORMAT)
    return Table(
        header=_HEADER,
        rows=tuple(
            (
                entry.reference,
                day,
                dimension_cell(line, "subsidiary"),
                Memo(text=entry.memo),
                Name(text=_account_text(line.account), what="account"),
                *side_amounts(line, entry.currency),
                Memo(text=line.memo),
                dimension_cell(line, "department"),
                dimension_cell(line, "class"),
                dimension_cell(line, "location"),
            )
            for line in entry.lines
        ),
    )


def _account_text(account: Account) -> str:
    """Number and full name with ` : ` between levels, or the one of them that the account has."""
    name = " : ".join(level.strip() for level in account.name.split(":"))
    return f"{account.number} {name}".strip()


NETSUITE = Layout(
    name=LayoutName.NETSUITE,
    label="NetSuite",
    suffix="-netsuite.csv",
    media_type="text/csv; charset=utf-8",
    rule=TextRule(),
    date_format=_DATE_FORMAT,
    limits=Limits(lines_per_entry=10_000),
    account_needs="name",
    account_text=_account_text,
    table=_table,
    join=csv_text,
    dimensions=(
        Dimension(name="subsidiary", label="Subsidiary"),
        Dimension(name="department", label="Department"),
        Dimension(name="class", label="Class"),
        Dimension(name="location", label="Location"),
    ),
)
