"""What memos become in each layout's files, and that names are refused instead."""

from __future__ import annotations

import pytest

from hub.api import Account, EntryRejected, Level
from plugins.csv_iif.tests.journals import LAYOUTS, WINDOWS_LAYOUTS, accounts_of, codes, session, small, written
from plugins.csv_iif.tests.readers import read

EVERYWHERE = [
    ("one\ttwo", "one two", "a tab"),
    ("one\r\ntwo", "one two", "a line break"),
    ("one\rtwo", "one two", "a line break"),
    ("one\u2028two", "one two", "a line break"),
    ("a\n=1+1", "a =1+1", "a line break"),
    ("one\x00two", "one?two", "a control character"),
    ("one\x1b[31mtwo", "one?[31mtwo", "a control character"),
    ("one\ud800two", "one?two", "a control character"),
    ("one\uffffb", "one?b", "a control character"),
    ("gnp\u202eexe.", "gnpexe.", "an invisible character"),
    ("\ufeffone", "one", "an invisible character"),
    ("=1+1", "'=1+1", "a beginning that a spreadsheet runs as a formula"),
    ("-5", "'-5", "a beginning that a spreadsheet runs as a formula"),
    ("\u00a0@SUM(1)", "'\u00a0@SUM(1)", "a beginning that a spreadsheet runs as a formula"),
]
WINDOWS_ONLY = [
    ("tőkehal", "tokehal", "a character that Windows-1252 lacks"),
    ("Łosoś", "Losos", "a character that Windows-1252 lacks"),
    ("Cafe\u0301", "Café", "a character that Windows-1252 lacks"),
    ("5 kg − 肉", "5 kg - ?", "a character that Windows-1252 lacks"),
    ("ﬁsh", "fish", "a character that Windows-1252 lacks"),
    ("＝1+1", "'=1+1", "a character that Windows-1252 lacks"),
]
IIF_ONLY = [
    ('6" sub', "6' sub", 'a quotation mark (")'),
    ("a;b", "a,b", "a semicolon (;)"),
    ("＂a；b＂", "'a,b'", "a character that Windows-1252 lacks"),
    ("x" * 210, "x" * 209, "more characters than the field holds"),
]
FAITHFUL = [
    'a "b" c',
    "a;b,c",
    "'=1+1",
    '"=1+1"',
    "Jalapeño · Crème brûlée – 5 €",
    "|cmd",
    "ENDTRNS",
    "!TRNS x",
    " two  blanks ",
]
CASES = [
    *((layout, *case) for layout in LAYOUTS for case in EVERYWHERE),
    *((layout, *case) for layout in WINDOWS_LAYOUTS for case in WINDOWS_ONLY),
    *(("iif", *case) for case in IIF_ONLY),
    ("sage-50", "x" * 161, "x" * 160, "more characters than the field holds"),
    ("quickbooks-online", "x" * 4001, "x" * 4000, "more characters than the field holds"),
]


@pytest.mark.parametrize(("layout", "memo", "expected", "found"), CASES)
def test_a_memo_is_rewritten_as_documented_and_the_bookkeeper_told(
    layout: str, memo: str, expected: str, found: str
) -> None:
    entry = small(memo=memo)
    assert [line.memo for line in read(written(entry, layout), layout).lines] == [expected] * 2
    problems = session(layout, accounts_of(entry)).preflight(entry)
    assert set(codes(problems)) == {"text_altered"}
    assert {problem.level for problem in problems} == {Level.WARNING}
    assert any(found in problem.message for problem in problems)
    assert all("line 1 and 1 more" in problem.message for problem in problems)


@pytest.mark.parametrize("memo", FAITHFUL)
@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "iif"])
def test_other_memos_arrive_as_they_are_without_a_word(layout: str, memo: str) -> None:
    entry = small(memo=memo)
    assert [line.memo for line in read(written(entry, layout), layout).lines] == [memo] * 2
    assert not session(layout, accounts_of(entry)).preflight(entry)


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout not in WINDOWS_LAYOUTS])
def test_memos_in_any_script_arrive_as_they_are_in_utf_8(layout: str) -> None:
    entry = small(memo="牛肉 · Hús · مشاوي · 👩‍🍳")
    assert read(written(entry, layout), layout).lines[0].memo == entry.lines[0].memo
    assert not session(layout, accounts_of(entry)).preflight(entry)


def test_each_kind_of_change_is_one_warning_however_many_memos_it_touches() -> None:
    entry = small(memo='a\tb "c"')
    problems = session("iif", accounts_of(entry)).preflight(entry)
    assert [(problem.code, problem.where.line) for problem in problems] == [("text_altered", 1), ("text_altered", 1)]
    assert problems[0].message == (
        "QuickBooks Desktop's file cannot hold a tab in a memo and has a space instead: "
        "line 1 and 1 more, written as “a b 'c'”."
    )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "name",
    [case[0] for case in EVERYWHERE],
)
def test_an_account_that_would_change_is_refused_and_no_file_made(layout: str, name: str) -> None:
    entry = small(account=Account(number=name, name=name))
    books = session(layout, accounts_of(entry))
    refused = [problem for problem in books.preflight(entry) if problem.code == "text_refused"]
    assert [(problem.blocking, problem.where.line, problem.where.site) for problem in refused] == [(True, 1, "DT")]
    assert all(problem.fix for problem in refused)
    with pytest.raises(EntryRejected, match="cannot hold"):
        books.post(entry)


@pytest.mark.parametrize(
    ("layout", "name", "reason"),
    [
        ("iif", 'Meat "prime"', "quotation mark"),
        ("iif", "Meat; fish", "semicolon"),
        ("iif", "肉", "Windows-1252"),
        ("iif", "x" * 160, "more than 159 characters"),
        ("sage-50", "1234567890123456", "more than 15 characters"),
    ],
)
def test_a_refusal_says_what_the_name_has(layout: str, name: str, reason: str) -> None:
    entry = small(account=Account(number=name, name=name))
    (problem,) = session(layout, accounts_of(entry)).preflight(entry)
    assert problem.code == "text_refused"
    assert reason in problem.message
    assert "bring in the chart again" in problem.fix


def test_quotes_and_semicolons_in_names_are_fine_in_csv() -> None:
    entry = small(account=Account(number='5"0;1,0', name='Meat "prime"; fish, etc.'))
    for layout in ("quickbooks-online", "xero", "netsuite", "sage-intacct", "sage-50", "generic"):
        assert not session(layout, accounts_of(entry)).preflight(entry)
        read(written(entry, layout), layout)


def test_settings_that_stand_in_a_file_are_names_too() -> None:
    assert codes(session("xero", tax_rate="=1+1").preflight(small())) == ["not_checked", "text_refused"]
    assert codes(session("sage-intacct", journal="肉").preflight(small())) == ["not_checked", "text_refused"]
