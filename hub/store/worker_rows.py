"""Workers and their signs of life; an instant is the database's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert

from hub.store import tables
from hub.store.prepared import change_by, rows_by
from hub.store.running import changed

WORKER = tables.Worker.__table__  # type: ignore[attr-defined]
ADD = insert(WORKER)
REPLACE = delete(WORKER).where(WORKER.c.name == bindparam("by_name"))
FORGET = delete(WORKER).where(WORKER.c.alive_until < bindparam("by_instant"))


class WorkerReplaced(Exception):
    """Another process goes by this worker's name now."""


def register(
    connection: Connection, name: str, incarnation: str, *, version: str, now: datetime, until: datetime
) -> None:
    """Say that a worker has started; what went by its name before is no longer it."""
    changed(connection, REPLACE, {"by_name": name})
    values = {"name": name, "incarnation": incarnation, "version": version, "started_at": now, "alive_until": until}
    changed(connection, ADD, values)


def renew(connection: Connection, name: str, incarnation: str, until: datetime) -> None:
    """Give a sign of life; raises WorkerReplaced."""
    if change_by(connection, WORKER, {"alive_until": until}, name=name, incarnation=incarnation) != 1:
        raise WorkerReplaced(name)


def leave(connection: Connection, name: str, incarnation: str) -> None:
    """Say that a worker has stopped."""
    connection.execute(delete(WORKER).where(WORKER.c.name == name, WORKER.c.incarnation == incarnation))


def workers(connection: Connection) -> list[RowMapping]:
    """Return every worker known, by name."""
    return sorted(rows_by(connection, WORKER), key=lambda row: str(row["name"]))


def forget_dead(connection: Connection, before: datetime) -> None:
    """Forget workers without a sign of life since an instant."""
    changed(connection, FORGET, {"by_instant": before})
