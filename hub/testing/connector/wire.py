"""Between the contract's types and the ledger's JSON; nothing else here knows its field names.

Everything is checked on the way in: an answer with a number where a text should be raises Unreadable, and so does one
that lacks an id.
"""

from __future__ import annotations

import re
from datetime import date
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
from hub.testing.connector.faults import Json, Unreadable

_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?", re.ASCII)
_DELETED = "deleted"


def entry_json(entry: JournalEntry, external_id: str) -> dict[str, Json]:
    """Return the body that writes an entry: the same for every attempt.

    external_id: empty where the ledger takes none.
    """
    body: dict[str, Json] = {
        "reference": entry.reference,
        "memo": entry.memo,
        "date": entry.date.isoformat(),
        "currency": entry.currency,
        "lines": [_entry_line(line, entry.currency) for line in entry.lines],
    }
    return {**body, "external_id": external_id} if external_id else body


def _entry_line(line: JournalLine, currency: str) -> dict[str, Json]:
    """Return a line; an account whose id is not known goes by its number."""
    named = {"account_id": line.account.id} if line.account.id else {"account_number": line.account.number}
    return {**named, line.side.value: amount_text(to_minor(line.amount, currency), currency), "memo": line.memo}


def receipt(told: Json, base_url: str) -> Receipt:
    """Return the receipt of a journal that the ledger tells of; a deleted one is void and has nothing recorded."""
    journal = _object(told)
    gone = journal.get("status") == _DELETED
    recorded = None if gone else _recorded(journal)
    journal_id = _text(journal, "id", needed=True)
    return Receipt(
        id=journal_id,
        number=_text(journal, "number"),
        url=f"{base_url}/journals/{journal_id}",
        status=recorded.status if recorded else ReceiptStatus.VOID,
        recorded=recorded,
    )


def reference(told: Json) -> str:
    """Return the reference that a journal carries."""
    return _text(_object(told), "reference")


def account(told: Json) -> Account:
    """Return an account of the chart; a kind that the contract does not know is none."""
    row = _object(told)
    kind = row.get("kind")
    return Account(
        id=_text(row, "id", needed=True),
        number=_text(row, "number"),
        name=_text(row, "name"),
        kind=AccountKind(kind) if kind in list(AccountKind) else None,
        active=_flag(row, "active"),
        why_not_postable=_text(row, "why_not_postable"),
    )


def company(told: Json) -> Company:
    """Return one set of books."""
    row = _object(told)
    return Company(
        id=_text(row, "id", needed=True), name=_text(row, "name", needed=True), currency=_text(row, "currency") or None
    )


def closed_through(told: Json) -> date | None:
    """Return the last day of the closed books, None where all are open."""
    row = _object(told)
    return None if row.get("closed_through") is None else _date(row, "closed_through")


def rows(told: dict[str, Json], name: str) -> list[Json]:
    """Return the list of an answer."""
    several = told.get(name)
    if not isinstance(several, list):
        raise Unreadable(f"{name} is not a list.")
    return several


def _recorded(journal: dict[str, Json]) -> Recorded:
    try:
        status = ReceiptStatus(_text(journal, "status"))
    except ValueError as error:
        raise Unreadable("The status is not one that the ledger documents.") from error
    return Recorded(
        date=_date(journal, "date"),
        currency=_text(journal, "currency", needed=True),
        status=status,
        lines=tuple(_line(_object(line)) for line in rows(journal, "lines")),
    )


def _line(told: dict[str, Json]) -> RecordedLine:
    sides = [side for side in Side if side.value in told]
    if len(sides) != 1:
        raise Unreadable("A line is neither a debit nor a credit.")
    return RecordedLine(
        account=Account(
            id=_text(told, "account_id", needed=True),
            number=_text(told, "account_number"),
            name=_text(told, "account_name"),
        ),
        side=sides[0],
        amount=_amount(told[sides[0].value]),
        memo=_text(told, "memo"),
    )


def _amount(told: Json) -> Decimal:
    """Return an exact amount; a JSON number is none, since it was a float on its way."""
    if not isinstance(told, str) or not _AMOUNT.fullmatch(told):
        raise Unreadable("An amount is not a text of digits.")
    return Decimal(told)


def _date(row: dict[str, Json], name: str) -> date:
    try:
        return date.fromisoformat(_text(row, name))
    except ValueError as error:
        raise Unreadable(f"{name} is not a date.") from error


def _flag(row: dict[str, Json], name: str) -> bool:
    value = row.get(name)
    if not isinstance(value, bool):
        raise Unreadable(f"{name} is neither true nor false.")
    return value


def _text(row: dict[str, Json], name: str, *, needed: bool = False) -> str:
    value = row.get(name, "")
    if not isinstance(value, str) or (needed and not value):
        raise Unreadable(f"{name} is not a text.")
    return value


def _object(told: Json) -> dict[str, Json]:
    if not isinstance(told, dict):
        raise Unreadable("An object was expected.")
    return told
