"""What is found before a file is made: all at once, each with its line and a fix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.api import Account, AccountKind, EntryRejected, Level, Where
from plugins.csv_iif.tests.journals import LAYOUTS, WORKED, accounts_of, codes, journal, pair, session, small

WARNED_WITHOUT_CHART = [layout for layout in LAYOUTS if layout != "iif"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_worked_example_has_no_problem_against_its_own_chart(layout: str) -> None:
    entry = journal(WORKED)
    assert not session(layout, accounts_of(entry)).preflight(entry)


def test_iif_without_a_chart_is_refused_since_unknown_accounts_would_be_created() -> None:
    (problem,) = session("iif").preflight(journal(WORKED))
    assert (problem.code, problem.blocking) == ("account_missing", True)
    assert "creates every account" in problem.message
    assert "Lists to IIF Files" in problem.fix


@pytest.mark.parametrize("layout", WARNED_WITHOUT_CHART)
def test_other_layouts_without_a_chart_give_one_warning(layout: str) -> None:
    (problem,) = session(layout).preflight(journal(WORKED))
    assert (problem.code, problem.level) == ("not_checked", Level.WARNING)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_account_that_the_chart_lacks_is_named_once_at_its_first_line(layout: str) -> None:
    entry = journal(WORKED)
    chart = [account for account in accounts_of(entry) if account.number not in ("1310", "5100")]
    problems = session(layout, chart).preflight(entry)
    assert codes(problems) == ["account_missing"] * 2
    assert [problem.where for problem in problems] == [
        Where(line=2, site="DT", category="Meat", gl_account="1310", account="1310 Food Inventory"),
        Where(line=5, site="DT", category="Liquor", gl_account="5100", account="5100 COGS Liquor"),
    ]
    assert "“1310 Food Inventory” is not in the chart" in problems[0].message
    assert all(problem.blocking and problem.fix for problem in problems)


def test_inactive_accounts_and_those_that_journals_may_not_post_to_are_refused_with_the_reason() -> None:
    entry = journal(WORKED)
    chart = {account.number: account for account in accounts_of(entry)}
    chart["5010"] = replace(chart["5010"], active=False)
    chart["1310"] = replace(chart["1310"], why_not_postable="A customer is needed on every line.")
    problems = session("iif", tuple(chart.values())).preflight(entry)
    assert codes(problems) == ["account_inactive", "account_not_postable"]
    assert "A customer is needed on every line." in problems[1].message


@pytest.mark.parametrize(
    ("line", "chart", "found"),
    [
        (Account(id="7", number="1", name="Meat"), Account(id="7", number="1", name="Meat"), True),
        (Account(id="7", number="1", name="Meat"), Account(id="8", number="1", name="Meat"), False),
        (Account(id="7", number="1", name="Meat"), Account(number="1", name="Meat"), True),
        (Account(number="1", name="Meat"), Account(number="2", name="Meat"), False),
        (Account(number="1", name="Meat"), Account(name="Meat"), True),
        (Account(name="Meat"), Account(id="7", number="1", name="Meat"), True),
        (Account(name="Meat"), Account(id="7", number="1", name="Fish"), False),
    ],
)
def test_accounts_are_compared_by_id_else_number_else_name(line: Account, chart: Account, *, found: bool) -> None:
    problems = session("iif", [chart]).preflight(small(account=line))
    assert codes(problems) == ([] if found else ["account_missing"])


@pytest.mark.parametrize(
    ("layout", "line", "chart", "found"),
    [
        ("iif", Account(number="1", name="Meat"), Account(number="1", name="COGS:Meat"), False),
        ("iif", Account(number="1"), Account(number="1", name="COGS:Meat"), True),
        ("quickbooks-online", Account(id="7", name="Meat"), Account(id="7", name="COGS:Meat"), False),
        ("netsuite", Account(number="1", name="Meat"), Account(number="1", name="COGS:Meat"), False),
        ("xero", Account(id="7", number="1", name="Meat"), Account(id="7", number="2", name="Meat"), False),
        ("xero", Account(number="1", name="Meat"), Account(number="1", name="COGS:Meat"), True),
        ("sage-intacct", Account(number="1", name="Meat"), Account(number="1", name="COGS:Meat"), True),
        ("sage-50", Account(number="1", name="Meat"), Account(number="1", name="COGS:Meat"), True),
        ("generic", Account(number="1", name="Meat"), Account(number="1", name="COGS:Meat"), True),
    ],
)
def test_an_account_renamed_since_is_missing_where_the_file_would_use_its_old_name(
    layout: str, line: Account, chart: Account, *, found: bool
) -> None:
    problems = session(layout, [chart]).preflight(small(account=line))
    assert codes(problems) == ([] if found else ["account_missing"])


@pytest.mark.parametrize("layout", ["xero", "sage-intacct", "sage-50"])
def test_layouts_that_name_accounts_by_number_need_one(layout: str) -> None:
    entry = small(account=Account(name="COGS Meat", kind=AccountKind.COGS))
    books = session(layout, accounts_of(entry))
    assert codes(books.preflight(entry)) == ["account_without_number"]
    with pytest.raises(EntryRejected) as refused:
        books.post(entry)
    assert refused.value.code == "account_without_number"


def test_quickbooks_online_needs_the_accounts_name() -> None:
    entry = small(account=Account(number="5010"))
    assert codes(session("quickbooks-online", accounts_of(entry)).preflight(entry)) == ["account_without_name"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("day", "closed"), [(date(2026, 9, 30), True), (date(2026, 10, 1), False)])
def test_entries_up_to_the_last_closed_day_are_refused(layout: str, day: date, *, closed: bool) -> None:
    entry = replace(small(), date=day)
    problems = session(layout, accounts_of(entry), closed_through="2026-09-30").preflight(entry)
    assert codes(problems) == (["period_closed"] if closed else [])
    assert all(problem.blocking and "2026-09-30" in problem.message for problem in problems)


def test_an_entry_in_another_currency_than_the_books_is_refused() -> None:
    entry = small()
    assert not session("iif", accounts_of(entry), currency="USD").preflight(entry)
    assert codes(session("iif", accounts_of(entry), currency="CAD").preflight(entry)) == ["currency_mismatch"]


@pytest.mark.parametrize(("layout", "most"), [("xero", 300), ("sage-50", 560), ("quickbooks-online", 1_000)])
def test_more_lines_than_the_program_takes_are_refused(layout: str, most: int) -> None:
    lines = pair(small().lines[0]) * (most // 2)
    entry = replace(small(), lines=lines)
    assert not session(layout, accounts_of(entry)).preflight(entry)
    longer = replace(entry, lines=lines + lines[:2])
    (problem,) = session(layout, accounts_of(entry)).preflight(longer)
    assert (problem.code, problem.blocking) == ("too_many_lines", True)
    assert f"at most {most:,} lines in one journal; this one has {most + 2:,}" in problem.message
    with pytest.raises(EntryRejected):
        session(layout).post(longer)


@pytest.mark.parametrize(("most", "found"), [("2", ["too_many_lines"]), ("3", [])])
def test_the_most_lines_can_be_set(most: str, found: list[str]) -> None:
    debit, credit = small().lines
    whole = replace(credit, amount=debit.amount * 2)
    entry = replace(small(), lines=(debit, debit, whole))
    assert codes(session("xero", accounts_of(entry), max_lines=most).preflight(entry)) == found


@pytest.mark.parametrize(
    ("layout", "dimensions", "missing"),
    [
        ("iif", {"class": "Downtown"}, []),
        ("iif", {"class": "Downtown", "location": "Texas"}, ["location"]),
        ("quickbooks-online", {"class": "Downtown", "location": "Texas"}, []),
        ("quickbooks-online", {"department": "Bar", "subsidiary": "Inc."}, ["department", "subsidiary"]),
        ("xero", {"Region": "North", "Brand": "Grill"}, []),
        ("xero", {"Region": "North", "Brand": "Grill", "Site": "DT"}, ["Brand", "Region", "Site"]),
        ("netsuite", {"subsidiary": "Inc.", "department": "Bar", "class": "A", "location": "B"}, []),
        ("netsuite", {"project": "P"}, ["project"]),
        ("sage-intacct", {"location": "100", "department": "20", "CLASSID": "DIN", "PROJECTID": "9"}, []),
        ("sage-intacct", {"Memo": "x"}, ["Memo"]),
        ("sage-50", {"job": "DT"}, []),
        ("sage-50", {"class": "DT"}, ["class"]),
        ("generic", {"anything": "x", "Region": "y"}, []),
        ("generic", {"site": "x", "Entry": "y"}, ["Entry", "site"]),
        ("iif", {"location": ""}, []),
    ],
)
def test_a_dimension_without_a_place_in_the_file_is_refused_never_dropped(
    layout: str, dimensions: dict[str, str], missing: list[str]
) -> None:
    entry = small(dimensions=dimensions)
    books = session(layout, accounts_of(entry), classes="Downtown")
    problems = books.preflight(entry)
    assert codes(problems) == ["dimension_missing"] * len(missing)
    for name, problem in zip(missing, problems, strict=True):
        assert f"The lines carry a {name}," in problem.message
        assert (problem.blocking, problem.where.line) == (True, 1)
    if missing:
        with pytest.raises(EntryRejected):
            books.post(entry)


@pytest.mark.parametrize("subsidiaries", [("Inc.", ""), ("", "Inc."), ("Inc.", "Ltd.")])
def test_a_netsuite_journal_has_one_subsidiary_or_none(subsidiaries: tuple[str, str]) -> None:
    lines = tuple(
        replace(line, dimensions={"subsidiary": name}) for line, name in zip(small().lines, subsidiaries, strict=True)
    )
    entry = replace(small(), lines=lines)
    (problem,) = session("netsuite", accounts_of(entry)).preflight(entry)
    assert (problem.code, problem.blocking) == ("dimension_required", True)
    assert problem.where.line == (subsidiaries.index("") + 1 if "" in subsidiaries else 2)


def test_classes_not_known_to_exist_are_one_warning_since_iif_would_create_them() -> None:
    entry = journal(WORKED)
    lines = tuple(
        replace(line, dimensions={"class": name})
        for line, name in zip(entry.lines, ["Downtown", "Uptown", "Airport"] * 4, strict=True)
    )
    entry = replace(entry, lines=lines)
    (problem,) = session("iif", accounts_of(entry), classes="Downtown; Bar").preflight(entry)
    assert (problem.code, problem.level, problem.where.line) == ("not_checked", Level.WARNING, 2)
    assert "“Airport”, “Uptown”" in problem.message
    assert not session("iif", accounts_of(entry), classes="Downtown;Uptown;Airport").preflight(entry)


def test_everything_is_found_at_once() -> None:
    entry = replace(
        small(account=Account(number="9", name="=Meat"), memo="a\tb", dimensions={"class": "A", "site": "B"}),
        date=date(2026, 9, 30),
    )
    chart = [Account(number="1", name="Fish")]
    problems = session("iif", chart, closed_through="2026-09-30", currency="CAD").preflight(entry)
    assert codes(problems) == [
        "period_closed",
        "currency_mismatch",
        "account_missing",
        "not_checked",
        "dimension_missing",
        "text_refused",
        "text_altered",
    ]


def test_a_frozen_entry_can_be_written_in_another_layout_without_that_programs_chart() -> None:
    entry = journal(WORKED)
    for layout in LAYOUTS:
        assert session(layout, [Account(name="Something else")], closed_through="2026-12-31").post(entry).file


def test_many_classes_and_subsidiaries_are_named_in_a_sentence_that_stays_short() -> None:
    names = [f"{'Restaurant ' * 12}{number}" for number in range(300)]
    for layout, dimension, code in (("iif", "class", "not_checked"), ("netsuite", "subsidiary", "dimension_required")):
        lines = [line for name in names for line in small(dimensions={dimension: name}).lines]
        entry = replace(small(), lines=tuple(lines))
        found = [one for one in session(layout, accounts_of(entry)).preflight(entry) if one.code == code]
        assert len(found) == 1
        assert "and 290 more" in found[0].message
        assert len(found[0].message) < 1500
