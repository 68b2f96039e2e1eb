"""Strict readers of the files, written apart from the code that writes them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

AMOUNT = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
ENCODINGS = {"iif": "cp1252", "sage-intacct": "cp1252", "sage-50": "cp1252"}
DATES = {"xero": "%d %b %Y", "sage-50": "%m/%d/%y", "generic": "%Y-%m-%d"}
HEADERS = {
    "quickbooks-online": "Journal No.,Journal Date,Account Name,Description,Debits,Credits,Location,Class",
    "xero": "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,"
    "TrackingName1,TrackingOption1,TrackingName2,TrackingOption2",
    "netsuite": "External ID,Date,Subsidiary,Memo,Journal Entry - Line: Account,Journal Entry - Line: Debit,"
    "Journal Entry - Line: Credit,Journal Entry - Line: Memo,Journal Entry - Line: Department,"
    "Journal Entry - Line: Class,Journal Entry - Line: Location",
    "sage-intacct": "DONOTIMPORT,JOURNAL,DATE,REVERSEDATE,DESCRIPTION,REFERENCE_NO,LINE_NO,ACCT_NO,LOCATION_ID,"
    "DEPT_ID,DOCUMENT,MEMO,DEBIT,CREDIT",
    "sage-50": "Date,Reference,Date Clear in Bank Rec,Number of Distributions,G/L Account,Description,Amount,Job ID,"
    "Used for Reimbursable Expense",
    "generic": "entry,date,reference,account_number,account_name,debit,credit,site,category,memo",
}
COLUMNS = {  # date, reference, account, memo, then the signed amount or debit and credit
    "quickbooks-online": ("Journal Date", "Journal No.", "Account Name", "Description", "Debits", "Credits"),
    "xero": ("*Date", "*Narration", "*AccountCode", "Description", "*Amount"),
    "netsuite": (
        "Date",
        "External ID",
        "Journal Entry - Line: Account",
        "Journal Entry - Line: Memo",
        "Journal Entry - Line: Debit",
        "Journal Entry - Line: Credit",
    ),
    "sage-intacct": ("DATE", "REFERENCE_NO", "ACCT_NO", "MEMO", "DEBIT", "CREDIT"),
    "sage-50": ("Date", "Reference", "G/L Account", "Description", "Amount"),
    "generic": ("date", "reference", "account_number", "memo", "debit", "credit"),
}


@dataclass(frozen=True, kw_only=True)
class ReadLine:
    """One line as a file says it; amount: plus is debit; cells: every cell by its column."""

    account: str
    amount: Decimal
    memo: str
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ReadJournal:
    """One journal as a file says it."""

    date: date
    reference: str
    lines: Sequence[ReadLine]

    @property
    def sum(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


def read(content: bytes, layout: str) -> ReadJournal:
    """Return the one journal of a file, in the layout's own date format; fails on any breach of the format."""
    return read_iif(content) if layout == "iif" else read_csv(content, layout)


def read_iif(content: bytes) -> ReadJournal:
    """Read by the rules of QuickBooks Desktop: keyed rows, each as long as its header, one block that sums to zero."""
    text = content.decode("cp1252")
    assert text.endswith("\r\n")
    assert "\r" not in text.replace("\r\n", "")
    assert '"' not in text
    assert ";" not in text
    rows = [row.split("\t") for row in text.removesuffix("\r\n").split("\r\n")]
    assert not any("\n" in cell for row in rows for cell in row)
    headers = {row[0].removeprefix("!"): row[1:] for row in rows if row[0].startswith("!")}
    assert list(headers) == ["TRNS", "SPL", "ENDTRNS"]
    assert [row[0][0] == "!" for row in rows] == [True] * 3 + [False] * (len(rows) - 3)
    data = rows[3:]
    assert [row[0] for row in data] == ["TRNS", *["SPL"] * (len(data) - 2), "ENDTRNS"]
    assert all(len(row) - 1 == len(headers[row[0]]) for row in data)
    assert not any(data[-1][1:])
    named = [dict(zip(headers[row[0]], row[1:], strict=True)) for row in data[:-1]]
    assert {row["TRNSTYPE"] for row in named} == {"GENERAL JOURNAL"}
    (day,), (reference,) = {row["DATE"] for row in named}, {row["DOCNUM"] for row in named}
    assert len(reference) <= 11
    assert all(len(row["MEMO"]) <= 209 and len(row["ACCNT"]) <= 159 and len(row["CLASS"]) <= 159 for row in named)
    lines = [
        ReadLine(account=row["ACCNT"], amount=_amount(row["AMOUNT"]), memo=row["MEMO"], cells=row) for row in named
    ]
    assert sum(line.amount for line in lines) == 0
    return ReadJournal(date=_day(day, "%m/%d/%Y"), reference=reference, lines=lines)


def read_csv(content: bytes, layout: str) -> ReadJournal:
    """Read by RFC 4180: exact header first, every row as long, no line break inside a cell."""
    text = content.decode(ENCODINGS.get(layout, "utf-8"))
    assert not text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == len(rows) + 1
    fixed = HEADERS[layout].split(",")
    assert header[: len(fixed)] == fixed
    assert len(header) == len(fixed) or layout in ("generic", "sage-intacct")
    named = [dict(zip(header, row, strict=True)) for row in rows]
    day, reference, account, memo, *amounts = COLUMNS[layout]
    if layout == "sage-intacct":
        assert [row["LINE_NO"] for row in named] == [str(number) for number in range(1, len(named) + 1)]
        assert not any(row[column] for row in named[1:] for column in fixed[:6])
        journals = [(named[0][day], named[0][reference])]
    else:
        journals = list({(row[day], row[reference]): None for row in named})
    assert len(journals) == 1
    lines = [
        ReadLine(account=row[account], amount=_sum([row[column] for column in amounts]), memo=row[memo], cells=row)
        for row in named
    ]
    return ReadJournal(
        date=_day(journals[0][0], DATES.get(layout, "%m/%d/%Y")), reference=journals[0][1].split(" ")[0], lines=lines
    )


def text_cells_of(content: bytes, layout: str) -> list[str]:
    """Every cell of a file but the amounts, which are numbers and may begin with a minus."""
    journal = read(content, layout)
    amounts = {"AMOUNT", *COLUMNS[layout][4:]} if layout in COLUMNS else {"AMOUNT"}
    header = list(journal.lines[0].cells)
    return header + [cell for line in journal.lines for column, cell in line.cells.items() if column not in amounts]


def runs_as_formula(cell: str) -> bool:
    """Whether a spreadsheet may run a text cell: written out plainly, as the rule reads."""
    for line in re.split("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", cell):
        start = line.strip().strip("\ufeff").strip()
        if start and start[0] in "=+-@＝＋－＠﹦﹢﹣﹫":
            return True
    return False


def _sum(cells: Sequence[str]) -> Decimal:
    if len(cells) == 1:
        return _amount(cells[0])
    debit, credit = cells
    assert bool(debit) != bool(credit), "either a debit or a credit"
    amount = _amount(debit or credit)
    assert amount > 0
    return amount if debit else -amount


def _amount(cell: str) -> Decimal:
    assert AMOUNT.fullmatch(cell), f"not a plain amount: {cell}"
    return Decimal(cell)


def _day(cell: str, date_format: str) -> date:
    return datetime.strptime(cell, date_format).date()  # noqa: DTZ007 - a business date has no time zone
