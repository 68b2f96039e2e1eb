"""The books of one company: accounts, journals, closed periods and a trial balance that always sums to nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from hub.api import Account, Company, ReceiptStatus, Side, amount_text, from_minor, to_minor
from hub.testing.ledger.journals import Journal, Line
from hub.testing.ledger.refusals import LedgerRefused

FEWEST_LINES = 2
FIRST_NUMBER = 1001
ID_PREFIX = "J"

Told = Callable[[str, Journal], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """The balance of each account by its id, debit positive; total is their sum, which is nothing."""

    balances: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.balances.values(), Decimal(0))

    def __getitem__(self, account: str) -> Decimal:
        return self.balances[account]


class Books:
    """Accounts and journals under double entry; not safe for threads, which is the ledger's to see to.

    told: hears `written`, `changed` and `deleted` with the journal.
    """

    def __init__(
        self, company: Company, accounts: Iterable[Account], *, most_lines: int | None = None, told: Told | None = None
    ) -> None:
        self.company = company
        self.currency = company.currency or "USD"
        self.accounts = {account.id: account for account in accounts}
        self.numbered = {account.number: account.id for account in self.accounts.values() if account.number}
        self.closed_through: date | None = None
        self.journals: dict[str, Journal] = {}
        self.deleted: dict[str, Journal] = {}
        self._most_lines = most_lines
        self._told = told or (lambda _event, _journal: None)
        self._balances: dict[str, int] = dict.fromkeys(self.accounts, 0)
        self._by_reference: dict[str, list[str]] = defaultdict(list)
        self._by_external_id: dict[str, list[str]] = defaultdict(list)
        self._next_number = FIRST_NUMBER

    def check(self, journal: Journal) -> None:
        """Raise LedgerRefused where the journal may not be written: the period first, then what the lines are."""
        if self.closed_through is not None and journal.date <= self.closed_through:
            raise LedgerRefused("period_closed", f"The books are closed through {self.closed_through.isoformat()}.")
        if journal.currency != self.currency:
            raise LedgerRefused("currency_mismatch", f"These books are kept in {self.currency}.")
        if self._most_lines is not None and len(journal.lines) > self._most_lines:
            raise LedgerRefused("too_many_lines", f"A journal has at most {self._most_lines} lines.")
        for line in journal.lines:
            self._check_account(line.account)
        self._check_balance(journal)

    def write(self, journal: Journal, at: datetime) -> Journal:
        """Enter a journal that was checked, under a new id and number, as of an instant."""
        number = self._next_number
        self._next_number += 1
        written = replace(journal, id=f"{ID_PREFIX}{number}", number=f"JE-{number}", created_at=at, changed_at=at)
        self._enter(written)
        self._told("written", written)
        return written

    def restore(self, journal: Journal) -> None:
        """Enter a journal that was written before, under the id it had; a journal of that id gives way."""
        if journal.id in self.journals:
            self._unlink(self.journals[journal.id])
        self._enter(journal)
        self._next_number = max(self._next_number, _ordinal(journal) + 1)

    def add_account(self, account: Account) -> None:
        """Add an account; raises ValueError where its id or number is taken."""
        if account.id in self.accounts or account.number in self.numbered:
            raise ValueError(f"there is an account {account.title} already")
        self.accounts[account.id] = account
        self._balances[account.id] = 0
        if account.number:
            self.numbered[account.number] = account.id

    def change(self, journal: Journal) -> None:
        """Put a journal in the place of the one with its id; raises LedgerRefused where it does not balance."""
        for line in journal.lines:
            self._check_known(line.account)
        self._check_balance(journal)
        self._unlink(self.get(journal.id))
        self._enter(journal)
        self._told("changed", journal)

    def delete(self, journal_id: str, at: datetime) -> None:
        """Take a journal out of the books, as if it had never been; changed_since() still tells of it."""
        gone = replace(self.get(journal_id), changed_at=at)
        self._unlink(self.journals.pop(journal_id))
        self.deleted[journal_id] = gone
        self._told("deleted", gone)

    def get(self, journal_id: str) -> Journal:
        """Return the journal of an id; raises LedgerRefused where it is not there."""
        if journal_id not in self.journals:
            raise LedgerRefused("journal_unknown", "There is no such journal.")
        return self.journals[journal_id]

    def carrying(self, reference: str, external_id: str) -> list[Journal]:
        """Return the journals that carry a reference or an external id, oldest first; an empty one finds nothing."""
        ids = {*self._by_reference.get(reference, ()), *self._by_external_id.get(external_id, ())}
        return sorted((self.journals[each] for each in ids), key=_ordinal)

    def has_external_id(self, external_id: str) -> bool:
        """Whether a journal carries this external id."""
        return bool(external_id and self._by_external_id.get(external_id))

    def trial_balance(self) -> TrialBalance:
        """Return the balances as kept; drafts, those that wait for approval and voided ones move none."""
        return TrialBalance(
            balances={account: from_minor(minor, self.currency) for account, minor in self._balances.items()}
        )

    def _check_account(self, account_id: str) -> None:
        account = self._check_known(account_id)
        if not account.active:
            raise LedgerRefused("account_inactive", f"The account {account.title} is inactive.")
        if account.why_not_postable:
            raise LedgerRefused("account_inactive", f"The account {account.title}: {account.why_not_postable}")

    def _check_known(self, account_id: str) -> Account:
        if account_id not in self.accounts:
            raise LedgerRefused("account_unknown", f"There is no account {account_id!r}.")
        return self.accounts[account_id]

    def _check_balance(self, journal: Journal) -> None:
        if len(journal.lines) < FEWEST_LINES or any(line.amount <= 0 for line in journal.lines):
            raise LedgerRefused("amount_invalid", "A journal has at least two lines, each with a positive amount.")
        if sum(minor for _, minor in self._movements(journal)):
            raise LedgerRefused("unbalanced", "Debits and credits differ.")

    def _movements(self, journal: Journal) -> Iterator[tuple[str, int]]:
        """Yield each line's account with its amount in minor units, debit positive."""
        for line in journal.lines:
            yield line.account, self._signed(line)

    def _signed(self, line: Line) -> int:
        try:
            minor = to_minor(line.amount, self.currency)
        except ValueError as error:
            raise LedgerRefused("amount_invalid", str(error)) from error
        return minor if line.side is Side.DEBIT else -minor

    def _enter(self, journal: Journal) -> None:
        self.journals[journal.id] = journal
        for index, name in self._indexes(journal):
            index[name].append(journal.id)
        self._move(journal, 1)

    def _unlink(self, journal: Journal) -> None:
        for index, name in self._indexes(journal):
            index[name].remove(journal.id)
        self._move(journal, -1)

    def _indexes(self, journal: Journal) -> Iterator[tuple[dict[str, list[str]], str]]:
        if journal.reference:
            yield self._by_reference, journal.reference
        if journal.external_id:
            yield self._by_external_id, journal.external_id

    def _move(self, journal: Journal, sign: int) -> None:
        if journal.status is ReceiptStatus.POSTED:
            for account, minor in self._movements(journal):
                self._balances[account] += sign * minor


def trial_balance_json(books: Books) -> list[dict[str, str]]:
    """Return a row for each account: its id, title, debit and credit, amounts as text."""
    rows = []
    for account, balance in books.trial_balance().balances.items():
        minor = to_minor(balance, books.currency)
        debit, credit = (amount_text(max(each, 0), books.currency) for each in (minor, -minor))
        rows.append({"account": account, "name": books.accounts[account].title, "debit": debit, "credit": credit})
    return rows


def _ordinal(journal: Journal) -> int:
    return int(journal.id.removeprefix(ID_PREFIX))
