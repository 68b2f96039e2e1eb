"""How figures, dates and instants are written on screen."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

MINUS = "−"
CENT = Decimal("0.01")


def amount(value: str | Decimal | None) -> str:
    """Return an amount as a ledger shows it: 1,234.50, a negative one with a true minus; nothing for None."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(value):,f}"
    return text.replace("-", MINUS)


def cost(value: str | Decimal | None) -> str:
    """Return what a unit costs, with every decimal it has and at least two: 4.50, 79.072; nothing for None."""
    if value is None or value == "":
        return ""
    number = Decimal(value)
    return amount(number if -int(number.as_tuple().exponent) >= 2 else number.quantize(CENT))


def change(value: str | Decimal | None) -> str:
    """Return a change, always with its sign: +12.00, −3.50; 0.00 has none."""
    if value is None or value == "":
        return ""
    number = Decimal(value)
    return f"+{amount(number)}" if number > 0 else amount(abs(number) if number == 0 else number)


def day(value: str | date | None) -> str:
    """Return a date as 31 Oct 2026; text: ISO 8601, of an instant its date."""
    if value is None or value == "":
        return ""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{found.day} {found:%b %Y}"


def moment(value: str | datetime | None, zone: str = "UTC", *, seconds: bool = False) -> str:
    """Return an instant as 31 Oct 2026, 6:02 PM in a time zone (an IANA name), which is named where it is UTC.

    seconds: as 6:02:07 PM, for evidence.
    """
    if value is None or value == "":
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = found.astimezone(ZoneInfo(zone))
    hour = local.hour % 12 or 12
    return f"{day(local.date())}, {hour}:{local:{'%M:%S' if seconds else '%M'} %p}{' UTC' if zone == 'UTC' else ''}"


def counted(number: int, one: str, several: str = "") -> str:
    """Return a count with its noun: 1 line, 1,204 lines."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
