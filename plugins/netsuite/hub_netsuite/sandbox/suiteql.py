"""SuiteQL, as much of it as reading lists and looking for journal entries takes: one table, conditions, an order.

A query is SELECT columns FROM table [WHERE conditions joined by AND] [ORDER BY columns]; columns may have names (AS), and a
condition compares a column, or UPPER of one, with texts, numbers, TO_DATE of a text, or NULL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from hub_netsuite.sandbox.company import Company
from hub_netsuite.sandbox.json_bodies import Json
from hub_netsuite.sandbox.refusals import Refused, forbidden
from hub_netsuite.sandbox.tables import TABLES, Row, Value

_QUERY = re.compile(
    r"\s*SELECT\s+(?P<columns>.+?)\s+FROM\s+(?P<table>\w+)(?:\s+(?:AS\s+)?(?!WHERE\b|ORDER\b)(?P<alias>\w+))?"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+(?P<order>.+?))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_LITERAL = r"(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?|TO_DATE\(\s*'[^']*'\s*,\s*'YYYY-MM-DD'\s*\))"
_CONDITION = re.compile(
    rf"(?:(?P<upper>UPPER|LOWER)\(\s*)?(?:\w+\.)?(?P<column>\w+)(?(upper)\s*\))\s*"
    rf"(?:(?P<operator>=|!=|<>|>=|<=|>|<|LIKE)\s*(?P<value>{_LITERAL})"
    rf"|(?P<not>NOT\s+)?IN\s*\(\s*(?P<values>{_LITERAL}(?:\s*,\s*{_LITERAL})*)\s*\)"
    r"|IS\s+(?P<filled>NOT\s+)?NULL)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)
_COLUMN = re.compile(
    r"(?P<day>TO_CHAR\(\s*)?(?:\w+\.)?(?P<column>\w+)(?(day)\s*,\s*'YYYY-MM-DD'\s*\))(?:\s+(?:AS\s+)?(?P<name>\w+))?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?:[^,(]|\([^)]*\))+")
_ORDER = re.compile(r"(?:\w+\.)?(\w+)(?:\s+(ASC|DESC))?", re.IGNORECASE)
_FILTER = re.compile(r'(?P<field>\w+)\s+(?P<operator>[A-Z_]+)\s*(?P<value>"(?:[^"])*"|[\w.-]+)?', re.IGNORECASE)

Compare: TypeAlias = Callable[[Value, Value], bool]
_COMPARES: Mapping[str, Compare] = {
    "=": lambda value, told: value == told,
    "!=": lambda value, told: value != told,
    "<>": lambda value, told: value != told,
    ">": lambda value, told: _ordered(value, told) > 0,
    "<": lambda value, told: _ordered(value, told) < 0,
    ">=": lambda value, told: _ordered(value, told) >= 0,
    "<=": lambda value, told: _ordered(value, told) <= 0,
    "LIKE": lambda value, told: _like(str(value), str(told)),
}


def rows(company: Company, query: str) -> list[dict[str, Json]]:
    """Return the rows of a query as the vendor shows them: values as texts, nothing where there is none. Raises Refused."""
    asked = _QUERY.fullmatch(query)
    table = TABLES.get(asked["table"].lower()) if asked else None
    if asked is None or table is None:
        raise _wrong(query)
    if table.permission in company.denied:
        raise forbidden(table.permission)
    found = [row for row in table.rows(company) if _meets(row, asked["where"] or "")]
    for part in reversed(_split(asked["order"] or "")):
        told = _ORDER.fullmatch(part)
        if told is None or (found and told[1].lower() not in found[0]):
            raise _wrong(part)
        found.sort(key=_by(told[1].lower()), reverse=(told[2] or "").upper() == "DESC")
    columns = _columns(asked["columns"])
    return [_shown(row, columns) for row in found]


def filtered(records: Iterable[Json], query: str) -> list[Json]:
    """Return the records of a list that fit the filter of its address (`q`), conditions joined by AND. Raises Refused."""
    kept = list(records)
    for part in _AND.split(query.strip()) if query.strip() else ():
        told = _FILTER.fullmatch(part)
        test = _FILTERS.get(told["operator"].upper()) if told else None
        if told is None or test is None:
            raise Refused("INVALID_PARAMETER", f"The filter {part} is not one of the sandbox's.")
        field, wanted = told["field"], (told["value"] or "").strip('"').casefold()
        kept = [row for row in kept if test(_plain(row.get(field)), wanted)]
    return kept


_FILTERS: Mapping[str, Callable[[str, str], bool]] = {
    "IS": lambda value, wanted: value == wanted,
    "IS_NOT": lambda value, wanted: value != wanted,
    "EQUAL": lambda value, wanted: value == wanted,
    "ANY_OF": lambda value, wanted: value == wanted,
    "CONTAIN": lambda value, wanted: wanted in value,
    "START_WITH": lambda value, wanted: value.startswith(wanted),
    "ON": lambda value, wanted: value == wanted,
    "ON_OR_AFTER": lambda value, wanted: value >= wanted,
    "ON_OR_BEFORE": lambda value, wanted: value <= wanted,
    "AFTER": lambda value, wanted: value > wanted,
    "BEFORE": lambda value, wanted: value < wanted,
    "EMPTY": lambda value, _wanted: not value,
    "EMPTY_NOT": lambda value, _wanted: bool(value),
}


def _plain(value: Json) -> str:
    """Return a value of a record as a text to compare; a reference is its id."""
    if isinstance(value, dict):
        value = value.get("id", "")
    if isinstance(value, bool):
        value = "true" if value else "false"
    return str("" if value is None else value).casefold()


def _meets(row: Row, where: str) -> bool:
    return all(_condition(row, part) for part in _conditions(where))


def _conditions(where: str) -> Iterator[re.Match[str]]:
    place = 0
    while where[place:].strip():
        told = _CONDITION.match(where, place)
        if told is None:
            raise _wrong(where[place:])
        yield told
        joined = _AND.match(where, told.end())
        if joined is None and where[told.end() :].strip():
            raise _wrong(where[told.end() :])
        place = joined.end() if joined else len(where)


def _condition(row: Row, told: re.Match[str]) -> bool:
    column = told["column"].lower()
    if column not in row:
        raise _wrong(told["column"])
    value = row[column]
    if told["operator"] is None and told["values"] is None:
        return (value is not None) is bool(told["filled"])
    if told["upper"] and isinstance(value, str):
        value = value.upper() if told["upper"].upper() == "UPPER" else value.lower()
    if told["values"] is not None:
        wanted = [_like_value(value, each) for each in re.findall(_LITERAL, told["values"], re.IGNORECASE)]
        return value is not None and (value in wanted) is not bool(told["not"])
    return value is not None and _COMPARES[told["operator"].upper()](value, _like_value(value, told["value"]))


def _like_value(value: Value, literal: str) -> Value:
    """Return a literal as the kind of value that it is compared with."""
    if literal.upper().startswith("TO_DATE"):
        quoted = re.findall(r"'([^']*)'", literal)[0]
        try:
            return date.fromisoformat(quoted)
        except ValueError as error:
            raise _wrong(literal) from error
    text = literal[1:-1].replace("''", "'") if literal.startswith("'") else literal
    if isinstance(value, int | Decimal):
        return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text
    return text


def _ordered(value: Value, told: Value) -> int:
    """Compare two values; raises Refused where they are of different kinds."""
    if isinstance(value, datetime) and isinstance(told, date):
        value = value.date()
    if isinstance(value, int | Decimal) and isinstance(told, int | Decimal):
        return (value > told) - (value < told)
    if isinstance(value, date) and isinstance(told, date):
        return (value > told) - (value < told)
    if isinstance(value, str) and isinstance(told, str):
        return (value > told) - (value < told)
    raise _wrong(f"{value} and {told} are not of one kind")


def _like(value: str, pattern: str) -> bool:
    parts = (".*" if each == "%" else "." if each == "_" else re.escape(each) for each in pattern)
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def _columns(told: str) -> list[tuple[str, str]] | None:
    """Return each column with the name it gets, None for all; a day that TO_CHAR makes a text of is named `column:day`."""
    if told.strip() == "*":
        return None
    columns = []
    for part in _split(told):
        found = _COLUMN.fullmatch(part)
        if found is None:
            raise _wrong(part)
        column = found["column"].lower()
        columns.append((f"{column}:day" if found["day"] else column, (found["name"] or column).lower()))
    return columns


def _split(told: str) -> list[str]:
    return [part.strip() for part in _PARTS.findall(told) if part.strip()]


def _shown(row: Row, columns: list[tuple[str, str]] | None) -> dict[str, Json]:
    chosen = [(name, name) for name in row] if columns is None else columns
    told: dict[str, Json] = {}
    for column, name in chosen:
        bare, _, as_day = column.partition(":")
        if bare not in row:
            raise _wrong(bare)
        value = row[bare]
        if value is not None:
            told[name] = value.isoformat()[:10] if as_day and isinstance(value, date) else _text(value)
    return told


def _text(value: Value) -> str:
    if isinstance(value, date):  # an instant too: the user's format has no time of day
        return f"{value.month}/{value.day}/{value.year}"
    return str(value)


def _by(column: str) -> Callable[[Row], tuple[bool, int | Decimal, str]]:
    return lambda row: _sortable(row[column])


def _sortable(value: Value) -> tuple[bool, int | Decimal, str]:
    if isinstance(value, int | Decimal):
        return value is None, value, ""
    return value is None, 0, value.isoformat() if isinstance(value, date) else str(value)


def _wrong(where: str) -> Refused:
    message = (
        f"Invalid search query. Detailed unprocessed description follows. The sandbox does not understand: {where}"
    )
    return Refused("INVALID_PARAMETER", message)
