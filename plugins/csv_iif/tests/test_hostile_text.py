"""Every hostile text through every field into every layout: refused, faithful, or a documented substitution."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.api import Account, EntryRejected, JournalEntry
from plugins.csv_iif.tests.journals import LAYOUTS, WINDOWS_LAYOUTS, accounts_of, pair, session, small
from plugins.csv_iif.tests.readers import read, runs_as_formula, text_cells_of

DIMENSION = {
    "iif": ("class", "CLASS"),
    "quickbooks-online": ("location", "Location"),
    "xero": ("Region", "TrackingOption1"),
    "netsuite": ("department", "Journal Entry - Line: Department"),
    "sage-intacct": ("location", "LOCATION_ID"),
    "sage-50": ("job", "Job ID"),
    "generic": ("region", "region"),
}
MEMO_LENGTH = {"iif": 209, "quickbooks-online": 4000, "sage-50": 160}
NAME_LENGTH = {
    ("iif", "account"): 159,
    ("iif", "dimension"): 159,
    ("sage-50", "account"): 15,
    ("sage-50", "dimension"): 20,
}
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
VISIBLE = {"\u200c", "\u200d", *map(chr, range(0x600, 0x606)), *"\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"}
VISIBLE |= {*map(chr, range(0x13430, 0x13440))}


def build(field: str, text: str, layout: str) -> JournalEntry:
    """An entry with the text in one of its fields."""
    changes: dict[str, Any] = {
        "memo": {"memo": text},
        "account name": {"account": Account(number="5010", name=text)},
        "account number": {"account": Account(number=text, name="COGS")},
        "dimension": {"dimensions": {DIMENSION[layout][0]: text}},
        "dimension name": {"dimensions": {text: "North"}},
        "site": {"site": text},
        "category": {"category": text},
        "entry memo": {},
    }[field]
    entry = small(**changes)
    return replace(entry, memo=text) if field == "entry memo" else entry


EVERY_DAY = settings.get_current_profile_name() == "test"
ONE_OF = 4 if EVERY_DAY else 1
"""Each text of the corpora goes through every layout: every day through two fields of each, in `make soak` through all."""
EXAMPLES = 25 if EVERY_DAY else settings.default.max_examples
"""How many made-up texts go through each field of each layout."""
FIELDS = ("memo", "account name", "account number", "dimension", "dimension name", "site", "category", "entry memo")


def kinds(text: str) -> set[str]:
    """The Unicode categories in a text, format characters that do something visible left aside."""
    return {unicodedata.category(char) for char in text if char not in VISIBLE}


def unfit(text: str, layout: str, length: int | None) -> bool:
    """Whether a layout's file cannot hold a text as it is: the rules, said once more in another way."""
    outside = layout in WINDOWS_LAYOUTS and text.encode("cp1252", "replace").decode("cp1252") != text
    odd = any(
        kinds(char) & INVISIBLE
        or (ord(char) & 0xFFFE) == 0xFFFE
        or 0xFDD0 <= ord(char) <= 0xFDEF
        or char in "\u034f\u180e"
        or "\u2060" <= char <= "\u206f"
        or "\U000e0000" <= char <= "\U000e007f"
        for char in text
    )
    quotes = layout == "iif" and ('"' in text or ";" in text)
    joined = text.replace("\u200c", "").replace("\u200d", "")
    too_long = length is not None and len(text) > length
    return outside or odd or quotes or runs_as_formula(joined) or too_long


def check(entry: JournalEntry, field: str, text: str, layout: str) -> None:
    """Post the entry and hold the file, or the refusal, against the rules."""
    books = session(layout, accounts_of(entry))
    problems = books.preflight(entry)
    assert not [problem for problem in problems if INVISIBLE & kinds(problem.message + problem.fix)]
    refusals = [problem for problem in problems if problem.blocking]
    if refusals:
        check_refused(entry, [problem.code for problem in refusals], field, text, layout)
        with pytest.raises(EntryRejected):
            books.post(entry)
        return
    file = books.post(entry).file
    assert file is not None
    back = read(file.content, layout)
    assert not [cell for cell in text_cells_of(file.content, layout) if runs_as_formula(cell)]
    assert [abs(line.amount) for line in back.lines] == [line.amount for line in entry.lines]
    altered = any(problem.code == "text_altered" for problem in problems)
    for ours, theirs in zip(entry.lines, back.lines, strict=True):
        check_memo(ours.memo, theirs.memo, layout, altered=altered and field != "entry memo")
    if text and (column := column_of(field, layout)):
        assert all(line.cells[column] == text for line in back.lines)


def column_of(field: str, layout: str) -> str | None:
    """The column in which a name must stand exactly, None where the layout has none for it."""
    if field == "dimension":
        return DIMENSION[layout][1]
    by_field: dict[str, dict[str, str]] = {
        "account name": {"iif": "ACCNT", "quickbooks-online": "Account Name", "generic": "account_name"},
        "account number": {
            "xero": "*AccountCode",
            "sage-intacct": "ACCT_NO",
            "sage-50": "G/L Account",
            "generic": "account_number",
        },
        "dimension name": {"xero": "TrackingName1"},
        "site": {"generic": "site"},
        "category": {"generic": "category"},
    }
    return by_field.get(field, {}).get(layout)


