"""Journal entries as JSON: what a preview shows, what is frozen, and what a session is handed, from one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from hub.api import Account, JournalEntry, JournalLine, Reason, Side, amount_text
from hub.domain.canonical import canonical
from hub.domain.entries import Entry
from hub.domain.identity import Identity, posting_reference
from hub.domain.lines import Line

Document = dict[str, Any]
"""A JSON object. Any: JSON's own types."""


def entry_document(entry: Entry, identity: Identity, part: int, currency: str) -> Document:
    """Return an entry as the preview and the database hold it; amounts are texts with the currency's decimals."""
    return {
        "date": entry.date.isoformat(),
        "reference": posting_reference(identity, part, "post"),
        "memo": entry.memo,
        "lines": [_line_document(line, currency) for line in entry.lines],
    }


def opposite_document(document: Mapping[str, Any], reference: str) -> Document:
    """Return the opposite of an entry under a reference of its own: sides swapped, at its own date."""
    return {
        "date": document["date"],
        "reference": reference,
        "memo": f"Undo {document['reference']} · {document['memo']}",
        "lines": [
            {
                **line,
                "side": Side(line["side"]).opposite.value,
                "reason": Reason.UNDO.value,
                "memo": f"Undo · {line['memo']}",
            }
            for line in document["lines"]
        ],
    }


def journal_entry(document: Mapping[str, Any], *, key: str, part: int, count_date: date, currency: str) -> JournalEntry:
    """Return the entry that a session is handed; raises ValueError where a line has no account."""
    return JournalEntry(
        key=key,
        reference=document["reference"],
        part=part,
        date=date.fromisoformat(document["date"]),
        count_date=count_date,
        currency=currency,
        memo=document["memo"],
        lines=tuple(_journal_line(line) for line in document["lines"]),
    )


def preview_hash(connection: str, books: str, decisions: Sequence[str], entries: Sequence[Document]) -> str:
    """Return the sha256 of the RFC 8785 JSON of connection, books, decisions and entries."""
    document = {"connection": connection, "books": books, "decisions": list(decisions), "entries": list(entries)}
    return sha256(canonical(document)).hexdigest()


def total(entries: Sequence[Mapping[str, Any]], side: Literal["debit", "credit"], currency: str) -> str:
    """Return the sum of one side over all entries, as text."""
    amounts = (Decimal(line["amount"]) for entry in entries for line in entry["lines"] if line["side"] == side)
    return str(sum(amounts, Decimal(amount_text(0, currency))))


def _line_document(line: Line, currency: str) -> Document:
    account = line.account
    return {
        "account_number": account.number if account else "",
        "account_name": account.name if account else "",
        "account_id": account.id if account else "",
        "gl_account": line.gl_account,
        "side": line.side.value,
        "amount": amount_text(line.minor, currency),
        "site": line.site,
        "category": line.category,
        "reason": line.reason.value,
        "memo": line.memo,
        "dimensions": dict(line.dimensions),
    }


def _journal_line(line: Mapping[str, Any]) -> JournalLine:
    return JournalLine(
        account=Account(id=line["account_id"], number=line["account_number"], name=line["account_name"]),
        side=Side(line["side"]),
        amount=Decimal(line["amount"]),
        memo=line["memo"],
        site=line["site"],
        category=line["category"],
        reason=Reason(line["reason"]),
        gl_account=line["gl_account"],
        dimensions=line["dimensions"],
    )
