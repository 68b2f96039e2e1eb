"""What stands against an entry is found before it is shown: all of it at once."""

from __future__ import annotations

from datetime import date

import pytest

from hub.api import Account, JournalEntry, Level, Problem
from hub_netsuite.endpoints import LIVES, endpoint_problems, release_on
from plugins.netsuite.tests.journals import (
    FOOD,
    MEAT,
    Script,
    entry,
    fault,
    found,
    items,
    line,
    record,
    scripted,
)

CANADA = Account(id="60", number="1320", name="Beverage Inventory")
STOCK = Account(id="61", number="1330", name="Stock")
PERIOD = {"isQuarter": "false", "isYear": "false", "isAdjust": "false", "allLocked": "false"}
PERIODS = found(
    record(
        "AccountingPeriod",
        "1",
        periodName="Sep 2026",
        startDate="2026-09-01T00:00:00.000-07:00",
        endDate="2026-09-30T00:00:00.000-07:00",
        closed="true",
        **PERIOD,
    ),
    record(
        "AccountingPeriod",
        "2",
        periodName="Oct 2026",
        startDate="2026-10-01T00:00:00.000-07:00",
        endDate="2026-10-31T00:00:00.000-07:00",
        closed="false",
        **PERIOD,
    ),
    record(
        "AccountingPeriod",
        "3",
        periodName="FY 2026",
        startDate="2026-01-01T00:00:00.000-08:00",
        endDate="2026-12-31T00:00:00.000-08:00",
        closed="false",
        isYear="true",
    ),
)
CHART = found(
    record("Account", "58", acctNumber="1310", acctName="Food Inventory", acctType="_otherCurrentAsset"),
    record("Account", "4", acctNumber="5010", acctName="COGS Meat", acctType="_costOfGoodsSold", subsidiaryList="3"),
    record("Account", "60", acctNumber="1320", acctName="Beverage Inventory", acctType="_bank", subsidiaryList="4"),
    record(
        "Account",
        "61",
        acctNumber="1330",
        acctName="Stock",
        acctType="_otherCurrentAsset",
        inventory="true",
        subsidiaryList="1",
        includeChildren="true",
    ),
    record("Account", "9", acctNumber="1200", acctName="Receivables", acctType="_accountsReceivable"),
    record("Account", "10", acctNumber="9000", acctName="Old", acctType="_expense", isInactive="true"),
)
DEPARTMENTS = found(
    record("Department", "11", name="Kitchen", subsidiaryList="3"),
    record("Department", "12", name="Bar", subsidiaryList="4"),
    record("Department", "13", name="Attic", isInactive="true"),
)
SOAP: dict[str, Script] = {
    "search Account": CHART,
    "search AccountingPeriod": PERIODS,
    "search Department": DEPARTMENTS,
}


def problems(made: JournalEntry, **changes: object) -> list[Problem]:
    """All that stands against an entry, on the last endpoint, of which nothing is to be told."""
    session, _ = scripted({**SOAP, **changes}, endpoint="2025_2")  # type: ignore[dict-item]
    return list(session.preflight(made))


def codes(made: JournalEntry) -> list[str]:
    return [each.code for each in problems(made)]


def two(account: Account, **dimensions: str) -> JournalEntry:
    return entry(line("debit", account, "1.00", **dimensions), line("credit", FOOD, "1.00", **dimensions))


def test_an_entry_that_netsuite_takes_has_no_problem_and_costs_four_calls_for_all_entries() -> None:
    session, script = scripted(SOAP, endpoint="2025_2")
    assert session.preflight(entry()) == ()
    assert session.preflight(two(MEAT)) == ()
    assert sorted(script.calls()) == ["getAll", "search Account", "search AccountingPeriod", "search Subsidiary"]


@pytest.mark.parametrize(
    ("made", "code", "words"),
    [
        (entry(day=date(2026, 9, 30)), "period_closed", "Sep 2026 is closed"),
        (entry(day=date(2026, 12, 1)), "period_missing", "no accounting period for 2026-12-01"),
        (entry(currency="EUR"), "currency_mismatch", "no active currency EUR"),
        (two(Account(id="777", number="7", name="Gone")), "account_missing", "7 Gone does not exist"),
        (two(Account(id="10", name="Old")), "account_inactive", "inactive in NetSuite"),
        (two(Account(id="9", name="Receivables")), "account_not_postable", "customer or vendor"),
        (two(Account(id="", number="1310", name="Food")), "account_missing", "1310 Food"),
        (two(CANADA), "account_not_of_subsidiary", "by the subsidiary Larkspur Table Group:Larkspur West"),
        (two(MEAT, subsidiary="Nowhere"), "dimension_missing", "Nowhere does not exist"),
        (two(MEAT, subsidiary=""), "dimension_missing", "needs a subsidiary"),
        (two(FOOD, subsidiary="Eliminations"), "dimension_missing", "for eliminations only"),
        (two(FOOD, subsidiary="Larkspur Canada"), "currency_mismatch", "keeps its books in CAD"),
        (two(MEAT, department="Bar"), "dimension_missing", "department Bar may not be used by the subsidiary"),
        (two(MEAT, department="Attic"), "dimension_missing", "department Attic is inactive"),
        (two(MEAT, department="Roof"), "dimension_missing", "department Roof does not exist"),
        (two(MEAT, project="Roof"), "dimension_missing", "have no project"),
    ],
)
def test_what_stands_against_an_entry_is_told_with_what_to_do(made: JournalEntry, code: str, words: str) -> None:
    found_problems = problems(made)
    (problem,) = [each for each in found_problems if each.code == code and words in each.message]
    assert problem.blocking
    assert problem.fix


