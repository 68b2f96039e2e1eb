"""The `where` and `order` of a list, as Xero's clients write them.

Date==DateTime(2026,10,31) AND Narration.Contains("IA7K2Q9XM4B")
Type=="BANK" && Status != "ARCHIVED", ManualJournalID == Guid("…")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from hub_xero.sandbox.organisations import Shown, Value

Test: TypeAlias = Callable[[Shown], bool]
Comparable: TypeAlias = "str | bool | Decimal | datetime | None"

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_.]*)
    | (?P<sign>&&|\|\||==|!=|<>|>=|<=|[=<>(),])
    )""",
    re.VERBOSE,
)
_AND, _OR = ("&&", "AND"), ("||", "OR")
_COMPARE: Mapping[str, Callable[[int], bool]] = {
    "==": lambda sign: sign == 0,
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<>": lambda sign: sign != 0,
    ">": lambda sign: sign > 0,
    "<": lambda sign: sign < 0,
    ">=": lambda sign: sign >= 0,
    "<=": lambda sign: sign <= 0,
}
_TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}
DESCENDING = ("DESC", "DESCENDING")


class BadQuery(ValueError):
    """A where or order that cannot be read."""


def filtered(rows: Iterable[Shown], where: str) -> list[Shown]:
    """Return the rows for which a filter holds, all where it is empty; raises BadQuery."""
    if not where.strip():
        return list(rows)
    test = _Reader(where).whole()
    return [row for row in rows if test(row)]


def ordered(rows: list[Shown], order: str) -> list[Shown]:
    """Return rows in the order of a field, `Code`, `Code ASC` or `Code DESC`; raises BadQuery."""
    if not order.strip():
        return rows
    name, _, direction = order.strip().partition(" ")
    if direction.strip().upper() not in ("", "ASC", "ASCENDING", *DESCENDING):
        raise BadQuery(f"{order} is no order")
    known = [row for row in rows if _field(row, name) is not None]
    unknown = [row for row in rows if _field(row, name) is None]
    known.sort(key=lambda row: _sortable(_field(row, name)), reverse=direction.strip().upper() in DESCENDING)
    return [*unknown, *known]


class _Reader:
    """Reads a filter from left to right."""

    def __init__(self, where: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        place = 0
        while place < len(where.rstrip()):
            found = _TOKEN.match(where, place)
            if found is None:
                raise BadQuery(f"it cannot be read from character {place + 1} on")
            self._tokens.append((str(found.lastgroup), str(found[str(found.lastgroup)])))
            place = found.end()

    def whole(self) -> Test:
        test = self._either()
        if self._at < len(self._tokens):
            raise BadQuery(f"{self._tokens[self._at][1]} was not expected")
        return test

    def _either(self) -> Test:
        tests = [self._all()]
        while self._peek().upper() in _OR:
            self._next()
            tests.append(self._all())
        return lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._peek().upper() in _AND:
            self._next()
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "(":
            self._next()
            test = self._either()
            self._expect(")")
            return test
        kind, name = self._next()
        if kind != "name":
            raise BadQuery(f"{name} is no field")
        field, _, method = name.rpartition(".")
        if method.lower() in _TEXT_TESTS and self._peek() == "(":
            return self._text_test(field, _TEXT_TESTS[method.lower()])
        sign = self._next()[1]
        if sign not in _COMPARE:
            raise BadQuery(f"{sign} compares nothing")
        value = self._value()
        return lambda row: _compared(_field(row, name), value, _COMPARE[sign])

    def _text_test(self, field: str, test: Callable[[str, str], bool]) -> Test:
        self._expect("(")
        part = self._value()
        self._expect(")")
        if not isinstance(part, str):
            raise BadQuery("a text is needed")
        return lambda row: test(str(_field(row, field) or ""), part)

    def _value(self) -> Comparable:
        kind, told = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", told[1:-1])
        if kind == "number":
            return Decimal(told)
        known: Mapping[str, Comparable] = {"true": True, "false": False, "null": None}
        if told.lower() in known:
            return known[told.lower()]
        if told.lower() in ("guid", "datetime"):
            return self._made(told.lower())
        raise BadQuery(f"{told} is no value")

    def _made(self, kind: str) -> Comparable:
        self._expect("(")
        values = [self._value()]
        while self._peek() == ",":
            self._next()
            values.append(self._value())
        self._expect(")")
        if kind == "guid":
            return str(values[0]).lower()
        if len(values) == 1 and isinstance(values[0], str):
            return _instant(date.fromisoformat(values[0][:10]))
        try:
            return datetime(*(int(str(value)) for value in values), tzinfo=UTC)  # type: ignore[arg-type,misc]
        except (ValueError, TypeError) as error:
            raise BadQuery("that is no date") from error

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise BadQuery("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise BadQuery(f"{sign} is missing")


def _field(row: Shown, name: str) -> Comparable:
    """Return a field's value by its name in any case, as it compares."""
    value: Value = next((value for known, value in row.items() if known.lower() == name.lower()), None)
    if isinstance(value, date):
        return _instant(value)
    if isinstance(value, bool) or value is None or isinstance(value, str | Decimal):
        return value
    return Decimal(value) if isinstance(value, int) else None


def _instant(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)


def _compared(value: Comparable, other: Comparable, holds: Callable[[int], bool]) -> bool:
    if value is None or other is None:
        return holds(0 if value is other else 1)
    if type(value) is not type(other):
        raise BadQuery("the two sides of a comparison are of different kinds")
    one, two = _sortable(value), _sortable(other)
    return holds((one > two) - (one < two))


def _sortable(value: Comparable) -> tuple[str, Decimal]:
    """Return what sorts like a value among its own kind."""
    if isinstance(value, datetime):
        return "", Decimal(int(value.timestamp()))
    if isinstance(value, bool | Decimal):
        return "", Decimal(value)
    return str(value), Decimal(0)
