"""When a posting may call: how many do at once, and the breaker that spares a failing system (R11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from hub.api import Limits
from hub.domain.posting import Answer, Outcome
from hub.service.context import Hub
from hub.store.posting_rows import PostingRows
from hub.store.traffic_rows import change_traffic, traffic

FAILURES = frozenset({Outcome.UNKNOWN, Outcome.FAILED, Outcome.TRY_LATER})
FAILURES_TO_CLOSE = 3
AT_ONCE = 4  # calls to one accounting system whose limit is not known
BUSY_S = 1.0


def gate(
    hub: Hub, desk: PostingRows, connection_id: int, limits: Limits, *, alive: Collection[str], now: datetime
) -> datetime | None:
    """Return until when this connection must not be called; None where a call may be made, which counts as the probe."""
    row = traffic(desk.connection, desk.company_id, connection_id)
    timing = hub.posting.rules.timing
    closed_until: datetime | None = row["closed_until"]
    if closed_until is not None and closed_until > now:
        return closed_until
    at_once = limits.calls_at_once or AT_ONCE
    if desk.held(connection_id, alive, now) >= at_once:
        return now + timedelta(seconds=BUSY_S)
    if row["failures"] < FAILURES_TO_CLOSE:
        return None
    probing_until: datetime | None = row["probe_until"]
    if probing_until is not None and probing_until > now:
        return min(probing_until, now + timedelta(seconds=timing.probe_s))
    probe_until = now + timedelta(seconds=timing.lease_s)
    change_traffic(desk.connection, desk.company_id, connection_id, probe_until=probe_until)
    return None


def answered(hub: Hub, desk: PostingRows, connection_id: int, answer: Answer, *, trouble: str, now: datetime) -> None:
    """Note how a call went: after failures in a row only a probe goes through; after a success everything that waits."""
    row = traffic(desk.connection, desk.company_id, connection_id)
    if answer.outcome not in FAILURES:
        if row["failures"] or row["closed_until"] is not None:
            _open(desk, connection_id, now, had_failed=bool(row["failures"]))
        return
    values: dict[str, object] = {"trouble": trouble, "probe_until": None}
    if answer.outcome is Outcome.TRY_LATER and answer.wait_s is not None:
        wait = min(max(answer.wait_s, 1.0), hub.posting.rules.timing.longest_wait_s)
        change_traffic(
            desk.connection, desk.company_id, connection_id, closed_until=now + timedelta(seconds=wait), **values
        )
        return
    failures = row["failures"] + 1
    closed = now + timedelta(seconds=hub.posting.rules.timing.probe_s) if failures >= FAILURES_TO_CLOSE else None
    since = row["failing_since"] or now
    change_traffic(
        desk.connection,
        desk.company_id,
        connection_id,
        failures=failures,
        failing_since=since,
        closed_until=closed,
        **values,
    )


def _open(desk: PostingRows, connection_id: int, now: datetime, *, had_failed: bool) -> None:
    change_traffic(
        desk.connection,
        desk.company_id,
        connection_id,
        failures=0,
        failing_since=None,
        closed_until=None,
        probe_until=None,
        trouble="",
    )
    if had_failed:
        desk.hasten(connection_id, now)
