"""Companies as support lists them: found by the database, in a few statements however many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    RowMapping,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
)

from hub.store import tables
from hub.store.running import fetched
from hub.store.tables.columns import Instant

COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
PAUSE = tables.PluginPause.__table__  # type: ignore[attr-defined]
POSTING = tables.Posting.__table__  # type: ignore[attr-defined]
SITE = tables.Site.__table__  # type: ignore[attr-defined]

CUSTOMER = func.coalesce(COMPANY.c.test_of, 0) == 0
"""Of companies that are no test copy of another one, in words that have SQLite go by name instead of by the few that are."""
BY_NAME = (func.lower(COMPANY.c.name), COMPANY.c.id)
CONNECTORS = text(
    """
    WITH RECURSIVE used (connector) AS (
      SELECT min(connector) FROM connection
      UNION ALL SELECT (SELECT min(n.connector) FROM connection n WHERE n.connector > used.connector)
      FROM used WHERE used.connector IS NOT NULL
    ) SELECT connector FROM used WHERE connector IS NOT NULL
    """
)
"""Each connector once, by steps through its index instead of a look at every connection."""
WAITING = (
    text(
        """
        SELECT c.company_id, count(*) AS counts, min(c.count_date) AS oldest
        FROM site s JOIN valuation_count c ON c.company_id = s.company_id AND c.site_id = s.id AND c.current
          AND c.count_date > coalesce((
            SELECT max(e.count_date) FROM export_count e WHERE e.company_id = s.company_id AND e.site_id = s.id
            AND e.live AND e.count_id IS NOT NULL), :never)
        WHERE s.company_id IN :companies AND c.status = 'approved'
          AND (s.opening_date IS NULL OR c.count_date > s.opening_date)
        GROUP BY c.company_id
        """
    )
    .bindparams(bindparam("companies", expanding=True), bindparam("never", date.min, type_=Date()))
    .columns(company_id=Integer(), counts=Integer(), oldest=Date())
)
"""The counts on offer, as hub.store.facts_rows has them, from each site's last exported one on."""
LAST = (
    text(
        """
        SELECT e.company_id, e.code, e.count_date, e.state, e.phase, e.label, e.created_at FROM export e
        JOIN (SELECT company_id, max(id) AS newest FROM export WHERE company_id IN :companies GROUP BY company_id) n
          ON n.newest = e.id
        """
    )
    .bindparams(bindparam("companies", expanding=True))
    .columns(
        company_id=Integer(),
        code=EXPORT.c.code.type,
        count_date=Date(),
        state=EXPORT.c.state.type,
        phase=EXPORT.c.phase.type,
        label=EXPORT.c.label.type,
        created_at=Instant(),
    )
)
Company = tuple[int, str]
"""A company's id and its mode."""


def every_company(connection: Connection) -> list[Company]:
    """Return every company, by name."""
    return _companies(connection)


def count_companies(connection: Connection) -> int:
    """Return how many companies there are, test copies left out."""
    return int(connection.execute(select(func.count()).select_from(COMPANY).where(CUSTOMER)).scalar_one())


def companies_among(connection: Connection, ids: Collection[int]) -> list[Company]:
    """Return some companies, by name."""
    return _companies(connection, COMPANY.c.id.in_(list(ids))) if ids else []


def other_companies(connection: Connection, ids: Collection[int], *, offset: int, limit: int) -> list[Company]:
    """Return a page of the companies that are not among some, by name."""
    statement = select(COMPANY.c.id, COMPANY.c.mode).where(COMPANY.c.id.not_in(list(ids)), CUSTOMER)
    found = connection.execute(statement.order_by(*BY_NAME).offset(offset).limit(limit))
    return [(row[0], row[1]) for row in found]


def companies_named(connection: Connection, words: Sequence[str]) -> list[Company]:
    """Return the companies in whose code and name each of some words stands, by name."""
    return _companies(connection, *_hold(func.lower(COMPANY.c.code + " " + COMPANY.c.name), words))


def companies_of_sites(connection: Connection, words: Sequence[str]) -> list[Company]:
    """Return the companies that have a site in whose code and name each of some words stands, by name."""
    found = select(SITE.c.company_id).where(*_hold(func.lower(SITE.c.code + " " + SITE.c.name), words))
    return _companies(connection, COMPANY.c.id.in_(found))


