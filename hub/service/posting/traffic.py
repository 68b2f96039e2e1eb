"""When a posting may call: how many do at once, and the breaker that spares a failing system (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.domain.posting import Answer, Outcome
from hub.service.connections import OpenBooks
from hub.service.pacing import book, patience_s
from hub.service.posting.desk import Desk
from hub.store import Row
from hub.store.traffic_rows import change_traffic, traffic

FAILURES = frozenset({Outcome.UNKNOWN, Outcome.FAILED, Outcome.TRY_LATER})
FAILURES_TO_CLOSE = 3
AT_ONCE = 4  # calls to one accounting system whose limit is not known
BUSY_S = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When a call may be made: not before `later`, else now, after in_s seconds where its turn is booked for it."""

    later: datetime | None = None
    in_s: float | None = None


def turn(at: Desk, books: OpenBooks) -> Turn:
    """Return when a posting's call may be made; now counts as the probe of a failing connection, and books its turn."""
    row = _traffic(at, books)
    later = _gate(at, books, row)
    if later is not None or books.limits.calls_per_minute is None:
        return Turn(later=later)
    patience = patience_s(at.hub)
    in_s = book(at.rows.connection, row, books.limits.calls_per_minute, at.now, patience_s=patience)
    if in_s is None:
        return Turn(later=at.now + timedelta(seconds=patience))
    return Turn(in_s=in_s if in_s >= 0 else None)


def _gate(at: Desk, books: OpenBooks, row: Row) -> datetime | None:
    """Return until when this connection must not be called; None where a call may be made, which counts as the probe."""
    closed_until: datetime | None = row["closed_until"]
    if closed_until is not None and closed_until > at.now:
        return closed_until
    if at.postings.held(books.id, at.alive, at.now) >= (books.limits.calls_at_once or AT_ONCE):
        return at.now + timedelta(seconds=BUSY_S)
    if row["failures"] < FAILURES_TO_CLOSE:
        return None
    timing = at.hub.posting.rules.timing
    probing_until: datetime | None = row["probe_until"]
    if probing_until is not None and probing_until > at.now:
        return min(probing_until, at.now + timedelta(seconds=timing.probe_s))
    _change(at, books, probe_until=at.now + timedelta(seconds=timing.lease_s))
    return None


def answered(at: Desk, books: OpenBooks, answer: Answer, *, trouble: str) -> None:
    """Note how a call went: after failures in a row only a probe goes through; after a success everything that waits."""
    row = _traffic(at, books)
    if answer.outcome not in FAILURES:
        if row["failures"] or row["closed_until"] is not None:
            _open(at, books, had_failed=bool(row["failures"]))
        return
    timing = at.hub.posting.rules.timing
    if answer.outcome is Outcome.TRY_LATER and answer.wait_s is not None:
        wait = min(max(answer.wait_s, 1), timing.longest_wait_s)
        _close(at, books, at.now + timedelta(seconds=wait), trouble=trouble)
        return
    failures = row["failures"] + 1
    closed = at.now + timedelta(seconds=timing.probe_s) if failures >= FAILURES_TO_CLOSE else None
    since = row["failing_since"] or at.now
    _close(at, books, closed, trouble=trouble, failures=failures, failing_since=since)


def _close(at: Desk, books: OpenBooks, until: datetime | None, **values: object) -> None:
    """Let no call through until then, None for now on, and put off all that waits."""
    _change(at, books, probe_until=None, closed_until=until, **values)
    if until is not None:
        at.postings.put_off(books.id, until)


def _open(at: Desk, books: OpenBooks, *, had_failed: bool) -> None:
    _change(at, books, failures=0, failing_since=None, closed_until=None, probe_until=None, trouble="")
    if had_failed:
        at.postings.hasten(books.id, at.now)


def _traffic(at: Desk, books: OpenBooks) -> Row:
    return traffic(at.rows.connection, at.rows.company_id, books.id)


def _change(at: Desk, books: OpenBooks, **values: object) -> None:
    change_traffic(at.rows.connection, at.rows.company_id, books.id, **values)
