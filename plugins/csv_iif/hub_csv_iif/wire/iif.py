"""QuickBooks Desktop: an IIF file with one GENERAL JOURNAL.

Source: the facts about IIF (§7): first line TRNS, the others SPL, plus is debit and minus is credit, every row as
many fields as its header, no quotes, no semicolons, Windows-1252, no BOM; DOCNUM 11, memo 209, names 159 characters.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Dimension, JournalEntry, Limits
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import WINDOWS, TextRule
from hub_csv_iif.wire.layout import (
    Layout,
    Memo,
    Name,
    Table,
    date_text,
    dimension_cell,
    name_or_number_of,
    signed_amount,
)

_DATE_FORMAT = DateFormat.MONTH_FIRST
_LIMITS = Limits(memo_length=209, reference_length=11)
_NAME_LENGTH = 159
_COLUMNS = ("TRNSID", "TRNSTYPE", "DATE", "ACCNT", "CLASS", "AMOUNT", "DOCNUM", "MEMO")


def _table(entry: JournalEntry, settings: Settings) -> Table:
    day = date_text(entry.date, settings.date_format or _DATE_FORMAT)
    return Table(
        header=_COLUMNS,
        rows=tuple(
            (
                "",
                "GENERAL JOURNAL",
                day,
                Name(text=name_or_number_of(line.account), what="account", length=_NAME_LENGTH),
                dimension_cell(line, "class", _NAME_LENGTH),
                signed_amount(line, entry.currency),
                entry.reference,
                Memo(text=line.memo, length=_LIMITS.memo_length),
            )
            for line in entry.lines
        ),
    )


def _join(rows: Sequence[Sequence[str]]) -> str:
    header, first, *others = rows
    end = [""] * len(header)
    split_header = ["SPLID", *header[1:]]
    keyed = [("!TRNS", header), ("!SPL", split_header), ("!ENDTRNS", end), ("TRNS", first)]
    keyed += [*(("SPL", row) for row in others), ("ENDTRNS", end)]
    return "".join("\t".join((keyword, *row)) + "\r\n" for keyword, row in keyed)


IIF = Layout(
    name=LayoutName.IIF,
    label="QuickBooks Desktop",
    suffix=".iif",
    media_type="text/plain; charset=windows-1252",
    rule=TextRule(encoding=WINDOWS, without_quotes=True),
    date_format=_DATE_FORMAT,
    limits=_LIMITS,
    account_needs="name",
    account_text=name_or_number_of,
    table=_table,
    join=_join,
    dimensions=(Dimension(name="class", label="Class"),),
    makes_unknown_accounts=True,
)
