"""What a layout is: how one journal entry becomes the cells of one file.

Every cell says what it is. A Name must arrive unchanged or not at all; a Memo may be rewritten; a plain str is the
layout's own (an amount, a date, a constant) and left alone. What is checked before posting is what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hub.api import Account, Dimension, JournalEntry, JournalLine, Limits, Side, amount_text, to_minor
from hub_csv_iif.settings import DateFormat, LayoutName, Settings
from hub_csv_iif.text import TextRule

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A cell that identifies something; what: the word for it, such as `account`; length: the most it may have."""

    text: str
    what: str
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A cell that only describes; length: where it is cut."""

    text: str
    length: int | None = None


Cell = str | Name | Memo


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's cells: its header, then one row per journal line, in the entry's order and all of one width."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in self.rows):
            raise ValueError(f"every row needs the {len(self.header)} cells of its header")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the files of one accounting system look.

    suffix: of the file's name, after the reference; dimensions: those it has a column for; other_dimensions: how many
    of any other name it takes, None for any number; account_text: the text that names an account, empty where it
    cannot; account_needs: what an account must have for that, `name` or `number`; makes_unknown_accounts: whether
    its import silently creates an account or class it does not know.
    """

    name: LayoutName
    label: str
    suffix: str
    media_type: str
    rule: TextRule
    date_format: DateFormat
    limits: Limits
    account_needs: str
    account_text: Callable[[Account], str]
    table: Callable[[JournalEntry, Settings], Table]
    join: Callable[[Sequence[Sequence[str]]], str]
    dimensions: tuple[Dimension, ...] = ()
    other_dimensions: int | None = 0
    makes_unknown_accounts: bool = False


def number_of(account: Account) -> str:
    """The account's number, empty where it has none."""
    return account.number


def name_of(account: Account) -> str:
    """The account's full name, empty where it has none."""
    return account.name


def name_or_number_of(account: Account) -> str:
    """The account's full name, its number where it has no name."""
    return account.name or account.number


def number_or_name_of(account: Account) -> str:
    """The account's number, its full name where it has no number."""
    return account.number or account.name


@lru_cache
def date_text(day: date, date_format: DateFormat) -> str:
    """Return a date as text, the same on every computer."""
    day_of_month, month, year = f"{day.day:02}", f"{day.month:02}", f"{day.year:04}"
    return {
        DateFormat.MONTH_FIRST: f"{month}/{day_of_month}/{year}",
        DateFormat.DAY_FIRST: f"{day_of_month}/{month}/{year}",
        DateFormat.MONTH_FIRST_SHORT: f"{month}/{day_of_month}/{year[-2:]}",
        DateFormat.MONTH_NAME: f"{day_of_month} {_MONTHS[day.month - 1]} {year}",
        DateFormat.ISO: f"{year}-{month}-{day_of_month}",
    }[date_format]


def signed_amount(line: JournalLine, currency: str) -> str:
    """The amount with the currency's decimals, a credit with a minus before it."""
    minor = to_minor(line.amount, currency)
    return amount_text(minor if line.side is Side.DEBIT else -minor, currency)


def side_amounts(line: JournalLine, currency: str) -> tuple[str, str]:
    """The amount in the debit or the credit cell, the other one empty."""
    text = amount_text(to_minor(line.amount, currency), currency)
    return (text, "") if line.side is Side.DEBIT else ("", text)


def dimension_cell(line: JournalLine, dimension: str, length: int | None = None) -> Name:
    """The line's value of a dimension, empty where it has none."""
    return Name(text=line.dimensions.get(dimension, ""), what=dimension, length=length)


def dimensions_in_use(lines: Sequence[JournalLine]) -> tuple[str, ...]:
    """The names of the dimensions that any of the lines has a value for, sorted."""
    return tuple(sorted({name for line in lines for name, value in line.dimensions.items() if value}))
