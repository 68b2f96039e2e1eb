"""Journal lines and the groups that are never torn apart: a pair, a transfer, a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.api import Account, Reason, Side

DEBIT, CREDIT = Side.DEBIT, Side.CREDIT


class Line(NamedTuple):
    """One line before it is frozen; minor: positive; account is None where it is not resolved yet."""

    gl_account: str
    account: Account | None
    side: Side
    minor: int
    site: str
    category: str
    reason: Reason
    memo: str
    dimensions: Mapping[str, str]


class Group(NamedTuple):
    """Balanced lines that stay together; order: where it stands; prior: whose reversal date it follows, if any."""

    order: tuple[object, ...]
    site: str
    lines: tuple[Line, ...]
    reverses: bool = False


About = tuple[str, str, Reason, str]
"""What the lines of a pair share: site, category, reason, memo."""
Posted = tuple[str, Account | None, object]
"""A GL Account's number and its account, with whatever comes after: a Resolved is one."""


def pair(debit: Posted, credit: Posted, minor: int, about: About, dimensions: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the two lines of one amount, debit first; a negative amount swaps the sides, zero has no lines."""
    if minor == 0:
        return ()
    if minor < 0:
        debit, credit, minor = credit, debit, -minor
    site, category, reason, memo = about
    return (
        Line(debit[0], debit[1], DEBIT, minor, site, category, reason, memo, dimensions),
        Line(credit[0], credit[1], CREDIT, minor, site, category, reason, memo, dimensions),
    )


def balance(lines: Iterable[Line]) -> int:
    """Return debits minus credits, in minor units."""
    return sum([line.minor if line.side is DEBIT else -line.minor for line in lines])
