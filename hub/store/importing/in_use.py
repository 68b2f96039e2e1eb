"""Whether a site's currency is already in amounts."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from hub.store.importing.sql import BATCH, COUNT, ON_BOOKS, OPENING, TRANSFER


def site_has_amounts(connection: Connection, company_id: int, site_id: int) -> bool:
    """Return whether counts, openings, transfers or batches of a site are stored."""
    queries = [
        select(table.c.id).where(table.c.company_id == company_id, table.c.site_id == site_id).limit(1)
        for table in (COUNT, OPENING, ON_BOOKS, BATCH)
    ]
    either = or_(TRANSFER.c.from_site_id == site_id, TRANSFER.c.to_site_id == site_id)
    queries.append(select(TRANSFER.c.id).where(TRANSFER.c.company_id == company_id, either).limit(1))
    return any(connection.execute(query).first() for query in queries)
