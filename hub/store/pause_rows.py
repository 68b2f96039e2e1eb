"""Which plugins are paused, for whom, and which connections use which connector."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, or_, select

from hub.store import tables
from hub.store.running import run

PAUSE = tables.PluginPause.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]

# Of a pause for every company and one for this company alone, the first is told.
HOLDS = (
    select(PAUSE)
    .where(
        or_(PAUSE.c.connector == bindparam("connector"), PAUSE.c.plugin == bindparam("plugin")),
        or_(PAUSE.c.company_id.is_(None), PAUSE.c.company_id == bindparam("company")),
    )
    .order_by(PAUSE.c.company_id.is_not(None), PAUSE.c.id)
)


def pause_that_holds(connection: Connection, company_id: int, *, connector: str, plugin: str = "") -> RowMapping | None:
    """Return the pause of a connector, or of the plugin that brings it, which holds for a company; None where there is none."""
    return run(connection, HOLDS, {"connector": connector, "plugin": plugin, "company": company_id}).mappings().first()


def pauses(connection: Connection) -> list[RowMapping]:
    """Return every pause, the first first."""
    return list(connection.execute(select(PAUSE).order_by(PAUSE.c.id)).mappings())


def add_pause(connection: Connection, connectors: Iterable[str], values: Mapping[str, Any]) -> None:
    """Pause a plugin's connectors."""
    connection.execute(insert(PAUSE), [{**values, "connector": each} for each in sorted(connectors)])


def end_pause(connection: Connection, plugin: str, company_id: int | None) -> bool:
    """End a plugin's pause for a company, None: the one for every company; return whether there was one."""
    of = PAUSE.c.company_id.is_(None) if company_id is None else PAUSE.c.company_id == company_id
    return connection.execute(delete(PAUSE).where(PAUSE.c.plugin == plugin, of)).rowcount > 0


def companies_using(connection: Connection, connectors: Collection[str]) -> list[RowMapping]:
    """Return the connections that use one of these connectors, with their companies' codes and names, by name."""
    found = (
        select(
            COMPANY.c.id.label("company_id"),
            COMPANY.c.code,
            COMPANY.c.name,
            CONNECTION.c.name.label("connection"),
            CONNECTION.c.connector,
        )
        .join(COMPANY, COMPANY.c.id == CONNECTION.c.company_id)
        .where(CONNECTION.c.connector.in_(list(connectors)))
        .order_by(COMPANY.c.name, COMPANY.c.code, CONNECTION.c.id)
    )
    return list(connection.execute(found).mappings())
