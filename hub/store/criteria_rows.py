"""What the choice of a count date depends on: which counts there are, and which of them are approved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from hub.store import tables

COUNT = tables.ValuationCount.__table__  # type: ignore[attr-defined]


def open_counts(
    connection: Connection, company_id: int, sites: Collection[int], *, limit: int
) -> list[tuple[int, date]]:
    """Return the newest counts of some sites that are not approved: site, date."""
    statement = (
        select(COUNT.c.site_id, COUNT.c.count_date)
        .where(*_of(company_id, sites), COUNT.c.status != "approved")
        .order_by(COUNT.c.count_date.desc(), COUNT.c.site_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def approved_counts(connection: Connection, company_id: int, sites: Collection[int]) -> int:
    """Return how many approved counts some sites have, exported ones included."""
    statement = select(func.count()).select_from(COUNT).where(*_of(company_id, sites), COUNT.c.status == "approved")
    return int(connection.execute(statement).scalar_one())


def _of(company_id: int, sites: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return (COUNT.c.company_id == company_id, COUNT.c.current, COUNT.c.site_id.in_(list(sites)))
