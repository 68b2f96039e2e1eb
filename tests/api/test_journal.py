"""A journal entry that does not balance cannot be built, nor one that no accounting system could take."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import (
    Account,
    JournalEntry,
    JournalLine,
    Level,
    Limits,
    Problem,
    Reason,
    Side,
    TryLater,
    UnbalancedEntry,
    Where,
    from_minor,
)

REST: dict[str, Any] = {
    "key": "0123456789abcdef" * 2,
    "reference": "IA7K2Q9XM4B",
    "part": 1,
    "date": date(2026, 10, 31),
    "count_date": date(2026, 10, 31),
    "memo": "Ending inventory 2026-10-31",
}


def journal(text: str, currency: str = "USD", **changes: Any) -> JournalEntry:
    """An entry from lines such as `Dr 5010 4,812.37`."""
    return JournalEntry(
        **{**REST, "currency": currency, "lines": tuple(map(line, text.strip().splitlines())), **changes}
    )


def line(text: str) -> JournalLine:
    side, number, amount = text.split()
    return JournalLine(
        account=Account(number=number),
        side={"Dr": Side.DEBIT, "Cr": Side.CREDIT}[side],
        amount=Decimal(amount.replace(",", "")),
        memo="",
        site="DT",
        reason=Reason.REVERSE_PRIOR,
    )


def test_an_entry_that_balances_has_the_total_of_its_debits() -> None:
    entry = journal("Dr 5010 4,812.37\nDr 5020 1,204.10\nCr 1310 6,016.47")
    assert str(entry.total) == "6016.47"


@pytest.mark.parametrize(
    ("currency", "amount", "total"), [("JPY", "5", "5"), ("KWD", "5", "5.000"), ("USD", "5", "5.00")]
)
def test_a_total_has_the_currencys_decimals(currency: str, amount: str, total: str) -> None:
    assert str(journal(f"Dr 5010 {amount}\nCr 1310 {amount}", currency).total) == total


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dr 5010 4,812.37",
        "Dr 5010 4,812.37\nCr 1310 4,812.36",
        "Dr 5010 1.00\nDr 1310 1.00",
        "Cr 5010 1\nCr 1310 1",
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_built(text: str) -> None:
    with pytest.raises(UnbalancedEntry, match="entry IA7K2Q9XM4B"):
        journal(text)


@pytest.mark.parametrize(("currency", "amount"), [("USD", "0.001"), ("JPY", "0.5"), ("KWD", "0.0001")])
def test_an_entry_with_an_amount_finer_than_its_currency_cannot_be_built(currency: str, amount: str) -> None:
    with pytest.raises(ValueError, match=f"not an exact amount of {currency}"):
        journal(f"Dr 5010 {amount}\nCr 1310 {amount}", currency)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "0" * 31},
        {"key": "0" * 33},
        {"key": "A" * 32},
        {"key": "0" * 32 + "\n"},
        {"reference": "IA7K2Q9XM4"},
        {"reference": "IA7K2Q9XM4B1"},
        {"reference": "XX7K2Q9XM4B"},
        {"reference": "IA7k2q9xm4b"},
        {"part": 0},
        {"date": datetime(2026, 10, 31, tzinfo=UTC)},
        {"count_date": "2026-10-31"},
        {"currency": "US$"},
        {"currency": "XAU"},
    ],
    ids=str,
)
def test_an_entry_that_no_system_could_take_cannot_be_built(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"malformed|dates without a time|currency code|minor unit"):
        journal("Dr 5010 1\nCr 1310 1", **changes)


@pytest.mark.parametrize("amount", ["0", "-0.01", "NaN", "Infinity", "-Infinity"])
def test_a_lines_amount_is_positive(amount: str) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        line(f"Dr 5010 {amount}")


@pytest.mark.parametrize("amount", [1, 1.5, "1.50", None])
def test_a_lines_amount_is_a_decimal(amount: Any) -> None:
    with pytest.raises(TypeError, match=f"must be a Decimal, not {type(amount).__name__}"):
        replace(line("Dr 5010 1"), amount=amount)


def test_what_was_built_cannot_be_changed() -> None:
    entry = journal("Dr 5010 1\nCr 1310 1")
    with pytest.raises(FrozenInstanceError):
        entry.memo = "another"  # type: ignore[misc]
    with pytest.raises(UnbalancedEntry):
        replace(entry, lines=entry.lines[:1])


@given(minors=st.lists(st.integers(min_value=1, max_value=10**12), min_size=1, max_size=20), slip=st.integers(-3, 3))
def test_an_entry_is_built_exactly_where_it_balances_to_the_minor_unit(minors: list[int], slip: int) -> None:
    credited = sum(minors) + slip
    text = "\n".join(f"Dr 5010 {from_minor(minor, 'USD')}" for minor in minors)
    if credited <= 0 or slip:
        with pytest.raises(ValueError, match=r"does not balance|must be positive"):
            journal(f"{text}\nCr 1310 {from_minor(credited, 'USD')}")
    else:
        assert journal(f"{text}\nCr 1310 {from_minor(credited, 'USD')}").total == from_minor(credited, "USD")


def test_an_account_needs_something_to_be_known_by() -> None:
    with pytest.raises(ValueError, match="an id, a number or a name"):
        Account(kind=None)


@pytest.mark.parametrize(
    ("account", "title"),
    [
        (Account(id="7", number="5010", name="COGS Meat"), "5010 COGS Meat"),
        (Account(name="COGS:Meat"), "COGS:Meat"),
        (Account(id="7"), "7"),
    ],
)
def test_an_account_is_titled_as_people_say_it(account: Account, title: str) -> None:
    assert account.title == title


def test_a_limit_of_one_line_is_refused_since_nothing_balances_in_it() -> None:
    assert Limits(lines_per_entry=2).lines_per_entry == 2
    with pytest.raises(ValueError, match="at least 2"):
        Limits(lines_per_entry=1)


def test_a_side_has_an_opposite() -> None:
    assert (Side.DEBIT.opposite, Side.CREDIT.opposite) == (Side.CREDIT, Side.DEBIT)


def test_only_a_problem_stops_an_export() -> None:
    problems = [Problem(level=level, code="late_transfer", message="Late.") for level in Level]
    assert [problem.level for problem in problems if problem.blocking] == [Level.PROBLEM]


def test_a_problem_names_only_what_it_is_about() -> None:
    assert Where(site="DT", line=1).named() == {"site": "DT", "line": 1}


def test_an_error_tells_what_support_needs() -> None:
    error = TryLater("Too many calls.", retry_after_s=60, code="429", request_id="r-1")
    assert (str(error), error.message, error.retry_after_s) == ("Too many calls.", "Too many calls.", 60)
    assert (error.code, error.request_id) == ("429", "r-1")
