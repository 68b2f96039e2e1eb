"""Bars of a chart as positions in an SVG that is 100 wide; the figures stand beside them as text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

WIDTH = Decimal(100)
HALF = Decimal(50)
TENTH = Decimal("0.1")


class Bar(NamedTuple):
    """One bar: where it begins and how wide it is, of 100, as SVG attributes take them."""

    x: str
    width: str


def across(pairs: Sequence[tuple[Decimal, Decimal]]) -> list[tuple[Bar, Bar]]:
    """Return two bars for each pair, all on one scale with nought in it; a negative value goes to the left of nought."""
    values = [value for pair in pairs for value in pair]
    low, high = min([Decimal(0), *values]), max([Decimal(0), *values])
    span = (high - low) or Decimal(1)
    return [(_bar(one, low, span), _bar(other, low, span)) for one, other in pairs]


def changes(values: Sequence[str]) -> list[Bar]:
    """Return a bar for each change, from the middle: the largest takes nearly half."""
    numbers = [Decimal(value) for value in values]
    most = max((abs(number) for number in numbers), default=Decimal(0)) or Decimal(1)
    widths = [abs(number) / most * (HALF - 2) for number in numbers]
    return [
        Bar(_text(HALF if number >= 0 else HALF - width), _text(width))
        for number, width in zip(numbers, widths, strict=True)
    ]


def _bar(value: Decimal, low: Decimal, span: Decimal) -> Bar:
    nought, end = ((edge - low) / span * WIDTH for edge in (Decimal(0), value))
    return Bar(_text(min(nought, end)), _text(abs(end - nought)))


def _text(number: Decimal) -> str:
    return str(number.quantize(TENTH, ROUND_HALF_EVEN))
