"""Exports as Export History lists them: a page at a time, and how far one has come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, RowMapping, String, cast, func, or_, select

from hub.store import tables
from hub.store.posting_rows import EXPORT, EXPORT_COUNT, POSTING

COUNT = tables.ValuationCount.__table__  # type: ignore[attr-defined]
STUCK = ("REJECTED", "MISMATCH", "PARTLY_POSTED")
SITE = tables.Site.__table__  # type: ignore[attr-defined]


def exports_page(
    connection: Connection,
    company_id: int,
    *,
    connection_id: int | None,
    sites: Collection[int] | None,
    before: int | None,
    limit: int,
    states: Collection[str] = (),
    look: bool = False,
) -> list[RowMapping]:
    """Return the newest exports; sites: only those without a count of any other site; before: only older ones than this.

    states: only those in one of them; look: only those of which something may have to be looked at.
    """
    statement = select(EXPORT).where(EXPORT.c.company_id == company_id).order_by(EXPORT.c.id.desc()).limit(limit)
    if connection_id is not None:
        statement = statement.where(EXPORT.c.connection_id == connection_id)
    if before is not None:
        statement = statement.where(EXPORT.c.id < before)
    if states:
        statement = statement.where(EXPORT.c.state.in_(list(states)))
    if look:
        statement = statement.where(_may_need_a_look(company_id))
    if sites is not None:
        other = select(EXPORT_COUNT.c.export_id).where(
            EXPORT_COUNT.c.company_id == company_id, EXPORT_COUNT.c.site_id.not_in(list(sites))
        )
        statement = statement.where(EXPORT.c.id.not_in(other))
    return list(connection.execute(statement).mappings())


def _may_need_a_look(company_id: int) -> ColumnElement[bool]:
    """Whether an export came to rest where a person decides, or one of its postings has a mark."""
    marked = select(POSTING.c.export_id).where(
        POSTING.c.company_id == company_id,
        or_(POSTING.c.needs_attention != "", POSTING.c.changed_there != "", cast(POSTING.c.duplicates, String) != "[]"),
    )
    return or_(EXPORT.c.state.in_(STUCK), EXPORT.c.id.in_(marked))


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
