"""The books that a sandbox keeps: accounts, journals, and a trial balance in whole minor units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from hub.api import amount_text

Document: TypeAlias = dict[str, object]  # a JSON object


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAccount:
    """An account: its id there, and what people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """A line: an account's id and an amount in minor units, debit positive."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookJournal:
    """A journal as the books hold it. status: in the system's own words; moves: whether it moves balances."""

    id: str
    date: date
    reference: str
    status: str
    lines: tuple[BookLine, ...]
    moves: bool = True


class Books:
    """One company's books under double entry; a sandbox checks what its system checks before it writes here."""

    def __init__(self, company: str, name: str, currency: str, accounts: Iterable[BookAccount]) -> None:
        self.company = company
        self.name = name
        self.currency = currency
        self.accounts = {account.id: account for account in accounts}
        self.closed_through: date | None = None
        self.journals: dict[str, BookJournal] = {}
        self._balances = dict.fromkeys(self.accounts, 0)

    def put(self, journal: BookJournal) -> None:
        """Enter a journal, in the place of one with its id; raises ValueError where it does not balance."""
        if sum(line.amount for line in journal.lines):
            raise ValueError(f"journal {journal.id} does not balance")
        unknown = {line.account for line in journal.lines} - self.accounts.keys()
        if unknown:
            raise ValueError(f"journal {journal.id} names accounts that are not there: {', '.join(sorted(unknown))}")
        self.remove(journal.id)
        self.journals[journal.id] = journal
        self._move(journal, 1)

    def remove(self, journal_id: str) -> None:
        """Take a journal out, as if it had never been; of an id that is not there, nothing."""
        journal = self.journals.pop(journal_id, None)
        if journal is not None:
            self._move(journal, -1)

    def add_account(self, account: BookAccount) -> None:
        """Add an account, or call a known one otherwise."""
        self.accounts[account.id] = account
        self._balances.setdefault(account.id, 0)

    def trial_balance(self) -> Mapping[str, int]:
        """Return each account's balance in minor units, debit positive; together they are nothing."""
        return dict(self._balances)

    def is_closed(self, day: date) -> bool:
        """Whether nothing may be dated so."""
        return self.closed_through is not None and day <= self.closed_through

    def document(self) -> Document:
        """Return trial balance and journals as JSON values, amounts as texts."""
        return {
            "company": self.company,
            "currency": self.currency,
            "trial_balance": [self._balance_document(account) for account in self.accounts.values()],
            "journals": [self.journal_document(journal) for journal in self.journals.values()],
        }

    def journal_document(self, journal: BookJournal) -> Document:
        """Return a journal as JSON values; a debit is positive."""
        return {
            "id": journal.id,
            "date": journal.date.isoformat(),
            "reference": journal.reference,
            "status": journal.status,
            "lines": [
                {"account": line.account, "amount": amount_text(line.amount, self.currency)} for line in journal.lines
            ],
        }

    def _balance_document(self, account: BookAccount) -> Document:
        balance = self._balances[account.id]
        debit, credit = (amount_text(max(each, 0), self.currency) for each in (balance, -balance))
        return {"account": account.id, "name": account.name, "debit": debit, "credit": credit}

    def _move(self, journal: BookJournal, sign: int) -> None:
        if journal.moves:
            for line in journal.lines:
                self._balances[line.account] += sign * line.amount
