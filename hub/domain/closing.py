"""The closing entry of a site that moved to other books: reversal only, in the old ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hub.api import Reason
from hub.domain.adjusting import reverse_lines
from hub.domain.entries import Entry
from hub.domain.facts import OnBooksValue
from hub.domain.lines import Line
from hub.domain.setup import Setup


def closing_lines(setup: Setup, values: Iterable[OnBooksValue], on: date) -> list[Line]:
    """Return the lines that take a site's on-books values out of the books that carry them."""
    lines: list[Line] = []
    for value in sorted(values, key=lambda value: setup.categories[value.category].position):
        memo = f"Close inventory {on.isoformat()} · {value.category} · {setup.sites[value.site].name}"
        lines.extend(reverse_lines(value, (value.site, value.category, Reason.CLOSING, memo)))
    return lines


def closing_entry(setup: Setup, site: str, values: Iterable[OnBooksValue], on: date) -> Entry | None:
    """Return the closing entry, None where the books carry nothing."""
    lines = closing_lines(setup, values, on)
    memo = f"Close inventory {on.isoformat()} · {setup.sites[site].name}"
    return Entry(date=on, memo=memo, lines=tuple(lines)) if lines else None
