"""Companies whose every name is hostile, and what their files must say of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from plugins.csv_iif.tests.readers import ReadJournal, ReadLine, read, runs_as_formula, text_cells_of
from plugins.csv_iif.tests.test_hostile_text import DIMENSION, INVISIBLE, MEMO_LENGTH, NAME_LENGTH, kinds, unfit
from tests.real.books import Books, Row

BEFORE, DAY = date(2026, 9, 30), date(2026, 10, 31)
AGREED = tuple(
    f"acknowledge={code}"
    for code in ("text_altered", "not_checked", "site_not_counted", "late_transfer", "negative_value")
)
CLEAR = {"control_character", "too_long"}
"""The rules by which an import may refuse a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One text with its number, which also is its amount: 7.01 is the amount of number 7."""

    number: int
    text: str

    @property
    def amount(self) -> str:
        return f"{self.number}.01"

    @property
    def gl_account(self) -> str:
        return f"GL-{self.number:04}"

    @property
    def account(self) -> str:
        return f"N-{self.number:04}"

    @property
    def day(self) -> date:
        """A day of its own."""
        return date(2020, 1, 1) + timedelta(days=self.number)


def numbered(texts: Sequence[str]) -> list[Hostile]:
    """Number the texts from 1."""
    return [Hostile(number=number, text=text) for number, text in enumerate(texts, 1)]


def taken(books: Books, kind: str, names: Sequence[Hostile], row: Callable[[Hostile], Row]) -> list[Hostile]:
    """Import a row for each; return those taken. The others were refused by a clear rule, each in its own rows."""
    result = books.imports(kind, [row(name) for name in names], valid_rows=True)
    refused = {error.row - 2: error for error in result.errors}
    assert result.stored
    assert len(refused) == result.left_out < len(names) / 5
    assert {error.rule for error in refused.values()} <= CLEAR
    assert all(error.message and error.column for error in refused.values())
    return [name for number, name in enumerate(names) if number not in refused]


def plain_accounts(books: Books, *, dimension: str = "") -> None:
    """Import two accounts, a department and a site of plain names, so that one column alone is hostile."""
    accounts = [("1310", "Food Inventory", "asset"), ("5010", "COGS Food", "cogs")]
    rows = [{"number": number, "name": name, "kind": kind} for number, name, kind in accounts]
    books.imported("gl-accounts", rows)
    books.imported("chart", rows)
    books.imported("account-map", [{"gl_account": number, "account_number": number} for number, _, _ in accounts])
    books.imported("departments", [{"department": "Food", "asset_account": "1310", "cogs_account": "5010"}])


def nothing_carried(books: Books, sites: Sequence[str]) -> None:
    """Say that the books carry nothing for the sites."""
    books.imported("opening", [{"date": str(BEFORE), "site": site, "category": "", "value": "0"} for site in sites])


def counted(site: str, name: Hostile, status: str = "approved") -> Row:
    """A count line whose every text is hostile but the site."""
    return {
        "count_date": str(DAY),
        "site": site,
        "item": name.text,
        "category": name.text,
        "quantity": "1",
        "value": name.amount,
        "area": name.text,
        "unit": name.text,
        "status": status,
    }


def refused_names(shown: Mapping[str, Any], where: str) -> set[str]:
    """Return where the names stand that the preview refuses; nothing else may block it."""
    blocking = [problem for problem in shown["problems"] if problem["blocking"]]
    others = [problem["message"] for problem in blocking if problem["code"] != "text_refused"]
    assert others == []
    assert not [problem for problem in blocking if kinds(problem["message"] + problem["fix"]) & INVISIBLE]
    return {problem["where"][where] for problem in blocking}


def nothing_made(books: Books) -> None:
    """Try to export what was refused: there is no export, and no file."""
    made = books.export(DAY, *AGREED)
    assert made["state"] == "REFUSED"
    assert made["export"] is None
    assert books.exports() == []
    assert books.own_files() == []


def exported(books: Books) -> list[tuple[dict[str, str], ReadLine]]:
    """Export what is previewed now; return each line as shown beside the line of the file.

    The file has the lines that were shown and no other, in order, with their amounts; no cell of it runs as a formula.
    """
    shown = books.preview(DAY, *AGREED)
    made = books.export(DAY, *AGREED, seen=shown["hash"])
    assert made["state"] == "FILE_READY", made["problems"]
    contents = [path.read_bytes() for path in books.own_files()]
    assert not [cell for content in contents for cell in text_cells_of(content, books.layout) if runs_as_formula(cell)]
    journals = {journal.reference: journal for journal in (read(content, books.layout) for content in contents)}
    assert len(journals) == len(contents) == len(shown["entries"])
    altered = {problem["code"] for problem in shown["problems"]} & {"text_altered"}
    pairs = [pair for entry in shown["entries"] for pair in _lines(entry, journals[entry["reference"]])]
    changed = [line for line, back in pairs if not faithful_memo(line["memo"], back.memo, books.layout)]
    assert bool(changed) <= bool(altered)
    return pairs


def _lines(entry: Mapping[str, Any], journal: ReadJournal) -> list[tuple[dict[str, str], ReadLine]]:
    pairs = list(zip(entry["lines"], journal.lines, strict=True))
    for line, back in pairs:
        assert back.amount == Decimal(line["amount"]) * (1 if line["side"] == "debit" else -1)
    return pairs


def faithful_memo(memo: str, written: str, layout: str) -> bool:
    """Whether a memo came back as it is; one that its file can hold must, any other must have changed."""
    same = memo == written
    assert same is not unfit(memo, layout, MEMO_LENGTH.get(layout)), memo
    return same


def fits(layout: str, what: str, *texts: str) -> bool:
    """Whether a layout's file can hold the names; what: account, dimension or any other."""
    return not any(unfit(text, layout, NAME_LENGTH.get((layout, what))) for text in texts)


def dimension_of(layout: str) -> tuple[str, str]:
    """Return a dimension that the layout has, and its column."""
    return DIMENSION[layout]
