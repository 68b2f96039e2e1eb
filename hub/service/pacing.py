"""The rate of calls that a connection's accounting system bears, kept over all workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.api import Limits
from hub.service.context import Hub
from hub.store import Row, Transaction
from hub.store.traffic_rows import book_call, traffic

MINUTE_S = 60
BURST_SHARE = 10


def pace(hub: Hub, company_id: int, connection_id: int, limits: Limits) -> bool:
    """Wait for the next call that a connection's rate allows, over all workers; False where it is not soon enough."""
    if limits.calls_per_minute is None:
        return True
    while True:
        with hub.database.write() as connection:
            now = hub.database.now(connection)
            row = traffic(connection, company_id, connection_id)
            wait = book(connection, row, limits.calls_per_minute, now, patience_s=patience_s(hub))
        if wait is None:
            return False
        if wait >= 0:
            if wait:
                hub.posting.sleep(wait)
            return True


def patience_s(hub: Hub) -> float:
    """Return how long a call may wait for its turn; the rest of its time is for the call (seconds)."""
    return hub.posting.rules.timing.call_s / 2


def book(connection: Transaction, row: Row, per_minute: int, now: datetime, *, patience_s: float) -> float | None:
    """Book a call and return how long to wait for it; None where that is too long, -1 where another was quicker.

    At most per_minute calls in any minute: a burst of a tenth, and the rest spread evenly (the generic cell rate algorithm).
    """
    burst = max(1, per_minute // BURST_SHARE)
    interval = timedelta(seconds=MINUTE_S / max(per_minute - burst, 1))
    arrival = max(row["next_call_at"] or now, now)
    wait = max((arrival - (burst - 1) * interval - now).total_seconds(), 0)
    if wait > patience_s:
        return None
    booked = book_call(
        connection, row["company_id"], row["connection_id"], seen=row["next_call_at"], next_call_at=arrival + interval
    )
    return wait if booked else -1
