"""The JSON of NetSuite's REST answers, checked field by field: amounts exact, nothing believed that was not looked at."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeAlias

from hub_netsuite.answers import Unreadable

Json: TypeAlias = Any  # what json.loads() made of a body: nothing is known of it before it is checked
Row: TypeAlias = dict[str, Json]


def parsed(content: bytes) -> Row:
    """Return the JSON object of an answer, its numbers with a point as Decimal; raises Unreadable for anything else."""
    try:
        told = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The answer is not JSON.") from error
    if not isinstance(told, dict):
        raise Unreadable("The answer is not a JSON object.")
    return told


def rows(told: Row, name: str) -> list[Row]:
    """Return a list of objects, empty where it is absent; raises Unreadable."""
    several = told.get(name) or []
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise Unreadable(f"{name} is not a list of objects.")
    return several


def text(row: Row, name: str, *, needed: bool = False) -> str:
    """Return a text, or a whole number as text, empty where it is absent or null; raises Unreadable."""
    value = row.get(name)
    if value is None or value == "":
        if needed:
            raise Unreadable(f"{name} is missing.")
        return ""
    if isinstance(value, str):
        return value.strip()
    if type(value) is int:
        return str(value)
    raise Unreadable(f"{name} is not a text.")


def flag(row: Row, name: str) -> bool:
    """Return a boolean, which a query tells as T or F; false where it is absent."""
    value = row.get(name)
    if value in (None, "", "F", "false", False):
        return False
    if value in ("T", "true", True):
        return True
    raise Unreadable(f"{name} is neither true nor false.")


def number(row: Row, name: str) -> Decimal:
    """Return an exact number, 0 where it is absent or null; raises Unreadable."""
    value = row.get(name)
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    if type(value) is int:
        return Decimal(value)
    raise Unreadable(f"{name} is not a number.")


def reference(row: Row, name: str) -> tuple[str, str]:
    """Return the id and the name of the record that a field refers to, empty where there is none; raises Unreadable."""
    value = row.get(name)
    if value is None:
        return "", ""
    if not isinstance(value, dict):
        raise Unreadable(f"{name} refers to nothing.")
    return text(value, "id"), text(value, "refName")


def _refuse_constant(name: str) -> None:
    raise Unreadable(f"{name} is not a number of JSON.")
