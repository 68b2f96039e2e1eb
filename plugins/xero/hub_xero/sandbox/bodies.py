"""What clients send, JSON or XML, as the same objects: their names as Xero spells them, amounts exact."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

Told: TypeAlias = dict[str, Any]  # Any: what a client sent

_LISTS = {"ManualJournals": "ManualJournal", "JournalLines": "JournalLine", "Tracking": "TrackingCategory"}
_MILLISECONDS = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Malformed(ValueError):
    """A body that is neither JSON nor XML of journals."""


def journals_in(body: bytes) -> list[Told]:
    """Return the journals of a body: several, one in the envelope, or a bare one; raises Malformed."""
    told = _xml(body) if body.lstrip()[:1] == b"<" else _json(body)
    several = told.get("ManualJournals", told) if isinstance(told, dict) else told
    several = several.get("ManualJournal", several) if isinstance(several, dict) else several
    found = several if isinstance(several, list) else [several]
    if not found or not all(isinstance(each, dict) for each in found):
        raise Malformed("There is no manual journal in it.")
    return found


def day_in(value: object) -> date | None:
    """Return a date as clients write it: 2026-10-31, 2026-10-31T00:00:00 or /Date(ms)/; None for nothing. Raises ValueError."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise ValueError("a date is a text")
    found = _MILLISECONDS.fullmatch(value)
    if found:
        return (_EPOCH + timedelta(milliseconds=int(found[1]))).date()
    return date.fromisoformat(value[:10])


def amount_in(value: object) -> Decimal:
    """Return an exact amount of a JSON number or of a text; raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("an amount is a number")
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise ValueError("an amount is a number") from error
    if not amount.is_finite():
        raise ValueError("an amount is a number")
    return amount


def _json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Malformed("It is not JSON.") from error


def _xml(body: bytes) -> Told:
    if b"<!DOCTYPE" in body:
        raise Malformed("A document type is not taken.")
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise Malformed("It is not XML.") from error
    if root.tag not in ("ManualJournals", "ManualJournal"):
        raise Malformed(f"{root.tag} is no manual journal.")
    return {root.tag: _value(root)} if root.tag == "ManualJournals" else {"ManualJournals": _value(root)}


def _value(element: ET.Element) -> Any:  # noqa: ANN401 - JSON
    if element.tag in _LISTS:
        return [_value(child) for child in element if child.tag == _LISTS[element.tag]]
    if len(element):
        return {child.tag: _value(child) for child in element}
    return (element.text or "").strip()
