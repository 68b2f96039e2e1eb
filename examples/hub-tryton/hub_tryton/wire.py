"""Between the contract's types and Tryton's JSON; nothing else here knows its field names.

Everything is checked on the way in: an answer with a number where a text should be raises Unreadable, and so does one
that lacks an id. Decimals, dates and instants are objects with their class (trytond 8.2, protocols/jsonrpc.py); a JSON number is
never an amount.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from hub.api import (
    Account,
    AccountKind,
    Company,
    JournalEntry,
    JournalLine,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    Side,
    amount_text,
    to_minor,
)
from hub_tryton.faults import Json, Unreadable

COMPANY_FIELDS = ("party.name", "currency.code", "currency.digits")
JOURNAL_FIELDS = ("code",)
PERIOD_FIELDS = ("start_date", "end_date", "state", "type")
ACCOUNT_FIELDS = (
    "code",
    "name",
    "parent",
    "type.statement",
    "type.assets",
    "type.debt",
    "type.revenue",
    "closed",
    "start_date",
    "end_date",
    "party_required",
    "second_currency",
)
MOVE_FIELDS = (
    "number",
    "state",
    "date",
    "description",
    "company.currency.code",
    "lines.account.code",
    "lines.account.name",
    "lines.debit",
    "lines.credit",
    "lines.description",
    "lines.state",
)

_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?(E[+-]?[0-9]{1,2})?", re.ASCII)
# Tryton refuses line ends and tabs, and PostgreSQL refuses NUL.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_STATES = {"draft": ReceiptStatus.DRAFT, "posted": ReceiptStatus.POSTED}
_BALANCED = "valid"
_STANDARD, _OPEN = "standard", "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A company there. digits: decimals that its currency keeps in Tryton."""

    company: Company
    digits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period of a fiscal year, in which moves are dated."""

    id: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An account of the chart. above: the id of the account above it, None at the top; ends: when it stops taking lines."""

    account: Account
    above: str | None
    starts: date | None
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move as it stands there. recorded: None where its lines do not balance; valid: whether Tryton says that they do."""

    receipt: Receipt
    reference: str
    recorded: Recorded | None
    valid: bool


def coded(value: object) -> str:
    """Return a JSON value as Tryton wants it in an address or a header: base64 for addresses."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode("ascii")


def date_json(day: date) -> dict[str, Json]:
    """Return a date as Tryton's JSON has it."""
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def instant_json(instant: datetime) -> dict[str, Json]:
    """Return an aware instant as Tryton's JSON has it: in UTC, without a zone."""
    utc = instant.astimezone(UTC)
    return {
        **date_json(utc.date()),
        "__class__": "datetime",
        "hour": utc.hour,
        "minute": utc.minute,
        "second": utc.second,
        "microsecond": utc.microsecond,
    }


def entry_json(entry: JournalEntry, *, company: int, journal: int, period: int) -> dict[str, Json]:
    """Return the body that makes an entry's move: the same for every attempt."""
    return {
        "company": company,
        "journal": journal,
        "period": period,
        "date": date_json(entry.date),
        "description": described(entry),
        "lines": [["create", [_entry_line(line, entry.currency) for line in entry.lines]]],
    }


def described(entry: JournalEntry) -> str:
    """Return a move's description: our reference first, by which it is found again."""
    return f"{entry.reference} {one_line(entry.memo)}".rstrip()


def one_line(text: str) -> str:
    """Return a text as Tryton takes it: one line, no control characters, and no blanks at its ends."""
    return _FORBIDDEN.sub(" ", text).strip()


def account_number(account: Account) -> int | None:
    """Return an account's id there as the number it is, None where it is none."""
    return int(account.id) if account.id.isascii() and account.id.isdigit() else None


def _entry_line(line: JournalLine, currency: str) -> dict[str, Json]:
    text = amount_text(to_minor(line.amount, currency), currency)
    amounts = {side.value: text if side is line.side else "0" for side in Side}
    return {
        "account": account_number(line.account),
        "description": one_line(line.memo),
        **{name: {"__class__": "Decimal", "decimal": amount} for name, amount in amounts.items()},
    }


def rows(told: Json) -> list[Json]:
    """Return the list that a search answers."""
    if not isinstance(told, list):
        raise Unreadable("A list was expected.")
    return told


def books(told: Json) -> Books:
    """Return one company."""
    row = _record(told)
    party, currency = _object(row.get("party")), _object(row.get("currency"))
    company = Company(
        id=str(_id(row)), name=_text(party, "name", needed=True), currency=_text(currency, "code", needed=True)
    )
    return Books(company=company, digits=_whole(currency, "digits"))


def journal(told: Json) -> tuple[int, str]:
    """Return a journal's id and code."""
    row = _record(told)
    return _id(row), _text(row, "code")


