"""From the body of a call to a journal that may be written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from hub.api import Side
from hub.testing.ledger.journals import Journal, Json, Line
from hub.testing.ledger.refusals import LedgerRefused

_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


def journal_from_body(body: bytes, now: datetime, numbered: Mapping[str, str]) -> Journal:
    """Return the journal that a call asks to write; raises LedgerRefused where the body is not one.

    body: JSON with the texts reference, memo, date (ISO 8601), currency and perhaps external_id, and the list lines, each
    with the texts account_id (or account_number) and perhaps memo, and with a text debit or credit: a number in JSON is no
    exact amount. numbered: the ids of accounts by their numbers.
    """
    told = _object(_parsed(body))
    return Journal(
        reference=_text(told, "reference"),
        external_id=_text(told, "external_id", optional=True),
        memo=_text(told, "memo", optional=True),
        date=_date(_text(told, "date")),
        currency=_text(told, "currency"),
        lines=tuple(_line(_object(line), numbered) for line in _list(told, "lines")),
        created_at=now,
        changed_at=now,
    )


def _parsed(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _malformed("The body is not JSON.") from error


def _line(told: dict[str, Json], numbered: Mapping[str, str]) -> Line:
    sides = [side for side in Side if side.value in told]
    if len(sides) != 1:
        raise _malformed("A line has either a debit or a credit.")
    return Line(
        account=_account(told, numbered),
        side=sides[0],
        amount=_amount(told[sides[0].value]),
        memo=_text(told, "memo", optional=True),
    )


def _account(told: dict[str, Json], numbered: Mapping[str, str]) -> str:
    if "account_id" in told:
        return _text(told, "account_id")
    number = _text(told, "account_number")
    if number not in numbered:
        raise LedgerRefused("account_unknown", f"There is no account with the number {number!r}.")
    return numbered[number]


def _amount(told: Json) -> Decimal:
    if not isinstance(told, str) or not _AMOUNT.fullmatch(told):
        raise LedgerRefused("amount_invalid", "An amount is a text such as 4812.37.")
    return Decimal(told)


def _date(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError as error:
        raise _malformed("The date is a text such as 2026-10-31.") from error


def _text(told: dict[str, Json], name: str, *, optional: bool = False) -> str:
    value = told.get(name, "" if optional else None)
    if not isinstance(value, str):
        raise _malformed(f"{name} must be text.")
    return value


def _list(told: dict[str, Json], name: str) -> list[Json]:
    value = told.get(name)
    if not isinstance(value, list):
        raise _malformed(f"{name} must be a list.")
    return value


def _object(told: Json) -> dict[str, Json]:
    if not isinstance(told, dict):
        raise _malformed("An object was expected.")
    return told


def _malformed(message: str) -> LedgerRefused:
    return LedgerRefused("malformed", message)
