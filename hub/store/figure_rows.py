"""What is counted for whoever watches over the hub: over all companies, without naming any."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.store import tables

EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
POSTING = tables.Posting.__table__  # type: ignore[attr-defined]


def exports_by_state(connection: Connection) -> dict[str, int]:
    """Return how many exports there are in each state."""
    statement = select(EXPORT.c.state, func.count()).group_by(EXPORT.c.state)
    return {state: int(number) for state, number in connection.execute(statement)}


def oldest_in(connection: Connection, states: Collection[str]) -> datetime | None:
    """Return when the oldest export in one of these states was made, None where there is none."""
    statement = select(EXPORT.c.created_at).where(EXPORT.c.state.in_(states)).order_by(EXPORT.c.created_at).limit(1)
    found: datetime | None = connection.execute(statement).scalars().first()
    return found


def needing_a_person(connection: Connection) -> int:
    """Return how many journals wait for a person."""
    statement = select(func.count()).select_from(POSTING).where(POSTING.c.needs_attention != "")
    return int(connection.execute(statement).scalar_one())
