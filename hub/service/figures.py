"""What whoever watches over the hub wants to know of it at a glance, and whether it can work at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.service.context import Hub
from hub.service.posting.life import INLINE
from hub.service.posting.waiting import MOVING
from hub.store.figure_rows import exports_by_state, needing_a_person, oldest_in
from hub.store.readiness import can_be_worked_on
from hub.store.worker_rows import workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Over all companies: exports by state; how long the oldest under way has been so (seconds); what needs a person."""

    exports: Mapping[str, int]
    oldest_s: int
    for_a_person: int
    workers: int


def figures(hub: Hub) -> Figures:
    """Return the figures of now."""
    with hub.database.read() as connection:
        now = hub.database.now(connection)
        oldest = oldest_in(connection, MOVING)
        alive = [row for row in workers(connection) if row["alive_until"] > now and not row["name"].startswith(INLINE)]
        return Figures(
            exports=exports_by_state(connection),
            oldest_s=int((hub.clock() - oldest).total_seconds()) if oldest is not None else 0,
            for_a_person=needing_a_person(connection),
            workers=len(alive),
        )


def is_ready(hub: Hub) -> bool:
    """Tell whether the database answers, has this version's schema, and its audit trails' key is at hand."""
    return can_be_worked_on(hub.database)
