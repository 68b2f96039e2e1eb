"""Sage 50 (US edition): a General Journal file of File > Select Import/Export, with a heading row.

Source: the facts about CSV layouts (§8): the number of distributions, 2 to 560, on every row, plus is debit and minus
is credit; reference 20, account 15, description 160, job 20 characters.
"""

from __future__ import annotations

from hub.api import Dimension, JournalEntry, Limits
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import WINDOWS, TextRule
from hub_csv_iif.wire.csv_text import csv_text
from hub_csv_iif.wire.layout import Layout, Memo, Name, Table, date_text, dimension_cell, number_of, signed_amount

_DATE_FORMAT = DateFormat.MONTH_FIRST_SHORT
_LIMITS = Limits(lines_per_entry=560, memo_length=160, reference_length=20)
_ACCOUNT_LENGTH = 15
_JOB_LENGTH = 20
_HEADER = (
    "Date",
    "Reference",
    "Date Clear in Bank Rec",
    "Number of Distributions",
    "G/L Account",
    "Description",
    "Amount",
    "Job ID",
    "Used for Reimbursable Expense",
)


def _table(entry: JournalEntry, settings: Settings) -> Table:
    day = date_text(entry.date, settings.date_format or _DATE_FORMAT)
    distributions = str(len(entry.lines))
    return Table(
        header=_HEADER,
        rows=tuple(
            (
                day,
                entry.reference,
                "",
                distributions,
                Name(text=number_of(line.account), what="account", length=_ACCOUNT_LENGTH),
                Memo(text=line.memo, length=_LIMITS.memo_length),
                signed_amount(line, entry.currency),
                dimension_cell(line, "job", _JOB_LENGTH),
                "FALSE",
            )
            for line in entry.lines
        ),
    )


SAGE_50 = Layout(
    name=LayoutName.SAGE_50,
    label="Sage 50",
    suffix="-sage-50.csv",
    media_type="text/csv; charset=windows-1252",
    rule=TextRule(encoding=WINDOWS),
    date_format=_DATE_FORMAT,
    limits=_LIMITS,
    account_needs="number",
    account_text=number_of,
    table=_table,
    join=csv_text,
    dimensions=(Dimension(name="job", label="Job"),),
)
