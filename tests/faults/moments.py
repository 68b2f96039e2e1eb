"""The moments at which a process can die, stall or be overtaken, and what can befall it there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from hub.store import Database
from tests.audit_key import AUDIT_KEY


class Moment(StrEnum):
    """A boundary in a process: of a transaction, or of an HTTP call."""

    READING = "reading"
    WRITING = "writing"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    BEFORE_CALL = "before_call"
    AFTER_CALL = "after_call"


class Mishap(StrEnum):
    """What befalls a process at a moment.

    killed_*: it dies there; database_locked, disk_full: the transaction does not begin or is not committed; commit_unknown:
    it is committed, and the process hears an error; overtaken_*: somebody else does something meanwhile; stalled_*: it
    stands still, longer than its lease, and workers go on; stopped_at_the_wire: it stands still after its last look at
    the clock and before the first byte, which no protocol survives without a key on the other side.
    """

    KILLED_WRITING = "killed_writing"
    KILLED_BEFORE_COMMIT = "killed_before_commit"
    KILLED_AFTER_COMMIT = "killed_after_commit"
    KILLED_BEFORE_CALL = "killed_before_call"
    KILLED_AFTER_CALL = "killed_after_call"
    DATABASE_LOCKED = "database_locked"
    DISK_FULL = "disk_full"
    COMMIT_UNKNOWN = "commit_unknown"
    OVERTAKEN_READING = "overtaken_reading"
    OVERTAKEN_WRITING = "overtaken_writing"
    OVERTAKEN_BEFORE_CALL = "overtaken_before_call"
    OVERTAKEN_AFTER_CALL = "overtaken_after_call"
    STALLED_READING = "stalled_reading"
    STALLED_WRITING = "stalled_writing"
    STALLED_BEFORE_CALL = "stalled_before_call"
    STALLED_AFTER_CALL = "stalled_after_call"
    STOPPED_AT_THE_WIRE = "stopped_at_the_wire"


AT: Mapping[Moment, tuple[Mishap, ...]] = {
    Moment.READING: (Mishap.OVERTAKEN_READING, Mishap.STALLED_READING),
    Moment.WRITING: (
        Mishap.KILLED_WRITING,
        Mishap.DATABASE_LOCKED,
        Mishap.OVERTAKEN_WRITING,
        Mishap.STALLED_WRITING,
    ),
    Moment.BEFORE_COMMIT: (Mishap.KILLED_BEFORE_COMMIT, Mishap.DISK_FULL),
    Moment.AFTER_COMMIT: (Mishap.KILLED_AFTER_COMMIT, Mishap.COMMIT_UNKNOWN),
    Moment.BEFORE_CALL: (
        Mishap.KILLED_BEFORE_CALL,
        Mishap.OVERTAKEN_BEFORE_CALL,
        Mishap.STALLED_BEFORE_CALL,
        Mishap.STOPPED_AT_THE_WIRE,
    ),
    Moment.AFTER_CALL: (Mishap.KILLED_AFTER_CALL, Mishap.OVERTAKEN_AFTER_CALL, Mishap.STALLED_AFTER_CALL),
}


class Killed(BaseException):
    """The process is no more: nothing of it runs on, whatever it catches."""


class DatabaseFails(OperationalError):
    """The database does not do it; injected, and so told from a real failure."""

    def __init__(self, what: str) -> None:
        super().__init__(None, None, RuntimeError(what))


class WatchedDatabase(Database):
    """A database that tells of each moment of each transaction; open: how many transactions are."""

    def __init__(self, url: str, *, now: Callable[[], datetime]) -> None:
        super().__init__(url, audit_key=AUDIT_KEY, now=now)
        self.tell: Callable[[Moment], object] = lambda _moment: None
        self.open = 0

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only transaction."""
        self.tell(Moment.READING)
        with self._counted(), super().read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction."""
        self.tell(Moment.WRITING)
        with self._counted(), super().write() as connection:
            yield connection
            self.tell(Moment.BEFORE_COMMIT)
        self.tell(Moment.AFTER_COMMIT)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1
