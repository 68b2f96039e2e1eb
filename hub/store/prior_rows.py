"""What an export left on the books, looked up and corrected where its journal was changed afterwards."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, select, update

from hub.store import tables

ON_BOOKS = tables.OnBooks.__table__  # type: ignore[attr-defined]


def values_set_by(connection: Connection, company_id: int, export_id: int) -> list[RowMapping]:
    """Return the live on-books values that an export set."""
    statement = select(ON_BOOKS).where(
        ON_BOOKS.c.company_id == company_id, ON_BOOKS.c.set_by == export_id, ON_BOOKS.c.state == "live"
    )
    return list(connection.execute(statement).mappings())


def change_value(connection: Connection, company_id: int, ref: int, value: int) -> None:
    """Let the books carry another value (minor units) for one site and category."""
    where = (ON_BOOKS.c.company_id == company_id, ON_BOOKS.c.id == ref)
    connection.execute(update(ON_BOOKS).where(*where).values(value=value))