def test_lines_of_two_subsidiaries_are_no_journal() -> None:
    made = entry(line("debit", FOOD, "1.00"), line("credit", FOOD, "1.00", subsidiary="Larkspur Canada"))
    assert codes(made) == ["dimension_missing"]


def test_an_account_of_a_parent_with_its_children_may_be_used_by_them_and_one_with_items_is_told_of() -> None:
    found_problems = problems(two(STOCK, subsidiary="Larkspur Oakland"))
    assert [(each.code, each.level) for each in found_problems] == [("tracked_inventory", Level.NOTE)]


def test_everything_is_told_at_once_and_each_account_once() -> None:
    many = entry(*(line("debit", CANADA, "1.00") for _ in range(3)), line("credit", FOOD, "3.00"), day=date(2026, 9, 1))
    assert codes(many) == ["period_closed", "account_not_of_subsidiary"]


def test_a_journal_of_more_than_a_thousand_lines_is_a_problem() -> None:
    lines = [line(side, FOOD, "1.00") for _ in range(501) for side in ("debit", "credit")]
    assert codes(entry(*lines)) == ["too_many_lines"]


def test_a_role_that_may_not_see_periods_is_told_that_they_were_not_checked() -> None:
    refused = fault("insufficientPermissionFault", "INSUFFICIENT_PERMISSION", "Permission Violation")
    (note,) = problems(entry(), **{"search AccountingPeriod": refused})
    assert (note.code, note.level) == ("periods_not_visible", Level.NOTE)


def test_over_rest_the_same_is_found() -> None:
    session, _ = scripted(
        {
            "query account": items(
                {"id": "58", "accountsearchdisplaynamecopy": "Food", "accttype": "OthCurrAsset", "subsidiary": "1"},
                {"id": "4", "accountsearchdisplaynamecopy": "Meat", "accttype": "COGS", "subsidiary": "3"},
            ),
            "query accountingperiod": items(
                {
                    "id": "2",
                    "periodname": "Oct 2026",
                    "startdate": "2026-10-01",
                    "enddate": "2026-10-31",
                    "alllocked": "T",
                }
            ),
        },
        transport="rest",
    )
    assert [each.code for each in session.preflight(entry())] == ["period_closed", "account_not_of_subsidiary"]


@pytest.mark.parametrize(
    ("day", "release"),
    [
        (date(2026, 11, 28), "2026.2"),
        (date(2026, 9, 30), "2026.1"),
        (date(2027, 1, 15), "2026.2"),
        (date(2027, 4, 1), "2027.1"),
    ],
)
def test_the_release_of_a_day_is_the_one_that_all_accounts_have(day: date, release: str) -> None:
    assert release_on(day) == release


@pytest.mark.parametrize(
    ("endpoint", "day", "told"),
    [
        ("2025_2", date(2026, 11, 28), None),
        ("2025_2", date(2028, 5, 1), ("endpoint_ends", Level.NOTE)),
        ("2025_2", date(2028, 10, 1), ("endpoint_gone", Level.PROBLEM)),
        ("2024_2", date(2026, 11, 28), None),
        ("2024_2", date(2027, 11, 1), ("endpoint_unsupported", Level.WARNING)),
        ("2024_1", date(2026, 11, 28), ("endpoint_ends", Level.NOTE)),
        ("2023_2", date(2026, 11, 28), ("endpoint_unsupported", Level.WARNING)),
        ("2023_2", date(2026, 5, 1), ("endpoint_ends", Level.NOTE)),
        ("2019_2", date(2026, 5, 1), ("endpoint_unsupported", Level.WARNING)),
        ("2019_2", date(2026, 11, 28), ("endpoint_gone", Level.PROBLEM)),
        ("2018_1", date(2026, 11, 28), ("endpoint_gone", Level.PROBLEM)),
        ("2026_2", date(2026, 11, 28), ("endpoint_unsupported", Level.WARNING)),
    ],
)
def test_an_endpoint_is_warned_of_by_the_dates_of_its_support(
    endpoint: str, day: date, told: tuple[str, Level] | None
) -> None:
    found_problems = list(endpoint_problems(endpoint, day))
    assert [(each.code, each.level) for each in found_problems] == ([told] if told else [])
    assert all("2028.2" in each.message + each.fix for each in found_problems)


def test_every_endpoint_that_ever_answered_ends_with_soap() -> None:
    assert max(available for _, available in LIVES.values()) == "2028.1"


def test_an_endpoint_is_told_of_in_the_preview_over_soap_and_not_over_rest() -> None:
    session, _ = scripted(SOAP)
    assert [each.code for each in session.preflight(entry())] == ["endpoint_unsupported"]
    session, _ = scripted(
        {"query account": items(), "query accountingperiod": items()}, transport="rest", endpoint="2019_2"
    )
    assert "endpoint_gone" not in [each.code for each in session.preflight(entry())]
