"""The names that a company's imports may refer to, with their ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select

from hub.store.importing.sql import CATEGORY, COMPANY, CONNECTION, DEPARTMENT, GL_ACCOUNT, SITE
from hub.store.prepared import given, select_by
from hub.store.running import run

ID = select(COMPANY.c.id).where(COMPANY.c.code == bindparam("code"))
NAMED = select(COMPANY.c.code, COMPANY.c.currency).where(COMPANY.c.id == bindparam("company"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSite:
    """A site; currency: its own, else the company's."""

    id: int
    code: str
    currency: str
    own_currency: str | None
    connection_id: int | None
    opening_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownConnection:
    """A connection; currency: the base currency of its books, where known."""

    id: int
    name: str
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCategory:
    """An inventory category; retired: gone from the company."""

    id: int
    name: str
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A company's set-up by name, as one transaction sees it."""

    company_id: int
    code: str
    currency: str
    sites: dict[str, KnownSite]
    connections: dict[str, KnownConnection]
    gl_accounts: dict[str, int]
    departments: dict[str, int]
    categories: dict[str, KnownCategory]


def company_id(connection: Connection, code: str) -> int | None:
    """Return a company's id by its code, None where there is none."""
    found: int | None = run(connection, ID, {"code": code}).scalar_one_or_none()
    return found


def load_known(connection: Connection, company_id: int) -> Known:
    """Return the names of one company."""
    company = run(connection, NAMED, {"company": company_id}).one()
    return Known(
        company_id=company_id,
        code=company.code,
        currency=company.currency,
        sites={row.code: _site(row, company.currency) for row in _rows(connection, SITE, company_id)},
        connections={
            row.name: KnownConnection(id=row.id, name=row.name, currency=row.currency)
            for row in _rows(connection, CONNECTION, company_id)
        },
        gl_accounts={row.number: row.id for row in _rows(connection, GL_ACCOUNT, company_id)},
        departments={row.name: row.id for row in _rows(connection, DEPARTMENT, company_id)},
        categories={
            row.name: KnownCategory(id=row.id, name=row.name, retired=row.retired)
            for row in _rows(connection, CATEGORY, company_id)
        },
    )


def _rows(connection: Connection, table: Table, company_id: int) -> list[Row[Any]]:
    return list(run(connection, select_by(table, "company_id"), given({"company_id": company_id})))


def _site(row: Row[Any], company_currency: str) -> KnownSite:
    return KnownSite(
        id=row.id,
        code=row.code,
        currency=row.currency or company_currency,
        own_currency=row.currency,
        connection_id=row.connection_id,
        opening_date=row.opening_date,
    )
