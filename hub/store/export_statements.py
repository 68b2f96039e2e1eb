"""What is asked about exports, and changed, by statements that are built once."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update

from hub.store import tables

EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
EXPORT_COUNT = tables.ExportCount.__table__  # type: ignore[attr-defined]
ON_BOOKS = tables.OnBooks.__table__  # type: ignore[attr-defined]
COUNT = tables.ValuationCount.__table__  # type: ignore[attr-defined]
CARRIED = ON_BOOKS.alias()
PRESENT = COUNT.alias()

FREEZE = insert(EXPORT).returning(EXPORT.c.id)
NEWEST_SEQUENCE = select(func.max(EXPORT.c.sequence)).where(
    EXPORT.c.company_id == bindparam("company"),
    EXPORT.c.connection_id == bindparam("connection"),
    EXPORT.c.count_date == bindparam("count_date"),
)
NEWER = (
    select(EXPORT)
    .join(EXPORT_COUNT, EXPORT_COUNT.c.export_id == EXPORT.c.id)
    .where(
        EXPORT.c.company_id == bindparam("company"),
        EXPORT_COUNT.c.site_id.in_(bindparam("sites", expanding=True)),
        EXPORT_COUNT.c.live,
        EXPORT.c.id > bindparam("after"),
    )
    .order_by(EXPORT.c.id.desc())
)
CARRIED_SINCE = (
    select(CARRIED.c.site_id)
    .distinct()
    .join(
        ON_BOOKS,
        (ON_BOOKS.c.company_id == CARRIED.c.company_id)
        & (ON_BOOKS.c.site_id == CARRIED.c.site_id)
        & (ON_BOOKS.c.category_id == CARRIED.c.category_id),
    )
    .where(
        CARRIED.c.company_id == bindparam("company"),
        ON_BOOKS.c.replaced_by == bindparam("export"),
        CARRIED.c.state == "live",
        CARRIED.c.id != ON_BOOKS.c.id,
        CARRIED.c.set_by.is_(None) | (CARRIED.c.set_by != bindparam("export")),
    )
)
AMENDED = (
    select(EXPORT_COUNT.c.site_id, EXPORT_COUNT.c.count_date, COUNT.c.value, PRESENT.c.value)
    .join(COUNT, COUNT.c.id == EXPORT_COUNT.c.count_id)
    .join(
        PRESENT,
        (PRESENT.c.company_id == COUNT.c.company_id)
        & (PRESENT.c.site_id == COUNT.c.site_id)
        & (PRESENT.c.count_date == COUNT.c.count_date)
        & PRESENT.c.current,
    )
    .where(
        EXPORT_COUNT.c.company_id == bindparam("company"),
        EXPORT_COUNT.c.export_id == bindparam("export"),
        PRESENT.c.id != COUNT.c.id,
    )
)
CLAIM = update(ON_BOOKS).where(
    ON_BOOKS.c.company_id == bindparam("by_company"),
    ON_BOOKS.c.id == bindparam("by_id"),
    ON_BOOKS.c.state == "live",
    ON_BOOKS.c.replaced_by.is_(None),
)