def check_refused(entry: JournalEntry, codes: list[str], field: str, text: str, layout: str) -> None:
    """A refusal needs its reason: the text is unfit, or what the layout needs is not there."""
    allowed = {"account_without_name", "account_without_number"} if not text else {"text_refused"}
    if field == "dimension name":
        allowed |= {"dimension_missing"}
    assert set(codes) <= allowed, (codes, text)
    if "text_refused" in codes:
        assert field not in ("memo", "entry memo")
        assert unfit(text, layout, NAME_LENGTH.get((layout, field.split(maxsplit=1)[0])))


def check_memo(ours: str, theirs: str, layout: str, *, altered: bool) -> None:
    """A memo arrives as it is, or altered with a warning and with every letter and digit that the file can hold."""
    length = MEMO_LENGTH.get(layout)
    assert (theirs != ours) == unfit(ours, layout, length)
    if theirs == ours:
        return
    assert altered
    assert len(theirs) <= (length or len(theirs))
    kept = [char for char in ours if char.isalnum()]
    if layout in WINDOWS_LAYOUTS:
        kept = [char for char in kept if char.encode("cp1252", "ignore")]
        rest = iter(theirs)
        lost = [char for char in kept if not _comes(char, rest)]
        assert not lost or (length is not None and len(theirs) == length)
    elif length is None or len(theirs) < length:
        assert [char for char in theirs if char.isalnum()] == kept


def _comes(char: str, rest: Iterator[str]) -> bool:
    return any(other == char for other in rest)


def hostile_texts(shared: Path) -> list[str]:
    """Each text of the three corpora, once."""
    corpora = shared / "corpora"
    cells = json.loads((corpora / "cells" / "csv_iif_cells.json").read_text(encoding="utf-8"))
    naughty = json.loads((corpora / "blns" / "blns.json").read_text(encoding="utf-8"))
    payloads = (corpora / "csv_injection" / "Intruder" / "csv-payload.txt").read_text(encoding="utf-8").split("\n")
    texts = list(dict.fromkeys([*cells, *naughty, *payloads]))
    assert len(texts) > 500
    return texts


@pytest.mark.property
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_hostile_text_is_refused_faithful_or_substituted_as_documented(
    shared: Path, layout: str, field: str
) -> None:
    for text in hostile_texts(shared)[FIELDS.index(field) % ONE_OF :: ONE_OF]:
        check(build(field, text, layout), field, text, layout)


nasty = st.sampled_from("\t\r\n\v\x00\x1b\x85\xad\u2028\u202e\u200b\u200d\ufeff\ud800\uffff\"';,=+-@＝－＂；· é肉ő|!")
texts = st.text(alphabet=st.one_of(nasty, st.characters(exclude_categories=())), max_size=40)
amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999999999.99"), places=2)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.property
@settings(max_examples=EXAMPLES)
@given(text=texts)
def test_any_text_is_refused_faithful_or_substituted_as_documented(layout: str, field: str, text: str) -> None:
    check(build(field, text, layout), field, text, layout)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.property
@given(memos=st.lists(texts, min_size=1, max_size=8), amount=st.lists(amounts, min_size=8, max_size=8))
def test_a_journal_of_any_memos_and_amounts_reads_back_whole(
    layout: str, memos: list[str], amount: list[Decimal]
) -> None:
    first = small().lines[0]
    lines = [pair(first, memo=memo, amount=value) for memo, value in zip(memos, amount, strict=False)]
    entry = replace(small(), lines=tuple(line for both in lines for line in both))
    check(entry, "memo", "", layout)


def test_the_reader_of_these_tests_notices_a_row_added_through_a_memo() -> None:
    good = b"".join(
        (
            b"!TRNS\tTRNSID\tTRNSTYPE\tDATE\tACCNT\tCLASS\tAMOUNT\tDOCNUM\tMEMO\r\n",
            b"!SPL\tSPLID\tTRNSTYPE\tDATE\tACCNT\tCLASS\tAMOUNT\tDOCNUM\tMEMO\r\n",
            b"!ENDTRNS\t\t\t\t\t\t\t\t\r\n",
            b"TRNS\t\tGENERAL JOURNAL\t10/31/2026\tMeat\t\t1.00\tIA000000000\tmemo\r\n",
            b"SPL\t\tGENERAL JOURNAL\t10/31/2026\tMeat\t\t-1.00\tIA000000000\tmemo\r\n",
            b"ENDTRNS\t\t\t\t\t\t\t\t\r\n",
        )
    )
    assert read(good, "iif").sum == 0
    for bad in (
        good.replace(b"memo", b"a\r\nSPL\t1", 1),
        good.replace(b"memo", b"a\tb", 1),
        good.replace(b"-1.00", b"-1.01"),
        good.replace(b"memo", b'a "b"', 1),
        good.replace(b"\r\n", b"\n"),
    ):
        with pytest.raises(AssertionError):
            read(bad, "iif")
