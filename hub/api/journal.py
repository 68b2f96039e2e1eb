"""The journal entry that a connector posts: dated, balanced, immutable."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from hub.api.chart import Account
from hub.api.money import from_minor, to_minor

_KEY = re.compile(r"[0-9a-f]{32}")
_REFERENCE = re.compile(r"IA[A-Z0-9]{9}")


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
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"a journal line's amount must be a Decimal, not {type(self.amount).__name__}")
        if not (self.amount.is_finite() and self.amount > 0):
            raise ValueError(f"a journal line's amount must be positive, not {self.amount}; the side says which way")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One journal entry as it is frozen, previewed and sent: the same bytes on every attempt.

    key: 32 hex characters, the same for every attempt at this posting; reference: 11 characters, `IA` and
    nine of [A-Z0-9], unique per books; part: 1, 2, … within its export; lines: at least two.
    Raises UnbalancedEntry where debits and credits differ in the currency's minor unit, and ValueError where
    an amount has more decimals than the currency, or where key, reference, part or a date is not as above.
    """

    key: str
    reference: str
    part: int
    date: dt.date
    count_date: dt.date
    currency: str
    memo: str
    lines: tuple[JournalLine, ...]

    def __post_init__(self) -> None:
        if not (_KEY.fullmatch(self.key) and _REFERENCE.fullmatch(self.reference) and self.part >= 1):
            raise ValueError(f"key, reference or part is malformed: {self.key!r}, {self.reference!r}, {self.part!r}")
        if type(self.date) is not dt.date or type(self.count_date) is not dt.date:
            raise ValueError(f"entry {self.reference}: date and count_date must be dates without a time")
        sums = {side.value: self._sum_minor(side) for side in Side}
        if not self.lines or sums["debit"] != sums["credit"]:
            raise UnbalancedEntry(
                f"entry {self.reference}: it does not balance, in minor units of {self.currency}: {sums}"
            )

    @property
    def total(self) -> Decimal:
        """The sum of the debits, which is the sum of the credits, with the currency's decimals."""
        return from_minor(self._sum_minor(Side.DEBIT), self.currency)

    def _sum_minor(self, side: Side) -> int:
        return sum(to_minor(line.amount, self.currency) for line in self.lines if line.side is side)
