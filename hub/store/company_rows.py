"""Companies and connections."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from hub.store import tables
from hub.store.audit import append
from hub.store.prepared import change_by, row_by, rows_by

COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
CATEGORY = tables.Category.__table__  # type: ignore[attr-defined]
GL_ACCOUNT = tables.GlAccount.__table__  # type: ignore[attr-defined]
SITE = tables.Site.__table__  # type: ignore[attr-defined]


def company_rows(connection: Connection) -> list[RowMapping]:
    """Return every company, by code."""
    return list(connection.execute(select(COMPANY).order_by(COMPANY.c.code)).mappings())


def company_names(connection: Connection) -> list[RowMapping]:
    """Return every company's code, name and currency, by code, and whether it is a test copy."""
    columns = (COMPANY.c.code, COMPANY.c.name, COMPANY.c.currency, COMPANY.c.test_of.is_not(None).label("test"))
    statement = select(*columns).order_by(COMPANY.c.code)
    return list(connection.execute(statement).mappings())


def add_company_row(connection: Connection, *, code: str, name: str, currency: str, actor: str, now: datetime) -> int:
    """Add a company with the default settings and return its id."""
    result = connection.execute(
        insert(COMPANY).values(
            uuid=str(uuid.uuid4()),
            code=code,
            name=name,
            currency=currency,
            method="reversal",
            transfers="with_adjustments",
            production="with_adjustments",
            entry_per="connection",
            reversal_date="count",
            mode="manual",
            version=0,
        )
    )
    primary = result.inserted_primary_key
    assert primary is not None
    append(connection, int(primary[0]), at=now, actor=actor, action="add company", subject=code, detail={})
    return int(primary[0])


def test_copy_row(connection: Connection, company_id: int, test_connection: str) -> RowMapping | None:
    """Return the test copy of a company's connection, None where there is none."""
    return row_by(connection, COMPANY, test_of=company_id, test_connection=test_connection)


def copied_company_row(connection: Connection, test_of: int) -> RowMapping:
    """Return the company that a test copy is of."""
    found = row_by(connection, COMPANY, id=test_of)
    assert found is not None, test_of
    return found


def change_company(connection: Connection, company_id: int, values: Mapping[str, object]) -> None:
    """Change a company's settings."""
    change_by(connection, COMPANY, values, id=company_id)


def category_retired(connection: Connection, company_id: int, category_id: int, *, retired: bool) -> None:
    """Take a category out of use or bring it back."""
    where = (CATEGORY.c.company_id == company_id, CATEGORY.c.id == category_id)
    connection.execute(update(CATEGORY).where(*where).values(retired=retired))


def gl_numbers(connection: Connection, company_id: int) -> set[str]:
    """Return the numbers of a company's GL Accounts."""
    return {row["number"] for row in rows_by(connection, GL_ACCOUNT, company_id=company_id)}


def connection_rows(connection: Connection, company_id: int) -> list[RowMapping]:
    """Return a company's connections in the order they were added."""
    found = rows_by(connection, CONNECTION, company_id=company_id)
    return sorted(found, key=lambda row: int(row["id"]))


def add_connection_row(connection: Connection, company_id: int, values: Mapping[str, object]) -> None:
    """Add a connection; sites without one are tied to the first before a second comes."""
    earlier = connection_rows(connection, company_id)
    if len(earlier) == 1:
        where = (SITE.c.company_id == company_id, SITE.c.connection_id.is_(None))
        connection.execute(update(SITE).where(*where).values(connection_id=earlier[0]["id"]))
    connection.execute(insert(CONNECTION).values(company_id=company_id, **values))


def change_connection(
    connection: Connection, company_id: int, connection_id: int, values: Mapping[str, object]
) -> None:
    """Change what is known of a connection."""
    where = (CONNECTION.c.company_id == company_id, CONNECTION.c.id == connection_id)
    connection.execute(update(CONNECTION).where(*where).values(**values))
