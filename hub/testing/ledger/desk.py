"""Where journals come in: once by the key, late, or spoiled, as the profile and the planned faults say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.api import ReceiptStatus
from hub.testing.ledger.books import Books
from hub.testing.ledger.faults import FaultPlan, LedgerFault
from hub.testing.ledger.journals import Journal, journal_json
from hub.testing.ledger.keys import Answer, Keys
from hub.testing.ledger.parsing import journal_from_body
from hub.testing.ledger.refusals import LedgerRefused
from hub.testing.profile import Profile

OK = 200
CREATED = 201


class AnswerLost(Exception):
    """The caller hears nothing, and the journal comes later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    due_at: datetime
    journal: Journal
    key: str
    body: bytes


class Desk:
    """Takes journals into the books; not safe for threads, which is the ledger's to see to."""

    def __init__(
        self, books: Books, profile: Profile, keys: Keys, faults: FaultPlan, *, now: Callable[[], datetime]
    ) -> None:
        self._books = books
        self._profile = profile
        self._keys = keys
        self._faults = faults
        self._now = now
        self._late: list[_Late] = []
        self._hidden_until: dict[str, datetime] = {}

    def take_in(self, key: str, body: bytes) -> Answer:
        """Write the journal of a call, or repeat what was answered to its key; raises AnswerLost and LedgerRefused."""
        now = self._now()
        repeated = self._keys.answer(key, body, now)
        if repeated is not None and self._faults.take(LedgerFault.KEY_IGNORED) is None:
            return repeated
        answer = self._fresh(key, body, now)
        self._keys.keep(key, body, answer, now)
        return answer

    def finish(self, journal_id: str) -> Journal:
        """Post a draft; one that is posted or waits for approval stays as it is. Raises LedgerRefused."""
        journal = self._books.get(journal_id)
        if journal.status is ReceiptStatus.VOID:
            raise LedgerRefused("not_a_draft", "A voided journal cannot be posted.")
        if journal.status is ReceiptStatus.DRAFT:
            self._books.check(journal)
            self._books.change(replace(journal, status=ReceiptStatus.POSTED, changed_at=self._now()))
        return self._books.get(journal_id)

    def settle_late(self) -> None:
        """Write what was due by now, each as of its own instant, unless its key or external id was used meanwhile."""
        now = self._now()
        due = sorted((late for late in self._late if late.due_at <= now), key=lambda late: late.due_at)
        self._late = [late for late in self._late if late.due_at > now]
        for late in due:
            if not self._used_meanwhile(late):
                self._keys.keep(late.key, late.body, self._commit(late.journal, late.due_at), late.due_at)

    def is_shown(self, journal: Journal) -> bool:
        """Whether look-ups show a journal yet."""
        return self._hidden_until.get(journal.id, self._now()) <= self._now()

    def told(self, journal: Journal, status: int = OK) -> Answer:
        """Return the answer that tells of a journal."""
        return Answer(status=status, body={"journal": journal_json(journal, self._books.accounts)})

    def _fresh(self, key: str, body: bytes, now: datetime) -> Answer:
        if self._faults.take(LedgerFault.ERROR_BEFORE) is not None:
            return refusal(LedgerRefused("internal_error", "An unexpected error occurred."))
        try:
            journal = self._accepted(key, body, now)
        except LedgerRefused as refused:
            return refusal(refused)
        late_s = self._faults.take(LedgerFault.LATE_COMMIT)
        if late_s is not None:
            self._put_off(_Late(due_at=now + timedelta(seconds=late_s), journal=journal, key=key, body=body), now)
            raise AnswerLost
        answer = self._commit(journal, now)
        if self._faults.take(LedgerFault.ERROR_AFTER) is None:
            return answer
        error = refusal(LedgerRefused("internal_error", "An unexpected error occurred."))
        for first in (error, answer):  # where errors are not kept, the journal is
            self._keys.keep(key, body, first, now)
        return error

    def _accepted(self, key: str, body: bytes, now: datetime) -> Journal:
        journal = journal_from_body(body, now, self._books.numbered)
        if self._profile is not Profile.EXTERNAL_ID:
            journal = replace(journal, external_id="")
        self._books.check(journal)
        if self._books.has_external_id(journal.external_id) and self._faults.take(LedgerFault.KEY_IGNORED) is None:
            raise LedgerRefused("already_exists", "A record with this external id already exists.")
        return replace(journal, key=key or journal.external_id)

    def _put_off(self, late: _Late, now: datetime) -> None:
        self._late.append(late)
        gateway = refusal(LedgerRefused("gateway_timeout", "The gateway waited too long."))
        self._keys.keep(late.key, late.body, gateway, now)

    def _used_meanwhile(self, late: _Late) -> bool:
        if self._profile is Profile.REQUEST_ID:
            return self._keys.answer(late.key, late.body, late.due_at) is not None
        return self._books.has_external_id(late.journal.external_id)

    def _commit(self, journal: Journal, at: datetime) -> Answer:
        journal = self._faults.misrecorded(journal)
        written = self._write(journal, at)
        if self._faults.take(LedgerFault.WRITTEN_TWICE) is not None:
            self._write(journal, at)
        return self.told(written, CREATED)

    def _write(self, journal: Journal, at: datetime) -> Journal:
        written = self._books.write(journal, at)
        lag_s = self._faults.take(LedgerFault.LOOK_UP_LAG)
        if lag_s is not None:
            self._hidden_until[written.id] = at + timedelta(seconds=lag_s)
        return written


def refusal(refused: LedgerRefused) -> Answer:
    """Return the answer that tells of a refusal."""
    return Answer(status=refused.status, body={"error": {"code": refused.code, "message": refused.message}})
