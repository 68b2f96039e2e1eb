"""Money is exact in every currency, in every decimal context, or it is refused."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import amount_text, from_minor, minor_digits, to_minor
from hub.api.money import MOST_DIGITS

CURRENCIES = st.sampled_from(["JPY", "USD", "KWD", "CLF"])
MINOR = st.integers(min_value=-(10**MOST_DIGITS) + 1, max_value=10**MOST_DIGITS - 1)


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("USD", 2), ("EUR", 2), ("KWD", 3), ("CLF", 4)])
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("code", ["", "usd", "US$", "ABC", "840", " USD"])
def test_a_code_that_iso_4217_does_not_list_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="is not a currency code of ISO 4217"):
        minor_digits(code)


@pytest.mark.parametrize("code", ["XAU", "XDR"])
def test_what_has_no_minor_unit_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="has no minor unit"):
        minor_digits(code)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("4812.37", "USD", 481237),
        ("-0.01", "USD", -1),
        ("4812", "JPY", 4812),
        ("4812.000", "JPY", 4812),
        ("0.001", "KWD", 1),
        ("4.8E+3", "USD", 480000),
        ("-0", "USD", 0),
        ("0E-999999", "JPY", 0),
        ("9999999999999999.99", "USD", 10**18 - 1),
    ],
)
def test_an_exact_amount_is_a_whole_number_of_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "USD"),
        ("0.5", "JPY"),
        ("0.0001", "KWD"),
        ("1.0000000000000000000000000000000001", "USD"),
        ("1E-999999999", "USD"),
        ("NaN", "USD"),
        ("sNaN", "USD"),
        ("Infinity", "USD"),
    ],
)
def test_an_amount_finer_than_the_currency_is_refused_and_never_rounded(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=f"is not an exact amount of {currency}"):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize("amount", ["10000000000000000", "-1E+16", "1E+999999999"])
def test_an_amount_that_cannot_be_kept_is_refused_at_once(amount: str) -> None:
    with pytest.raises(ValueError, match="is more than the hub can keep"):
        to_minor(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "USD", "0.00"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (-123450, "USD", "-1234.50"),
        (-4812, "JPY", "-4812"),
        (7, "KWD", "0.007"),
    ],
)
def test_an_amount_is_written_with_exactly_the_currencys_decimals(minor: int, currency: str, text: str) -> None:
    assert amount_text(minor, currency) == text
    assert str(from_minor(minor, currency)) == text


@given(minor=MINOR, currency=CURRENCIES, precision=st.integers(min_value=1, max_value=40))
def test_an_amount_comes_back_to_the_minor_unit_in_every_decimal_context(
    minor: int, currency: str, precision: int
) -> None:
    with localcontext() as context:
        context.prec = precision
        assert to_minor(from_minor(minor, currency), currency) == minor
        assert Decimal(amount_text(minor, currency)).compare_total(from_minor(minor, currency)) == 0


@given(amounts=st.lists(MINOR, max_size=20), currency=CURRENCIES)
def test_sums_of_minor_units_are_sums_of_amounts(amounts: list[int], currency: str) -> None:
    with localcontext() as context:
        context.prec = 60
        total = sum((from_minor(amount, currency) for amount in amounts), Decimal(0))
    assert total * 10 ** minor_digits(currency) == sum(amounts)


@given(amount=st.decimals(allow_nan=False, allow_infinity=False), currency=CURRENCIES)
def test_whatever_is_accepted_is_worth_what_was_given(amount: Decimal, currency: str) -> None:
    try:
        minor = to_minor(amount, currency)
    except ValueError:
        return
    assert from_minor(minor, currency) == amount
