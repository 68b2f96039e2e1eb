"""Signs of life of the workers, by the database's clock: what a dead one held is another's to take (R7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub import __version__
from hub.service.context import Hub
from hub.store import Transaction
from hub.store.worker_rows import WorkerReplaced, forget_dead, leave, register, renew, workers

FORGOTTEN_AFTER_S = 86_400
INLINE = "inline-"


def start(hub: Hub) -> None:
    """Say that this worker has started; what an earlier start of it held is free at once."""
    posting = hub.posting
    with hub.database.write() as connection:
        now = hub.database.now(connection)
        forget_dead(connection, now - timedelta(seconds=FORGOTTEN_AFTER_S))
        until = _until(hub, now)
        register(connection, posting.worker, posting.incarnation, version=__version__, now=now, until=until)


def beat(hub: Hub) -> None:
    """Give a sign of life; raises WorkerReplaced where another process goes by this name."""
    with hub.database.write() as connection:
        renew(connection, hub.posting.worker, hub.posting.incarnation, _until(hub, hub.database.now(connection)))


def stop(hub: Hub) -> None:
    """Say that this worker has stopped."""
    with hub.database.write() as connection:
        leave(connection, hub.posting.worker, hub.posting.incarnation)


def living(connection: Transaction, now: datetime) -> frozenset[str]:
    """Return the owners (see `owner`) that are alive; a process without a heartbeat is, as long as its lease runs."""
    found = [row for row in workers(connection) if row["alive_until"] > now]
    return frozenset({_owner(row["name"], row["incarnation"]) for row in found})


def names(hub: Hub) -> list[str]:
    """Return the names of the workers that are alive."""
    with hub.database.read() as connection:
        now = hub.database.now(connection)
        return [row["name"] for row in workers(connection) if row["alive_until"] > now]


def listed(hub: Hub) -> list[dict[str, object]]:
    """Return every worker, as programs read it; a command that posts by itself is none."""
    with hub.database.read() as connection:
        now = hub.database.now(connection)
        return [
            {
                "worker": row["name"],
                "alive": row["alive_until"] > now,
                "started_at": row["started_at"].isoformat(timespec="seconds"),
                "version": row["version"],
            }
            for row in workers(connection)
            if not row["name"].startswith(INLINE)
        ]


def owner(hub: Hub) -> str:
    """Return how this process signs its leases: a restarted worker does not hold what it held before."""
    return _owner(hub.posting.worker, hub.posting.incarnation)


def sign(hub: Hub, connection: Transaction, now: datetime) -> None:
    """Give a sign of life with a lease, where no heartbeat gives any: it lasts as long as the lease."""
    if hub.posting.beats:
        return
    until = now + timedelta(seconds=hub.posting.rules.timing.lease_s)
    try:
        renew(connection, hub.posting.worker, hub.posting.incarnation, until)
    except WorkerReplaced:
        forget_dead(connection, now - timedelta(seconds=FORGOTTEN_AFTER_S))
        name, incarnation = hub.posting.worker, hub.posting.incarnation
        register(connection, name, incarnation, version=__version__, now=now, until=until)


def _until(hub: Hub, now: datetime) -> datetime:
    return now + timedelta(seconds=hub.posting.rules.timing.alive_s)


def _owner(name: str, incarnation: str) -> str:
    return f"{name}/{incarnation}"
