"""Tables that are edited: how their fields are named, what can be chosen there, and which rows are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Generic, TypeVar
from urllib.parse import quote, unquote

from hub.web.forms import Form

Shown = TypeVar("Shown")

ROWS_OF_A_PAGE = 100
MOST_OPTIONS = 4_000
"""On one page, in drop-down lists; where there would be more, each field is typed into, with one list for all of them."""


def field_name(*parts: str) -> str:
    """Return one name of several parts, whatever is in them."""
    return ":".join(quote(part, safe="") for part in parts)


def parts_of(name: str) -> tuple[str, ...]:
    """Return the parts of a field's name."""
    return tuple(unquote(part) for part in name.split(":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose; value: what is kept; words: what is read; short: what also names it; group: its heading."""

    value: str
    words: str
    short: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen in every row of a page; listed: too many to repeat in each, so that fields are typed into."""

    options: Sequence[Option]
    listed: bool
    _words: Mapping[str, str] = field(default_factory=dict, repr=False)
    _values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def shown(self, value: str) -> str:
        """Return what a field holds for a value: the value, or its words where they are typed."""
        return self._words.get(value, value) if self.listed else value

    def words(self, value: str) -> str:
        """Return how a value is read."""
        return self._words.get(value, value)

    def has(self, value: str) -> bool:
        """Tell whether a value is one of the options."""
        return value in self._words

    def value(self, text: str) -> str:
        """Return the value that a field's text means; the text itself where it is none of the options."""
        return text if text in self._words else self._values.get(text.casefold(), text)


def choices(options: Iterable[Option], rows: int) -> Choices:
    """Return what can be chosen in so many rows; two options that read alike get their value behind their words."""
    every = list(options)
    alike = Counter(option.words for option in every)
    words = {each.value: each.words if alike[each.words] == 1 else f"{each.words} ({each.value})" for each in every}
    shorts = Counter(each.short.casefold() for each in every if each.short)
    values = {each.short.casefold(): each.value for each in every if shorts.get(each.short.casefold()) == 1}
    values |= {text.casefold(): value for value, text in words.items()}
    named = [Option(value=each.value, words=words[each.value], short=each.short, group=each.group) for each in every]
    return Choices(options=named, listed=len(every) * max(rows, 1) > MOST_OPTIONS, _words=words, _values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Shown]):
    """The rows of one page of a long table. page: from 1; found: how many rows there are on all pages."""

    rows: Sequence[Shown]
    page: int
    pages: int
    found: int

    @property
    def first(self) -> int:
        """The number of the first row shown, 0 where there is none."""
        return (self.page - 1) * ROWS_OF_A_PAGE + 1 if self.rows else 0


def sheet(rows: Sequence[Shown], query: Form) -> Sheet[Shown]:
    """Return the page of a table that the address asks for; a page that is not there is the nearest one."""
    pages = max(1, ceil(len(rows) / ROWS_OF_A_PAGE))
    page = min(page_of(query), pages)
    start = (page - 1) * ROWS_OF_A_PAGE
    return Sheet(rows=rows[start : start + ROWS_OF_A_PAGE], page=page, pages=pages, found=len(rows))


def page_of(query: Form) -> int:
    """Return which page of a long table the address asks for, from 1 up."""
    asked = query.get("page")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1


def finds(text: str, *where: str) -> bool:
    """Tell whether each word of what is searched for stands in one of some texts."""
    held = " ".join(where).casefold()
    return all(word in held for word in text.casefold().split())