def companies_of_journal(connection: Connection, reference: str) -> list[Company]:
    """Return the companies that have a journal with a reference, by name."""
    found = select(POSTING.c.company_id).where(POSTING.c.reference == reference)
    return _companies(connection, COMPANY.c.id.in_(found))


def companies_with_connector(connection: Connection, connector: str) -> set[int]:
    """Return the companies that have a connection of a connector."""
    statement = select(CONNECTION.c.company_id).where(CONNECTION.c.connector == connector)
    return {row[0] for row in fetched(connection, statement)}


def not_connected(connection: Connection, signing: Sequence[str], companies: Collection[int] | None) -> set[int]:
    """Return which of some companies, or of all, have no connection, or one that still waits to be connected.

    signing: the connectors that people sign in to.
    """
    waits = or_(CONNECTION.c.sign_in_id.is_(None), CONNECTION.c.chosen_at.is_(None))
    waiting = select(CONNECTION.c.company_id).where(CONNECTION.c.connector.in_(list(signing)), waits)
    if companies is not None:
        waiting = waiting.where(CONNECTION.c.company_id.in_(list(companies)))
    return _without(connection, CONNECTION, companies) | {row[0] for row in fetched(connection, waiting)}


def never_exported(connection: Connection, companies: Collection[int] | None) -> set[int]:
    """Return which of some companies, or of all, have never exported."""
    return _without(connection, EXPORT, companies)


def companies_paused(connection: Connection, companies: Collection[int] | None) -> set[int]:
    """Return which of some companies, or of all, have a connection whose plugin is paused for them."""
    holds = and_(
        PAUSE.c.connector == CONNECTION.c.connector,
        or_(PAUSE.c.company_id.is_(None), PAUSE.c.company_id == CONNECTION.c.company_id),
    )
    statement = select(CONNECTION.c.company_id).join(PAUSE, holds)
    if companies is not None:
        statement = statement.where(CONNECTION.c.company_id.in_(list(companies)))
    return {row[0] for row in fetched(connection, statement)}


def test_copies(connection: Connection) -> set[int]:
    """Return the companies that are test copies of others, and no customers."""
    return {row[0] for row in fetched(connection, select(COMPANY.c.id).where(COMPANY.c.test_of.is_not(None)))}


def companies_by_id(connection: Connection, companies: Collection[int]) -> dict[int, RowMapping]:
    """Return the code, name and mode of some companies, by their ids."""
    statement = select(*COMPANY.c["id", "code", "name", "mode"]).where(COMPANY.c.id.in_(list(companies)))
    return {row["id"]: row for row in connection.execute(statement).mappings()}


def connections_of(connection: Connection, companies: Collection[int]) -> list[RowMapping]:
    """Return the connections of some companies."""
    statement = (
        select(*CONNECTION.c["id", "company_id", "name", "connector", "settings"])
        .where(CONNECTION.c.company_id.in_(list(companies)))
        .order_by(CONNECTION.c.id)
    )
    return list(connection.execute(statement).mappings())


def last_exports(connection: Connection, companies: Collection[int]) -> dict[int, RowMapping]:
    """Return the newest export of each of some companies."""
    return {row["company_id"]: row for row in connection.execute(LAST, {"companies": list(companies)}).mappings()}


def counts_waiting(connection: Connection, companies: Collection[int]) -> dict[int, tuple[int, date]]:
    """Return how many counts of each of some companies can be exported, and the date of the oldest."""
    found = connection.execute(WAITING, {"companies": list(companies)})
    return {row[0]: (row[1], row[2]) for row in found}


def connectors_used(connection: Connection) -> list[str]:
    """Return the ids of the connectors that any connection is of."""
    return list(connection.execute(CONNECTORS).scalars())


def _without(connection: Connection, table: Table, companies: Collection[int] | None) -> set[int]:
    """Return which of some companies, or of all, have no row in a table."""
    found = select(literal_column("1")).where(table.c.company_id == COMPANY.c.id).exists()
    statement = select(COMPANY.c.id).where(~found)
    if companies is not None:
        statement = statement.where(COMPANY.c.id.in_(list(companies)))
    return {row[0] for row in fetched(connection, statement)}


def _companies(connection: Connection, *where: ColumnElement[bool]) -> list[Company]:
    statement = select(COMPANY.c.id, COMPANY.c.mode).where(CUSTOMER, *where).order_by(*BY_NAME)
    return cast("list[Company]", list(fetched(connection, statement)))  # of these two columns


def _hold(told: ColumnElement[str], words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [told.contains(word.lower(), autoescape=True) for word in words]
