"""Between the contract's types and QuickBooks' journals; nothing else here knows their field names.

Everything is checked on the way in: what is not of the documented shape raises Unreadable.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from hub.api import (
    Account,
    JournalEntry,
    JournalLine,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    Side,
)
from hub_quickbooks.answers import Json, Unreadable

LONGEST_MEMO = 4_000
POSTING_TYPES = {Side.DEBIT: "Debit", Side.CREDIT: "Credit"}
SIDES = {name: side for side, name in POSTING_TYPES.items()}
DETAIL = "JournalEntryLineDetail"
DELETED = "Deleted"
MOST_DIGITS = 10  # before the point
MOST_DECIMALS = 2  # it rounds to two, whatever the currency

_text_json = json.JSONEncoder().encode  # plain ASCII, whatever the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """How a journal's references are written: an account's id, and the ids of a dimension's values."""

    account: Callable[[Account], str]
    value: Callable[[str, str], str]


def journal_bytes(entry: JournalEntry, ids: Ids) -> bytes:
    """Return the body that writes an entry: the same bytes for every attempt.

    Amounts are written as the decimals they are: json.dumps() would need floats for them.
    """
    references: dict[tuple[str, ...], str] = {}
    lines = ",".join([_line(line, ids, references) for line in entry.lines])
    return (
        f'{{"TxnDate":"{entry.date.isoformat()}","DocNumber":{_text_json(entry.reference)},'
        f'"PrivateNote":{_text_json(entry.memo[:LONGEST_MEMO])},"CurrencyRef":{{"value":{_text_json(entry.currency)}}},'
        f'"Line":[{lines}]}}'
    ).encode()


def _line(line: JournalLine, ids: Ids, references: dict[tuple[str, ...], str]) -> str:
    account = line.account
    key = (line.side, account.id, account.number, account.name, *sum(line.dimensions.items(), ()))
    detail = references.get(key)
    if detail is None:
        detail = references[key] = _detail(line, ids)
    memo = _text_json(line.memo[:LONGEST_MEMO])
    return f'{{"DetailType":"{DETAIL}","Amount":{line.amount:f},"Description":{memo},"{DETAIL}":{detail}}}'


def _detail(line: JournalLine, ids: Ids) -> str:
    detail: dict[str, Json] = {
        "PostingType": POSTING_TYPES[line.side],
        "AccountRef": {"value": ids.account(line.account)},
    }
    for dimension, value in sorted(line.dimensions.items()):
        detail[REFERENCES[dimension]] = {"value": ids.value(dimension, value)}
    return json.dumps(detail, separators=(",", ":"))


REFERENCES = {"location": "DepartmentRef", "class": "ClassRef"}
"""The dimensions by the name of the field that a line carries them in."""


def receipt(told: Json, app_url: str, currency: str) -> Receipt:
    """Return the receipt of a journal; a deleted one is void and has nothing recorded.

    currency: of the books, for a journal that does not name its own, as those of books in one currency do.
    """
    journal = an_object(told)
    gone = journal.get("status") == DELETED
    journal_id = text(journal, "Id", needed=True)
    return Receipt(
        id=journal_id,
        number=text(journal, "DocNumber"),
        url=f"{app_url}/app/journal?txnId={quote(journal_id, safe='')}",
        status=ReceiptStatus.VOID if gone else ReceiptStatus.POSTED,
        recorded=None if gone else recorded(journal, currency),
    )


def recorded(journal: dict[str, Json], currency: str) -> Recorded:
    """Return a journal as it stands there."""
    reference = journal.get("CurrencyRef")
    lines = journal.get("Line")
    if not isinstance(lines, list):
        raise Unreadable("A journal has no lines.")
    return Recorded(
        date=a_date(journal, "TxnDate"),
        currency=text(an_object(reference), "value", needed=True) if reference is not None else currency,
        status=ReceiptStatus.POSTED,
        lines=tuple([_recorded_line(line) for line in lines if not _only_describes(line)]),
    )


def number_and_note(told: Json) -> tuple[str, str]:
    """Return the number and the memo that a journal carries."""
    journal = an_object(told)
    return text(journal, "DocNumber"), text(journal, "PrivateNote")


def _only_describes(told: Json) -> bool:
    return isinstance(told, dict) and told.get("DetailType") == "DescriptionOnly"


def _recorded_line(told: Json) -> RecordedLine:
    if not isinstance(told, dict):
        raise Unreadable("A line is no object.")
    detail, amount, memo = told.get(DETAIL), told.get("Amount"), told.get("Description", "")
    if not isinstance(detail, dict) or not isinstance(memo, str):
        raise Unreadable("A line is not one of a journal.")
    side, reference = SIDES.get(detail.get("PostingType", "")), detail.get("AccountRef")
    if side is None or not isinstance(reference, dict):
        raise Unreadable("A line is neither a debit nor a credit of an account.")
    account, name = reference.get("value"), reference.get("name", "")
    if not isinstance(account, str) or not account or not isinstance(name, str):
        raise Unreadable("A line names no account.")
    return RecordedLine(account=Account(id=account, name=name), side=side, amount=_amount(amount), memo=memo)


def _amount(told: Json) -> Decimal:
    if isinstance(told, Decimal):
        return told
    if isinstance(told, int) and not isinstance(told, bool):
        return Decimal(told)
    raise Unreadable("An amount is not a number.")


def a_date(row: dict[str, Json], name: str) -> date:
    """Return a day, written as in ISO 8601."""
    try:
        return date.fromisoformat(text(row, name)[:10])
    except ValueError as error:
        raise Unreadable(f"{name} is not a date.") from error


def text(row: dict[str, Json], name: str, *, needed: bool = False) -> str:
    """Return a text, empty where there is none."""
    value = row.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str) or (needed and not value):
        raise Unreadable(f"{name} is not a text.")
    return value


def flag(row: dict[str, Json], name: str, *, usual: bool = False) -> bool:
    """Return whether something is so; usual: where the answer does not say."""
    value = row.get(name, usual)
    if not isinstance(value, bool):
        raise Unreadable(f"{name} is neither true nor false.")
    return value


def an_object(told: Json) -> dict[str, Json]:
    """Return a JSON object."""
    if not isinstance(told, dict):
        raise Unreadable("An object was expected.")
    return told
