"""Exports as Export History lists them: a page at a time, and how far one has come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, func, select

from hub.store import tables
from hub.store.posting_rows import EXPORT, EXPORT_COUNT, POSTING

COUNT = tables.ValuationCount.__table__  # type: ignore[attr-defined]
SITE = tables.Site.__table__  # type: ignore[attr-defined]


def exports_page(
    connection: Connection,
    company_id: int,
    *,
    connection_id: int | None,
    sites: Collection[int] | None,
    before: int | None,
    limit: int,
) -> list[RowMapping]:
    """Return the newest exports; sites: only those without a count of any other site; before: only older ones than this."""
    statement = select(EXPORT).where(EXPORT.c.company_id == company_id).order_by(EXPORT.c.id.desc()).limit(limit)
    if connection_id is not None:
        statement = statement.where(EXPORT.c.connection_id == connection_id)
    if before is not None:
        statement = statement.where(EXPORT.c.id < before)
    if sites is not None:
        other = select(EXPORT_COUNT.c.export_id).where(
            EXPORT_COUNT.c.company_id == company_id, EXPORT_COUNT.c.site_id.not_in(list(sites))
        )
        statement = statement.where(EXPORT.c.id.not_in(other))
    return list(connection.execute(statement).mappings())


def counted_values(connection: Connection, company_id: int, exports: Collection[int]) -> dict[int, int]:
    """Return what was counted in each of some exports, in minor units."""
    statement = (
        select(EXPORT_COUNT.c.export_id, func.sum(COUNT.c.value))
        .join(COUNT, COUNT.c.id == EXPORT_COUNT.c.count_id)
        .where(EXPORT_COUNT.c.company_id == company_id, EXPORT_COUNT.c.export_id.in_(list(exports)))
        .group_by(EXPORT_COUNT.c.export_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(statement)}


def site_names(connection: Connection, company_id: int) -> dict[str, str]:
    """Return the name of each site, by its code."""
    statement = select(SITE.c.code, SITE.c.name).where(SITE.c.company_id == company_id).order_by(SITE.c.code)
    return {row[0]: row[1] for row in connection.execute(statement)}


def how_far(connection: Connection, company_id: int, export_id: int) -> list[RowMapping]:
    """Return how far each posting of an export has come, without its entry."""
    columns = (
        POSTING.c.id,
        POSTING.c.kind,
        POSTING.c.state,
        POSTING.c.needs_attention,
        POSTING.c.due_at,
        POSTING.c.sends,
        POSTING.c.calls,
        POSTING.c.fence,
        POSTING.c.uncertain,
    )
    statement = (
        select(*columns)
        .where(POSTING.c.company_id == company_id, POSTING.c.export_id == export_id)
        .order_by(POSTING.c.id)
    )
    return list(connection.execute(statement).mappings())
