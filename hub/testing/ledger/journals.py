"""Journals as the fake ledger keeps them, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from hub.api import Account, ReceiptStatus, Side, amount_text, to_minor

Json: TypeAlias = Any  # what json.loads() made of a body: nothing is known of it before it is checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a journal: the id of an account, a side, and a positive amount exact in the journal's currency."""

    account: str
    side: Side
    amount: Decimal
    memo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One journal of the ledger.

    id and number: the ledger's own, empty until it is written; external_id: the caller's own id, empty without one;
    key: of the call that wrote it, which the ledger tells nobody; created_at, changed_at: aware instants at which it was
    written and last touched.
    """

    id: str = ""
    number: str = ""
    reference: str
    external_id: str = ""
    key: str = ""
    memo: str = ""
    date: date
    currency: str
    status: ReceiptStatus = ReceiptStatus.POSTED
    lines: tuple[Line, ...]
    created_at: datetime
    changed_at: datetime

    @property
    def total(self) -> Decimal:
        """The sum of the debits."""
        return sum((line.amount for line in self.lines if line.side is Side.DEBIT), Decimal(0))


def journal_json(journal: Journal, accounts: Mapping[str, Account]) -> dict[str, Json]:
    """Return a journal as the ledger tells it: amounts as text, instants and the date in ISO 8601."""
    return {
        "id": journal.id,
        "number": journal.number,
        "reference": journal.reference,
        "external_id": journal.external_id,
        "memo": journal.memo,
        "date": journal.date.isoformat(),
        "currency": journal.currency,
        "status": journal.status.value,
        "created_at": journal.created_at.isoformat(),
        "changed_at": journal.changed_at.isoformat(),
        "lines": [_line_json(line, journal.currency, accounts[line.account]) for line in journal.lines],
    }


def _line_json(line: Line, currency: str, account: Account) -> dict[str, Json]:
    return {
        "account_id": account.id,
        "account_number": account.number,
        "account_name": account.name,
        line.side.value: amount_text(to_minor(line.amount, currency), currency),
        "memo": line.memo,
    }


def journal_from_json(told: Json, *, key: str = "") -> Journal:
    """Return the journal that journal_json() told; raises KeyError or ValueError for anything else."""
    return Journal(
        id=told["id"],
        number=told["number"],
        reference=told["reference"],
        external_id=told["external_id"],
        key=key,
        memo=told["memo"],
        date=date.fromisoformat(told["date"]),
        currency=told["currency"],
        status=ReceiptStatus(told["status"]),
        lines=tuple(_line_from_json(line) for line in told["lines"]),
        created_at=datetime.fromisoformat(told["created_at"]),
        changed_at=datetime.fromisoformat(told["changed_at"]),
    )


def _line_from_json(told: Json) -> Line:
    side = Side.DEBIT if Side.DEBIT.value in told else Side.CREDIT
    return Line(account=told["account_id"], side=side, amount=Decimal(told[side.value]), memo=told["memo"])
