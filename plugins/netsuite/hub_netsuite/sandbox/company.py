"""One account in NetSuite: its lists, its set-up, its journal entries, and the books below them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.testing.sandbox import BookAccount, BookJournal, BookLine, Books
from hub_netsuite.sandbox import lists
from hub_netsuite.sandbox.dates import PACIFIC

ACCOUNT_ID = "1234567_SB1"
APPROVED, PENDING = "Approved for Posting", "Pending Approval"
_FIRST_JOURNAL = 7001


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a journal entry; its references are internal ids. minor: a debit is positive."""

    account: str
    minor: int
    memo: str = ""
    department: str = ""
    class_: str = ""
    location: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal entry; its references are internal ids."""

    id: str
    external_id: str
    number: str
    day: date
    period: str
    subsidiary: str
    currency: str
    lines: tuple[Line, ...]
    created_at: datetime
    changed_at: datetime
    memo: str = ""
    department: str = ""
    class_: str = ""
    location: str = ""
    is_approved: bool = True

    @property
    def status(self) -> str:
        """Whether it is posted, in NetSuite's words."""
        return APPROVED if self.is_approved else PENDING


class Company:
    """One account. kept: the file that its journal entries are written to, None where they end with the process.

    zone: the time zone of the integration's user; one_world: whether it has subsidiaries; requires_approval: whether
    journal entries wait for somebody's approval; denied: permissions that the role lacks; role_subsidiaries: those that the
    role reaches; closed_code: the code that a closed period is refused with.
    """

    def __init__(self, now: Callable[[], datetime], kept: Path | None = None) -> None:
        self.id = ACCOUNT_ID
        self.zone: ZoneInfo = PACIFIC
        self.one_world = True
        self.requires_approval = False
        self.denied: set[str] = set()
        self.role_subsidiaries: set[str] = set(lists.ALL)
        self.closed_code = "TRAN_PRD_CLOSED"
        self.accounts = {account.id: account for account in lists.accounts()}
        self.subsidiaries = {each.id: each for each in lists.SUBSIDIARIES}
        self.currencies = {each.id: each for each in lists.CURRENCIES}
        self.periods = {each.id: each for each in lists.periods()}
        self.entities = {each.id: each for each in lists.ENTITIES}
        self.segments = {
            kind: {each.id: each for each in lists.SEGMENTS if each.kind == kind}
            for kind in (lists.DEPARTMENT, lists.CLASS, lists.LOCATION)
        }
        self.books = {each.id: self._books_in(each) for each in lists.CURRENCIES}
        self.journals: dict[str, Journal] = {}
        self._next_id = _FIRST_JOURNAL
        self._now = now
        self._kept: Path | None = None
        self._by_external_id: dict[str, str] = {}
        if kept is not None:
            self._restore(kept)
            self._kept = kept

    def now(self) -> datetime:
        """Return the instant of the sandbox's clock."""
        return self._now()

    def new_id(self) -> str:
        """Return the internal id of the next record."""
        self._next_id += 1
        return str(self._next_id - 1)

    def put(self, journal: Journal) -> None:
        """Keep a journal entry, in the place of one with its internal id; one that waits for approval moves nothing."""
        self._forget(journal.id)
        self.journals[journal.id] = journal
        if journal.external_id:
            self._by_external_id[journal.external_id.casefold()] = journal.id
        lines = tuple(BookLine(account=self.accounts[line.account].number, amount=line.minor) for line in journal.lines)
        self.books[journal.currency].put(
            BookJournal(
                id=journal.id,
                date=journal.day,
                reference=journal.external_id or journal.number,
                status=journal.status,
                lines=lines,
                moves=journal.is_approved,
            )
        )
        self._keep()

    def remove(self, journal_id: str) -> None:
        """Delete a journal entry."""
        self._forget(journal_id)
        self._keep()

    def by_external_id(self, external_id: str) -> Journal | None:
        """Return the journal entry of an external id, which is compared without regard to case."""
        return self.journals.get(self._by_external_id.get(external_id.casefold(), ""))

    def base_currency(self) -> lists.Currency:
        """Return the currency of the parent's books."""
        return next(each for each in self.currencies.values() if each.is_base)

    def period_of(self, day: date) -> lists.Period | None:
        """Return the month that a day is posted to, None where no period was set up for it."""
        return next((each for each in self.periods.values() if each.is_month and each.start <= day <= each.end), None)

    def is_closed(self, period: lists.Period) -> bool:
        """Whether nothing may be posted to a period: NetSuite closes whole months, so one that is closed in part is closed."""
        closed = self.books[self.base_currency().id].closed_through
        return closed is not None and (period.start if period.is_month else period.end) <= closed

    def set_inactive(self, number: str, *, is_inactive: bool) -> None:
        """Make accounts of a number inactive, or active again; raises ValueError where there is none."""
        found = next((each for each in self.accounts.values() if each.number == number), None)
        if found is None:
            raise ValueError(f"there is no account {number}")
        self.accounts[found.id] = replace(found, is_inactive=is_inactive)

    def _books_in(self, currency: lists.Currency) -> Books:
        company = self.id if currency.is_base else f"{self.id}/{currency.symbol}"
        names = [each.name for each in lists.SUBSIDIARIES if each.currency == currency.id]
        accounts = [BookAccount(id=each.number, name=each.name) for each in self.accounts.values()]
        return Books(company, " and ".join(names), currency.symbol, accounts)

    def _forget(self, journal_id: str) -> None:
        known = self.journals.pop(journal_id, None)
        if known is not None:
            self._by_external_id.pop(known.external_id.casefold(), None)
            self.books[known.currency].remove(journal_id)

    def _keep(self) -> None:
        if self._kept is None:
            return
        told = {"next_id": self._next_id, "journals": [asdict(journal) for journal in self.journals.values()]}
        written = self._kept.with_suffix(".new")
        written.write_text(json.dumps(told, default=str, indent=1), encoding="utf-8")
        written.replace(self._kept)

    def _restore(self, kept: Path) -> None:
        if kept.exists():
            told = json.loads(kept.read_text(encoding="utf-8"))
            for journal in _journals(told["journals"]):
                self.put(journal)
            self._next_id = told["next_id"]


def _journals(told: list[dict[str, Any]]) -> Iterator[Journal]:  # Any: JSON values
    for each in told:
        lines = tuple(Line(**line) for line in each["lines"])
        day = date.fromisoformat(each["day"])
        created, changed = (datetime.fromisoformat(each[name]) for name in ("created_at", "changed_at"))
        yield Journal(**{**each, "lines": lines, "day": day, "created_at": created, "changed_at": changed})
