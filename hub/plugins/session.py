"""A session as the rest of the hub may use it: each answer checked, each exception sorted, each call waited for."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self

from hub.api import Account, Company, Dimension, JournalEntry, Problem, Receipt, Recorded
from hub.plugins.checked import CheckedSession
from hub.plugins.waiting import Waiting


class GuardedSession:
    """One conversation with one set of books; use it in a `with` statement, from one thread.

    What only reads raises ConnectorError and nothing else; what writes raises NotWritten or OutcomeUnknown.
    """

    def __init__(self, checked: CheckedSession, waiting: Waiting) -> None:
        self._checked = checked
        self._waiting = waiting

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def companies(self) -> tuple[Company, ...]:
        """Return the books this sign-in reaches, each with an id of its own."""
        return self._waiting.reading("companies", self._checked.companies)

    def accounts(self) -> tuple[Account, ...]:
        """Return the whole chart, each account with an id of its own, else a number, else a name."""
        return self._waiting.reading("accounts", self._checked.accounts)

    def dimensions(self) -> tuple[Dimension, ...]:
        """Return the dimensions a line may or must carry, each with a name of its own."""
        return self._waiting.reading("dimensions", self._checked.dimensions)

    def preflight(self, entry: JournalEntry) -> tuple[Problem, ...]:
        """Return everything that would keep the entry from being posted."""
        return self._waiting.reading("preflight", lambda: self._checked.preflight(entry))

    def find(self, entry: JournalEntry) -> tuple[Receipt, ...]:
        """Return every journal there that carries the entry's reference or key."""
        return self._waiting.reading("find", lambda: self._checked.find(entry))

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands there now, None where it is gone."""
        return self._waiting.reading("read", lambda: self._checked.read(receipt))

    def changed_since(self, instant: datetime) -> tuple[Receipt, ...]:
        """Return the journals changed since an aware instant."""
        return self._waiting.reading("changed_since", lambda: self._checked.changed_since(instant))

    def post(self, entry: JournalEntry) -> Receipt:
        """Post the entry once."""
        return self._waiting.writing("post", lambda: self._checked.post(entry))

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        """Complete a draft that a lost call left, and return it as posted."""
        return self._waiting.writing("finish", lambda: self._checked.finish(receipt, entry))

    def void(self, receipt: Receipt) -> Receipt:
        """Void a journal where the voided one stays visible."""
        return self._waiting.writing("void", lambda: self._checked.void(receipt))

    def close(self) -> None:
        """Let go of whatever the session holds, and close its connection's client; a failure is logged."""
        self._waiting.end(self._checked)
