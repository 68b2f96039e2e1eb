"""The JSON of Xero's answers, checked field by field: amounts exact, and nothing believed that was not looked at."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

Json: TypeAlias = Any  # what json.loads() made of a body: nothing is known of it before it is checked
Row: TypeAlias = dict[str, Json]

NOBODY = "00000000-0000-0000-0000-000000000000"  # the id of what was not written

_MILLISECONDS = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """An answer is not what Xero documents; the message says what is wrong, without the value."""


def parsed(content: bytes) -> Row:
    """Return the JSON object of an answer, its numbers with a point as Decimal; raises Unreadable for anything else."""
    told = parsed_any(content)
    if not isinstance(told, dict):
        raise Unreadable("The answer is not a JSON object.")
    return told


def parsed_any(content: bytes) -> Json:
    """Return the JSON of an answer, its numbers with a point as Decimal; raises Unreadable."""
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The answer is not JSON.") from error


def rows(told: Row, name: str) -> list[Row]:
    """Return the list of objects that an answer has under a name."""
    return objects(told.get(name), name)


def objects(several: Json, name: str) -> list[Row]:
    """Return a list of objects, checked."""
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise Unreadable(f"{name} is not a list of objects.")
    return several


def text(row: Row, name: str, *, needed: bool = False) -> str:
    """Return a text, empty where it is absent or null; needed: it must be there."""
    value = row.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise Unreadable(f"{name} is not a text.")
    return value


def identifier(row: Row, name: str, *, needed: bool = True) -> str:
    """Return a UUID as its lower-case text, empty where it is absent or that of nothing and not needed."""
    value = text(row, name)
    if value in ("", NOBODY):
        if needed:
            raise Unreadable(f"{name} is missing.")
        return ""
    try:
        return str(UUID(value))
    except ValueError as error:
        raise Unreadable(f"{name} is not an id.") from error


def number(row: Row, name: str) -> Decimal:
    """Return an exact number, 0 where it is absent or null."""
    value = row.get(name)
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    if type(value) is int:
        return Decimal(value)
    raise Unreadable(f"{name} is not a number.")


def day(row: Row, name: str) -> date:
    """Return a date, which Xero tells as midnight UTC in milliseconds, and some of its tools as ISO 8601."""
    told = text(row, name, needed=True)
    found = _MILLISECONDS.fullmatch(told)
    try:
        if found:
            return (_EPOCH + timedelta(milliseconds=int(found[1]))).date()
        return date.fromisoformat(told[:10])
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{name} is not a date.") from error


def optional_day(row: Row, name: str) -> date | None:
    """Return a date, None where it is not set."""
    return day(row, name) if row.get(name) else None


def _refuse_constant(name: str) -> None:
    raise Unreadable(f"{name} is not a number of JSON.")
