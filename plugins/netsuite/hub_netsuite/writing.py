"""The envelope that adds a journal entry: zeep builds and validates one of each shape, and its lines are written from that.

zeep takes 50 to 110 ms for 200 lines (facts 4), and a journal may have a thousand. All journals of a version that carry the
same elements have the same envelope but for the values in it, so zeep builds it once, with names where values go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.api import JournalEntry, JournalLine, Side, minor_digits
from hub_netsuite.definitions import builder
from hub_netsuite.envelopes import PREFERENCES, built, formed, typed
from hub_netsuite.escaping import attribute, text
from hub_netsuite.pacific import as_sent

DIMENSIONS = ("department", "class", "location")  # in the schema's order


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A journal entry with NetSuite's own ids in place of names.

    currency, subsidiary: empty where the account has none to choose; dimensions: the ids of values, by dimension and value.
    """

    entry: JournalEntry
    external_id: str
    memo: str
    currency: str
    subsidiary: str
    approved: bool
    dimensions: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is around the lines. form: with `%s` for the names; names: in the order of their places; end: what follows."""

    form: str
    names: tuple[str, ...]
    end: str


Shape = tuple[str, ...]
"""The elements that a journal, or a line, carries beside those that all have."""


def journal(draft: Draft, version: str) -> bytes:
    """Return the envelope that adds a journal entry: the same bytes on every attempt."""
    head: Shape = tuple(
        name
        for name, carried in (
            ("currency", draft.currency),
            ("subsidiary", draft.subsidiary),
            ("approved", draft.approved),
        )
        if carried
    )
    frame = _frame(version, head)
    values = {
        "externalId": attribute(draft.external_id),
        "tranDate": as_sent(draft.entry.date),
        "currency": attribute(draft.currency),
        "subsidiary": attribute(draft.subsidiary),
        "memo": text(draft.memo),
        "approved": "true",
    }
    start = frame.form % tuple([values[name] for name in frame.names])
    lines = "".join(_lines(draft, version, head))
    return f"{start}{lines}{frame.end}".encode()


def _lines(draft: Draft, version: str, head: Shape) -> Iterator[str]:
    """Yield each line; an account is written once, and an amount with its currency's decimals as it stands."""
    digits = minor_digits(draft.entry.currency)
    point = -digits - 1
    accounts: dict[int, str] = {}  # by the object's id: the entry holds them all
    shapes: dict[int, Shape] = {}  # likewise
    forms: dict[tuple[Side, bool, Shape], str] = {}
    for line in draft.entry.lines:
        account = accounts.get(id(line.account))
        if account is None:
            account = accounts[id(line.account)] = attribute(line.account.id)
        carried = shapes.get(id(line.dimensions))
        if carried is None:
            named = tuple([name for name in DIMENSIONS if line.dimensions.get(name)])
            carried = shapes[id(line.dimensions)] = named
        shape = (line.side, bool(line.memo), carried)
        form = forms.get(shape)
        if form is None:
            form = forms[shape] = _line_form(version, head, *shape)
        amount = str(line.amount)
        if not digits or amount[point : point + 1] != ".":
            amount = f"{line.amount:.{digits}f}"
        memo = (text(line.memo),) if line.memo else ()
        yield form % ((account, amount, *memo, *_values(draft, line, carried)) if carried else (account, amount, *memo))


def _values(draft: Draft, line: JournalLine, carried: Shape) -> Iterator[str]:
    for name in carried:
        yield attribute(draft.dimensions[name, line.dimensions[name]])


@lru_cache(maxsize=256)
def _frame(version: str, head: Shape) -> _Frame:
    start, _, end = _parted(version, head, Side.DEBIT, memo=False, carried=())
    form, names = formed(start)
    return _Frame(form, names, end)


@lru_cache(maxsize=2_048)
def _line_form(version: str, head: Shape, side: Side, memo: bool, carried: Shape) -> str:  # noqa: FBT001 - a key of the cache
    _, line, _ = _parted(version, head, side, memo=memo, carried=carried)
    return formed(line)[0]


def _parted(version: str, head: Shape, side: Side, *, memo: bool, carried: Shape) -> tuple[str, str, str]:
    """Return what zeep builds for a journal of two such lines: what is before them, one of them, what is after them."""
    line: dict[str, object] = {"account": {"internalId": "@account@"}, side.value: "@amount@"}
    if memo:
        line["memo"] = "@memo@"
    line.update({name: {"internalId": f"@{name}@"} for name in carried})
    sample = sample_of(version, head, [line, line])
    start, lines, end = _between(sample)
    return start, lines[: len(lines) // 2], end


def sample_of(version: str, head: Shape, lines: list[dict[str, object]]) -> str:
    """Return the envelope that zeep builds for a journal with these lines, with names such as `@memo@` where values go."""
    client = builder(version)
    carried: dict[str, object] = {name: {"internalId": f"@{name}@"} for name in head if name != "approved"}
    if "approved" in head:
        carried["approved"] = True
    values = {
        "externalId": "@externalId@",
        "tranDate": "@tranDate@",
        "memo": "@memo@",
        "lineList": {"line": lines},
        **carried,
    }
    record = typed(client, f"{{urn:general_{version}.transactions.webservices.netsuite.com}}JournalEntry", values)
    return built(client, "add", {"preferences": PREFERENCES}, {"record": record}).decode()


def _between(sample: str) -> tuple[str, str, str]:
    """Part a sample at its first line and after its last."""
    found = re.search(r"<(\w+):lineList[^>]*>(?P<lines>.*)</\1:lineList>", sample, re.DOTALL)
    assert found is not None, "zeep built a journal without lines"
    first, last = found.span("lines")
    return sample[:first], sample[first:last], sample[last:]
