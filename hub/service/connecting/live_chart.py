"""A connection's chart and dimensions, read from its accounting system and kept where imported charts are."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from hub.api import ConnectorError, Dimension, DimensionValue
from hub.plugins import SettingsInvalid
from hub.service.connecting.books_there import opened
from hub.service.connecting.standing import State, sign_in_problems, state_of
from hub.service.context import Hub, Refused
from hub.service.scope import reading, writing
from hub.store import Row
from hub.store.chart_rows import store_live_chart
from hub.store.company_rows import change_connection

FRESH_FOR = timedelta(hours=12)


def read_chart(hub: Hub, company: str, connection: str) -> dict[str, Any]:
    """Read a connection's chart and dimensions now, and keep them; what has vanished stays, inactive."""
    books, row = opened(hub, company, connection)
    if state_of(books) is not State.READY:
        with reading(hub, company) as rows:
            now = hub.database.now(rows.connection)
        raise Refused([problem for problem in sign_in_problems(books, now) if problem.blocking])
    with books.session() as session:
        accounts, dimensions = session.accounts(), session.dimensions()
    with writing(hub, company) as rows:
        changes = store_live_chart(rows.connection, rows.company_id, row["id"], accounts)
        values = {
            "chart_read_at": hub.database.now(rows.connection),
            "dimensions": [asdict(dimension) for dimension in dimensions],
        }
        change_connection(rows.connection, rows.company_id, row["id"], values)
        if any(changes):
            rows.exports.audit("read chart", row["name"], changes._asdict(), actor=hub.actor, now=hub.clock())
    return {
        "connection": row["name"],
        "label": books.label,
        "accounts": len(accounts),
        "dimensions": [{"name": each.name, "label": each.label} for each in dimensions],
        **changes._asdict(),
    }


def refresh_chart(hub: Hub, company: str, connection: str | None) -> None:
    """Read a connection's chart where it can be read live and was not for some hours; a system that is not asked is no error."""
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        now = hub.database.now(rows.connection)
    if row["chosen_at"] is None or row["sign_in_id"] is None:
        return
    if not is_fresh(row, now):
        with suppress(ConnectorError, Refused, SettingsInvalid):
            read_chart(hub, company, row["name"])


def is_fresh(row: Row, now: datetime) -> bool:
    """Whether a connection's chart was read live within some hours."""
    return row["chart_read_at"] is not None and bool(now - row["chart_read_at"] <= FRESH_FOR)


def kept_dimensions(row: Row) -> tuple[Dimension, ...]:
    """Return a connection's dimensions as they were last read; none where they never were."""
    return tuple(
        Dimension(
            name=each["name"],
            label=each["label"],
            required=each["required"],
            values=None
            if each["values"] is None
            else tuple(DimensionValue(id=one["id"], name=one["name"], active=one["active"]) for one in each["values"]),
        )
        for each in row["dimensions"] or ()
    )