def period(told: Json) -> Period | None:
    """Return a period that moves are dated in; None for one of another type, such as an adjustment's."""
    row = _record(told)
    if _text(row, "type", needed=True) != _STANDARD:
        return None
    return Period(id=_id(row), is_open=_text(row, "state", needed=True) == _OPEN)


def listed(told: Json) -> Listed:
    """Return an account with its own name, without those above it."""
    row = _record(told)
    kind = row.get("type")
    above = row.get("parent")
    account = Account(
        id=str(_id(row)),
        number=_text(row, "code"),
        name=_text(row, "name", needed=True),
        kind=None if kind is None else _kind(_object(kind)),
        active=not _flag(row, "closed"),
        why_not_postable=_why_not(row),
    )
    starts, ends = (None if row.get(name) is None else _date(row, name) for name in ("start_date", "end_date"))
    return Listed(
        account=account, above=None if above is None else str(_whole(row, "parent")), starts=starts, ends=ends
    )


def _why_not(row: Mapping[str, Json]) -> str:
    if row.get("type") is None:
        return "It has no type in Tryton, so it takes no lines."
    if _flag(row, "party_required"):
        return "Each of its lines needs a party in Tryton."
    if row.get("second_currency") is not None:
        return "Each of its lines needs an amount in a second currency in Tryton."
    return ""


def _kind(row: Mapping[str, Json]) -> AccountKind | None:
    """Return what an account of this type is; expenses may be costs of sales, which Tryton does not tell apart."""
    for flag, kind in (
        ("assets", AccountKind.ASSET),
        ("debt", AccountKind.LIABILITY),
        ("revenue", AccountKind.INCOME),
    ):
        if _flag(row, flag):
            return kind
    return None


def move(told: Json, web: str) -> Move:
    """Return a move that Tryton tells of. web: the address of its moves in the browser."""
    row = _record(told)
    lines = [_record(line) for line in rows(row.get("lines"))]
    currency = _text(_object(_object(row.get("company")).get("currency")), "code", needed=True)
    status = _STATES.get(_text(row, "state", needed=True))
    if status is None:
        raise Unreadable("The state is not one that Tryton has.")
    recorded = _recorded(row, sorted(lines, key=_id), currency, status)
    description = _text(row, "description")
    return Move(
        receipt=Receipt(
            id=str(_id(row)), number=_text(row, "number"), url=f"{web}/{_id(row)}", status=status, recorded=recorded
        ),
        reference=description.split(" ", maxsplit=1)[0],
        recorded=recorded,
        valid=bool(lines) and all(_text(line, "state", needed=True) == _BALANCED for line in lines),
    )


def _recorded(
    row: Mapping[str, Json], lines: Iterable[Mapping[str, Json]], currency: str, status: ReceiptStatus
) -> Recorded | None:
    """Return a move's lines, None where they do not balance: on SQLite, Tryton 8.2.1 posts such a move as well."""
    told = tuple(_line(line) for line in lines)
    day = _date(row, "date")
    if sum(line.amount if line.side is Side.DEBIT else -line.amount for line in told):
        return None
    return Recorded(date=day, currency=currency, status=status, lines=told)


def _line(row: Mapping[str, Json]) -> RecordedLine:
    """Return a line on the side that it stands on; a negative debit, as Tryton's own cancelling makes it, is a credit."""
    account = _record(row.get("account"))
    signed = _amount(row.get("debit")) - _amount(row.get("credit"))
    return RecordedLine(
        account=Account(id=str(_id(account)), number=_text(account, "code"), name=_text(account, "name", needed=True)),
        side=Side.CREDIT if signed < 0 else Side.DEBIT,
        amount=abs(signed),
        memo=_text(row, "description"),
    )


def _amount(told: Json) -> Decimal:
    text = _object(told).get("decimal")
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise Unreadable("An amount is not a Decimal.")
    return Decimal(text)


def _date(row: Mapping[str, Json], name: str) -> date:
    told = _object(row.get(name))
    try:
        return date(told["year"], told["month"], told["day"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{name} is not a date.") from error


def _flag(row: Mapping[str, Json], name: str) -> bool:
    """Return a flag; on SQLite Tryton tells 0 and 1, and null where none was ever set."""
    value = row.get(name)
    if value not in (None, 0, 1):
        raise Unreadable(f"{name} is neither true nor false.")
    return bool(value)


def _text(row: Mapping[str, Json], name: str, *, needed: bool = False) -> str:
    """Return a text; Tryton tells null for an empty one."""
    value = row.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value):
        raise Unreadable(f"{name} is not a text.")
    return value


def _whole(row: Mapping[str, Json], name: str) -> int:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(f"{name} is not a whole number.")
    return value


def _id(row: Mapping[str, Json]) -> int:
    return _whole(row, "id")


def _record(told: Json) -> dict[str, Json]:
    row = _object(told)
    if _id(row) < 1:
        raise Unreadable("A record's id is not positive.")
    return row


def _object(told: Json) -> dict[str, Json]:
    if not isinstance(told, dict):
        raise Unreadable("An object was expected.")
    return told
