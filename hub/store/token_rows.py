"""The tokens of the REST API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from hub.store import tables

TOKEN = tables.ApiToken.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]


def token_rows(connection: Connection, company_id: int) -> list[RowMapping]:
    """Return a company's tokens, the newest first."""
    statement = select(TOKEN).where(TOKEN.c.company_id == company_id).order_by(TOKEN.c.id.desc())
    return list(connection.execute(statement).mappings())


def token_by_hash(connection: Connection, token: str) -> RowMapping | None:
    """Return the token with this hash and, as `company`, the code of the company it is of; None where there is none."""
    statement = select(TOKEN, COMPANY.c.code.label("company")).join(COMPANY, COMPANY.c.id == TOKEN.c.company_id)
    return connection.execute(statement.where(TOKEN.c.token == token)).mappings().first()


def add_token_row(connection: Connection, company_id: int, values: Mapping[str, object]) -> int:
    """Keep a new token and return its id."""
    primary = connection.execute(insert(TOKEN).values(company_id=company_id, **values)).inserted_primary_key
    assert primary is not None
    return int(primary[0])


def change_token(connection: Connection, company_id: int, token_id: int, values: Mapping[str, object]) -> None:
    """Change what is known of a token."""
    where = (TOKEN.c.company_id == company_id, TOKEN.c.id == token_id)
    connection.execute(update(TOKEN).where(*where).values(**values))


def token_used(connection: Connection, company_id: int, token_id: int, at: datetime) -> None:
    """Keep when a token was used last."""
    change_token(connection, company_id, token_id, {"used_at": at})
