"""Exact money: decimals at the edges, whole minor units inside."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

MOST_DIGITS = 18  # of an amount in minor units: as many as always fit a 64-bit integer


@cache
def minor_digits(currency: str) -> int:
    """Return how many decimals a currency has.

    currency: an ISO 4217 code in capitals. JPY has 0, USD 2, KWD 3.
    Raises ValueError for a code that ISO 4217 does not list, or that has no minor unit.
    Source: ISO 4217 list one, through the iso4217 package.
    """
    from iso4217 import Currency  # reads its table when imported, so only when money is first met

    try:
        exponent = Currency(currency).exponent
    except ValueError as error:
        raise ValueError(f"{currency!r} is not a currency code of ISO 4217") from error
    if exponent is None:
        raise ValueError(f"{currency} has no minor unit, so no amounts can be kept in it")
    return int(exponent)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an exact amount as a whole number of the currency's minor units, whatever the decimal context.

    Raises ValueError where the amount has more decimals than the currency, is not finite, or has more than 18 digits.
    """
    digits = minor_digits(currency)
    if not amount:
        return 0
    if not amount.is_finite() or amount.adjusted() < -digits:
        raise ValueError(f"{amount} is not an exact amount of {currency}, which has {digits} decimals")
    if amount.adjusted() + digits >= MOST_DIGITS:
        raise ValueError(f"{amount} {currency} is more than the hub can keep")
    numerator, denominator = amount.as_integer_ratio()
    minor, rest = divmod(numerator * 10**digits, denominator)
    if rest:
        raise ValueError(f"{amount} is not an exact amount of {currency}, which has {digits} decimals")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """Return minor units as a decimal amount with exactly the currency's decimals, whatever the decimal context."""
    return Decimal(amount_text(minor, currency))


def amount_text(minor: int, currency: str) -> str:
    """Return minor units as text with exactly the currency's decimals, such as `-1234.50`."""
    digits = minor_digits(currency)
    if digits == 0:
        return str(minor)
    whole = str(abs(minor)).rjust(digits + 1, "0")
    return f"{'-' if minor < 0 else ''}{whole[:-digits]}.{whole[-digits:]}"
