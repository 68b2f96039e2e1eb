"""Reading one cell: names, numbers, dates and choices, each refused with a reason where it is not exact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from hub.intake.report import Refused, Unreadable

LONGEST_NAME = 200
MICRO_DIGITS = 6
LARGEST_QUANTITY = 10**12
LARGEST_VALUE_MINOR = 10**13
FIRST_YEAR, LAST_YEAR = 1990, 2100

SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_WHOLE_PART = 18


def readable(text: str) -> str:
    """Return the cell's text, or refuse a cell that a spreadsheet could not give as text."""
    if isinstance(text, Unreadable):
        raise Refused("unreadable_cell", text.reason)
    return text


def name(text: str) -> str:
    """Return a name with the spaces at its ends cut, otherwise exactly as it is."""
    stripped = readable(text).strip(SPACES)
    if found := _UNSEEN.search(stripped):
        raise Refused("control_character", f"A name may not hold {_unseen(found[0])}.")
    if len(stripped) > LONGEST_NAME:
        raise Refused("too_long", f"A name may have {LONGEST_NAME} characters, and this one has {len(stripped)}.")
    return stripped


def _unseen(character: str) -> str:
    known = {"\n": "a line break", "\r": "a line break", "\t": "a tab", "\0": "a NUL character"}
    if "\ud800" <= character <= "\udfff":
        return "half of a character (a lone surrogate)"
    return known.get(character, f"the invisible control character U+{ord(character):04X}")


def micro(text: str) -> int:
    """Return a quantity or unit cost in millionths."""
    number = scaled(text, MICRO_DIGITS)
    if abs(number) > LARGEST_QUANTITY * 10**MICRO_DIGITS:
        raise Refused("too_large", "Quantities and unit costs go up to 1,000,000,000,000.")
    return number


def value(text: str) -> Decimal:
    """Return a value with the decimals it was written with; its currency is known only with the site."""
    number = scaled(text, MICRO_DIGITS)
    return Decimal(number).scaleb(-MICRO_DIGITS).quantize(Decimal(1).scaleb(-_decimals(text)))


def minor(text: str, digits: int) -> int:
    """Return a value as a whole number of minor units of a currency with so many decimals."""
    number = scaled(text, digits, "value")
    if abs(number) > LARGEST_VALUE_MINOR:
        raise Refused("too_large", too_large(digits))
    return number


def too_large(digits: int) -> str:
    """Return the sentence for a value beyond what is kept exactly."""
    return f"A line's value goes up to {LARGEST_VALUE_MINOR // 10**digits:,}."


def scaled(text: str, decimals: int, what: str = "number") -> int:
    """Return a plain decimal number times ten to the power of `decimals`, exactly; more decimals are refused."""
    found = _NUMBER.fullmatch(readable(text).strip(SPACES))
    if found is None:
        raise Refused("not_a_number", _why_not_a_number(text))
    sign, whole, fraction = found.groups("")
    if len(fraction) > decimals:
        raise Refused("too_many_decimals", _too_many_decimals(decimals, what))
    if len(whole) > _LONGEST_WHOLE_PART:
        raise Refused("too_large", "This number is too large.")
    number = int(whole + fraction.ljust(decimals, "0"))
    return -number if sign else number


def _decimals(text: str) -> int:
    return len(text.strip(SPACES).partition(".")[2])


def _too_many_decimals(decimals: int, what: str) -> str:
    if what == "value":
        return f"A value has at most the {decimals} decimals of its currency; nothing is rounded here."
    return f"At most {decimals} decimals; round the number where it comes from, in a spreadsheet with ROUND."


_NOT_NUMBERS = (
    (re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?"), "it has commas between thousands"),
    (re.compile(r"[-+]?[0-9]+,[0-9]+"), "it has a comma where the decimal point goes"),
    (re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+"), "it is in scientific notation"),
    (re.compile(r"\([0-9.,]+\)"), "a negative number is written with a minus sign in front"),
    (re.compile(r"[0-9.,]+-"), "the minus sign goes in front"),
    (re.compile(r"[^0-9]*[$€£¥₹][^0-9]*[0-9.,]*[^0-9]*|[0-9.,]+\s*[$€£¥₹]"), "it has a currency sign"),
    (re.compile(r"[0-9.,]+\s*%"), "it has a percent sign"),
    (re.compile(r"[-+]?\.[0-9]+|[-+]?[0-9]+\."), "it needs a digit before and after the decimal point"),
    (re.compile(r"\+[0-9.]+"), "a plus sign is not needed"),
)


def _why_not_a_number(text: str) -> str:
    stripped = text.strip(SPACES)
    foreign = any(character.isdecimal() and not character.isascii() for character in stripped)
    other = "its digits are not 0 to 9" if foreign else "there is more in it than digits"
    reason = next((reason for pattern, reason in _NOT_NUMBERS if pattern.fullmatch(stripped)), other)
    return f"This is not a plain number: {reason}. Write it like 1234.50 or -3."


def day(text: str) -> date:
    """Return an ISO 8601 date such as 2026-10-31."""
    stripped = readable(text).strip(SPACES)
    if not _DATE.fullmatch(stripped):
        raise Refused("not_a_date", _why_not_a_date(stripped))
    try:
        found = date.fromisoformat(stripped)
    except ValueError:
        raise Refused("not_a_date", "There is no such day in the calendar.") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused("date_out_of_range", f"Dates go from {FIRST_YEAR} to {LAST_YEAR}.")
    return found


def _why_not_a_date(text: str) -> str:
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return "This is the number a spreadsheet keeps for a day. Format the cell as a date, or write 2026-10-31."
    return "Dates are written year-month-day, like 2026-10-31."


def choice(*allowed: str) -> Callable[[str], str]:
    """Return a reader of cells that hold one of a few words, in any case."""

    def read(text: str) -> str:
        word = readable(text).strip(SPACES).lower()
        if word not in allowed:
            raise Refused("not_a_choice", f"This must be one of: {', '.join(allowed)}.")
        return word

    return read


_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def yes_no(text: str) -> bool:
    """Return whether a cell says yes."""
    word = readable(text).strip(SPACES).lower()
    if word not in _YES_NO:
        raise Refused("not_a_choice", "This must be yes or no.")
    return _YES_NO[word]
