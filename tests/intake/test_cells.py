"""Single cells: exact numbers, real dates, faithful names."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake import Refused, cells, valued


@pytest.mark.parametrize(
    ("text", "millionths"),
    [("0", 0), ("-0", 0), ("12", 12_000_000), ("-3", -3_000_000), ("1234.50", 1_234_500_000), (" 1.000001 ", 1_000_001),
     ("007", 7_000_000), ("1000000000000", 10**18)],
)  # fmt: skip
def test_a_plain_number_is_read_exactly(text: str, millionths: int) -> None:
    assert cells.micro(text) == millionths


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,234.50", "commas between thousands"),
        ("12,5", "comma where the decimal point goes"),
        ("1e3", "scientific"),
        ("1E+999999", "scientific"),
        ("$5", "currency sign"),
        ("5 €", "currency sign"),
        ("(5.00)", "minus sign in front"),
        ("5-", "minus sign goes in front"),
        ("5%", "percent"),
        (".5", "digit before and after"),
        ("5.", "digit before and after"),
        ("+5", "plus sign"),
        ("٣", "digits are not 0 to 9"),
        ("１２", "digits are not 0 to 9"),
        ("1_000", "more in it than digits"),
        ("NaN", "more in it than digits"),
        ("inf", "more in it than digits"),
        ("0x10", "more in it than digits"),
        ("1.2.3", "more in it than digits"),
        ("--1", "more in it than digits"),
        ("1\n", "more in it than digits"),
        ("− 5", "more in it than digits"),
    ],
)
def test_another_way_of_writing_a_number_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        cells.micro(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_what_is_read_is_what_was_written(number: Decimal) -> None:
    assert cells.micro(f"{number:f}") == int(number.scaleb(6))


@given(
    quantity=st.integers(-(10**9), 10**9), cost=st.integers(-(10**9), 10**9), digits=st.sampled_from([0, 2, 3, 4])
)  # fmt: skip
def test_a_computed_value_is_the_exact_product_rounded_half_away_from_zero(
    quantity: int, cost: int, digits: int
) -> None:
    exact = Decimal(quantity) * Decimal(cost) / Decimal(10**12)
    rounded = int(exact.quantize(Decimal(1).scaleb(-digits), rounding="ROUND_HALF_UP").scaleb(digits))
    assert valued(quantity, cost, "", digits) == (rounded, 0)


@given(quantity=st.integers(-(10**9), 10**9), cost=st.integers(-(10**9), 10**9), off=st.integers(-3, 3))
def test_a_given_value_differs_from_more_than_half_a_minor_unit_on(quantity: int, cost: int, off: int) -> None:
    value = valued(quantity, cost, "", 2)[0] + off
    text = f"{Decimal(value).scaleb(-2):f}"
    differs = abs(Decimal(value).scaleb(10) - quantity * cost) > Decimal(10**10) / 2
    assert valued(quantity, cost, text, 2) == (value, differs)


@pytest.mark.parametrize(
    "text", ["2026-2-1", "20261031", "2026-W01-1", "31.10.2026", "2026-10-31T00:00", "２０26-10-31"]
)
def test_a_date_is_only_year_month_day(text: str) -> None:
    with pytest.raises(Refused, match="year-month-day"):
        cells.day(text)


def test_a_day_that_the_calendar_lacks_is_refused() -> None:
    with pytest.raises(Refused, match="no such day"):
        cells.day("2026-02-29")


def test_a_spreadsheets_day_number_is_refused_with_the_way_out() -> None:
    with pytest.raises(Refused, match="Format the cell as a date"):
        cells.day("46326")


@pytest.mark.parametrize(
    "character", ["\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\ufeff"]
)
def test_an_unseen_character_in_a_name_is_refused(character: str) -> None:
    with pytest.raises(Refused) as refused:
        cells.name(f"A{character}B")
    assert refused.value.rule == "control_character"


@pytest.mark.parametrize("name", ["é", "e\u0301", "=1+1", "-1", "A  B", "👩‍🍳", "می‌خواهم", "\u202egnp.exe", "a" * 200])
def test_a_name_is_kept_as_it_is(name: str) -> None:
    assert cells.name(f"\u00a0 {name}\u3000 ") == name
