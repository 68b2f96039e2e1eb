"""Everything that Xero would refuse is found before anything is sent, all of it at once."""

from __future__ import annotations

import pytest

from hub.api import Account, JournalLine, Level
from hub_xero.session import LINES_PER_ENTRY
from plugins.xero.tests.journals import FOOD, MEAT, ORGANISATION, Body, answer, entry, line, scripted

SHARED = {"Status": "ACTIVE", "SystemAccount": ""}
CURRENT = {
    **SHARED,
    "AccountID": FOOD.id,
    "Code": "1310",
    "Name": "Food Inventory",
    "Type": "CURRENT",
    "Class": "ASSET",
}
COGS = {**SHARED, "AccountID": MEAT.id, "Code": "5010", "Name": "COGS Meat", "Type": "DIRECTCOSTS", "Class": "EXPENSE"}
REGION = {
    "Name": "Region",
    "Status": "ACTIVE",
    "Options": [{"TrackingOptionID": FOOD.id, "Name": "North", "Status": "ACTIVE"}],
}
TWO = (line("debit", FOOD, "5"), line("credit", MEAT, "5"))


def found(
    *lines: JournalLine, organisation: Body | None = None, food: Body | None = None, currency: str = "USD"
) -> list[tuple[Level, str, int | None]]:
    """Return level, code and line of each problem of an entry."""
    told = {"Organisations": [{**ORGANISATION["Organisations"][0], **(organisation or {})}]}
    session, _ = scripted(
        {
            "GET /Organisation": answer(told),
            "GET /Accounts": answer({"Accounts": [{**CURRENT, **(food or {})}, COGS]}),
            "GET /TrackingCategories": answer({"TrackingCategories": [REGION]}),
        }
    )
    problems = session.preflight(entry(*(lines or TWO), currency=currency))
    assert all(problem.message and problem.fix for problem in problems)
    return [(problem.level, problem.code, problem.where.line) for problem in problems]


def test_nothing_is_wrong_with_a_sound_entry() -> None:
    north = [line("debit", FOOD, "5", Region="North"), line("credit", Account(number="5010"), "5", Region="")]
    assert found(*north) == []


@pytest.mark.parametrize(
    ("locks", "closed"),
    [
        ({"PeriodLockDate": "/Date(1793404800000+0000)/"}, True),  # 31 October 2026: the locked day itself
        ({"PeriodLockDate": "/Date(1793318400000+0000)/"}, False),
        ({"EndOfYearLockDate": "/Date(1793404800000+0000)/", "PeriodLockDate": "/Date(1793318400000+0000)/"}, True),
        ({"PeriodLockDate": None}, False),
    ],
)
def test_an_entry_on_or_before_the_later_lock_date_is_stopped(locks: Body, *, closed: bool) -> None:
    assert found(organisation=locks) == ([(Level.PROBLEM, "period_closed", None)] if closed else [])


def test_the_message_of_a_lock_date_names_the_day_and_which_lock_it_is() -> None:
    told = {"Organisations": [{**ORGANISATION["Organisations"][0], "EndOfYearLockDate": "2026-12-31"}]}
    session, _ = scripted({"GET /Organisation": answer(told), "GET /Accounts": answer({"Accounts": [CURRENT, COGS]})})
    (problem,) = session.preflight(entry())
    assert "The end of year lock date of Acme Restaurants in Xero is 2026-12-31" in problem.message
    assert problem.where.date == "2026-10-31"


@pytest.mark.parametrize(
    ("food", "level", "code"),
    [
        ({"AccountID": "c4f29c22-28c2-4a13-9eab-ecbbd641ffdf"}, Level.PROBLEM, "account_missing"),
        ({"Status": "ARCHIVED"}, Level.PROBLEM, "account_inactive"),
        ({"SystemAccount": "CREDITORS"}, Level.PROBLEM, "account_not_postable"),
        ({"Type": "BANK"}, Level.PROBLEM, "account_not_postable"),
        ({"Type": "INVENTORY"}, Level.WARNING, "tracked_inventory"),
    ],
)
def test_each_account_is_looked_at_once_at_its_first_line(food: Body, level: Level, code: str) -> None:
    assert found(line("credit", MEAT, "5"), line("debit", FOOD, "2"), line("debit", FOOD, "3"), food=food) == [
        (level, code, 2)
    ]


def test_tracking_is_checked_by_category_and_option_and_never_more_than_two_on_a_line() -> None:
    lines = (
        line("debit", FOOD, "5", Region="North", Area="1", Team="2"),
        line("credit", MEAT, "5", Region="Atlantis"),
    )
    assert found(*lines) == [(Level.PROBLEM, "tracking_unknown", number) for number in (1, 1, 1, 2)]


def test_the_currency_and_the_number_of_lines_are_checked() -> None:
    assert found(currency="CAD") == [(Level.PROBLEM, "currency_mismatch", None)]
    many = [line(side, FOOD if side == "debit" else MEAT, "1") for side in ("debit", "credit")] * (
        LINES_PER_ENTRY // 2 + 1
    )
    assert found(*many) == [(Level.PROBLEM, "too_many_lines", None)]


def test_all_entries_of_a_preview_cost_two_calls_and_tracking_one_more() -> None:
    session, script = scripted(
        {
            "GET /Accounts": answer({"Accounts": [CURRENT, COGS]}),
            "GET /TrackingCategories": answer({"TrackingCategories": [REGION]}),
        }
    )
    for _ in range(3):
        session.preflight(entry())
    assert script.calls() == ["GET /Organisation", "GET /Accounts"]
    for _ in range(2):
        session.preflight(entry(line("debit", FOOD, "5", Region="North"), line("credit", MEAT, "5")))
    assert script.calls() == ["GET /Organisation", "GET /Accounts", "GET /TrackingCategories"]
