"""The part of the vendor's query language that its clients use: one entity, conditions joined by AND, order and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.refusals import Json
from hub_quickbooks.sandbox.statement import Condition, Query

Document = dict[str, Json]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d")


def matching(query: Query, rows: Sequence[Document], filterable: frozenset[str]) -> list[Document]:
    """Return the rows that meet every condition, in order; raises Refused for a field that cannot be asked for.

    filterable: in lower case.
    """
    asked = {*(condition.field for condition in query.conditions), *(field for field, _ in query.order)}
    for field in sorted(asked - filterable):
        raise refusals.query_invalid(f"property '{field}' is not queryable or sortable")
    found = [row for row in rows if all(_meets(row, condition) for condition in query.conditions)]
    for field, descends in reversed(query.order):
        found.sort(key=lambda row: _sortable(_value(row, field)), reverse=descends)
    return found


def page_of(query: Query, rows: Sequence[Document]) -> list[Document]:
    """Return the page that was asked for."""
    return list(rows[query.first - 1 : query.first - 1 + query.most])


def _value(row: Document, field: str) -> Json:
    """Return a row's value by a field's name in any case, with points between levels."""
    value: Json = row
    for part in field.split("."):
        if not isinstance(value, Mapping):
            return None
        value = next((each for name, each in value.items() if name.lower() == part), None)
    return value.get("value") if isinstance(value, Mapping) else value


def _meets(row: Document, condition: Condition) -> bool:
    value = _value(row, condition.field)
    if condition.sign == "IN":
        return any(_same(value, each) for each in condition.values)
    (wanted,) = condition.values
    if condition.sign == "=":
        return _same(value, wanted)
    if value is None:
        return False
    if condition.sign == "LIKE":
        pattern = ".*".join(map(re.escape, str(wanted).split("%")))
        return re.fullmatch(pattern, str(value), re.IGNORECASE | re.DOTALL) is not None
    return _COMPARE[condition.sign](_sortable(value), _sortable(wanted))


_COMPARE: Mapping[str, Callable[[tuple[int, Json], tuple[int, Json]], bool]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


def _same(value: Json, wanted: Json) -> bool:
    """Whether two values are equal: truths and numbers as such, instants as such, any other text to the letter."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return str(value).lower() == str(wanted).lower()
    if isinstance(value, int | Decimal) or (isinstance(value, str) and _INSTANT.match(value)):
        return _sortable(value) == _sortable(wanted)
    return value is not None and str(value) == str(wanted)


def _sortable(value: Json) -> tuple[int, Json]:
    """Return what values are compared by: instants as such, numbers as such, anything else as text."""
    if value is None:
        return 0, ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return 1, Decimal(value)
    text = str(value)
    if re.fullmatch(r"\d{1,18}(\.\d+)?", text):
        return 1, Decimal(text)
    if _INSTANT.match(text):
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return 3, text
        return 2, instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return 3, text
