"""The journal entry that a connector posts: dated, balanced, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hub.api.chart import Account
from hub.api.money import to_minor


class Side(StrEnum):
    """The side of a journal line; amounts are positive and the side says which way."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> Side:
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class Reason(StrEnum):
    """Why a line exists, in the order lines stand within a site."""

    REVERSE_PRIOR = "reverse_prior"
    CURRENT = "current"
    NET_CHANGE = "net_change"
    TRANSFER = "transfer"
    PRODUCTION = "production"
    PRODUCTION_VARIANCE = "production_variance"
    CLOSING = "closing"
    UNDO = "undo"


class UnbalancedEntry(ValueError):
    """A journal entry whose debits and credits differ, or that has no lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line: an account, a side and a positive amount, with what it is for.

    amount: positive, no more decimals than the entry's currency; site: the site's code;
    category: empty where the line has none; gl_account: the number in the hub's own GL Accounts;
    dimensions: values by dimension name, as the Site Map gives them.
    """

    account: Account
    side: Side
    amount: Decimal
    memo: str
    site: str
    reason: Reason
    category: str = ""
    gl_account: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.amount.is_finite() and self.amount > 0):
            raise ValueError(f"a journal line's amount must be positive, not {self.amount}; the side says debit or credit")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One journal entry as it is frozen, previewed and sent: the same bytes on every attempt.

    key: 32 hex characters, the same for every attempt at this posting; reference: 11 characters, `IA` and
    nine of [A-Z0-9], unique per books; part: 1, 2, … within its export; lines: at least two.
    Raises UnbalancedEntry where debits and credits differ in the currency's minor unit.
    """

    key: str
    reference: str
    part: int
    date: date
    count_date: date
    currency: str
    memo: str
    lines: tuple[JournalLine, ...]

    def __post_init__(self) -> None:
        sums = {Side.DEBIT: 0, Side.CREDIT: 0}
        for line in self.lines:
            sums[line.side] += to_minor(line.amount, self.currency)
        if not self.lines or sums[Side.DEBIT] != sums[Side.CREDIT]:
            raise UnbalancedEntry(f"entry {self.reference}: debits and credits differ, in minor units of {self.currency}: {sums}")

    @property
    def total(self) -> Decimal:
        """The sum of the debits, which is the sum of the credits."""
        return sum((line.amount for line in self.lines if line.side is Side.DEBIT), Decimal(0))
