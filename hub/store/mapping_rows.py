"""Maps as they were written down, the entries that wait to be posted, and the connections whose maps can be copied."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from hub.store import tables
from hub.store.importing.sql import COMPANY, CONNECTION, GL_ACCOUNT, table_of

ACCOUNT_MAP = table_of(tables.AccountMap)
EXPORT = table_of(tables.Export)
POSTING = table_of(tables.Posting)


class WrittenMap(NamedTuple):
    """A row of an account map: the GL Account's number, and the account by what was said of it, which may be less than all."""

    gl_account: str
    account_id: str
    account_number: str
    account_name: str


class WaitingEntry(NamedTuple):
    """An entry that is frozen and not posted yet; lines: as they are sent. Any: JSON's own types."""

    export: str
    lines: list[dict[str, Any]]


class Mapped(NamedTuple):
    """A connection that has an account map; books: the accounting system's own id of what it posts to."""

    company: str
    company_name: str
    connection: str
    environment: str
    books: str
    chosen: bool
    maps: int


def written_maps(connection: Connection, company_id: int, connection_id: int) -> list[WrittenMap]:
    """Return a connection's account map as it was written down, by GL Account."""
    statement = (
        select(GL_ACCOUNT.c.number, ACCOUNT_MAP.c.account_id, ACCOUNT_MAP.c.account_number, ACCOUNT_MAP.c.account_name)
        .join(GL_ACCOUNT, (GL_ACCOUNT.c.id == ACCOUNT_MAP.c.gl_account_id) & (GL_ACCOUNT.c.company_id == company_id))
        .where(ACCOUNT_MAP.c.company_id == company_id, ACCOUNT_MAP.c.connection_id == connection_id)
        .order_by(GL_ACCOUNT.c.number)
    )
    return [WrittenMap(*row) for row in connection.execute(statement)]


def waiting_entries(
    connection: Connection, company_id: int, connection_id: int, states: Collection[str]
) -> list[WaitingEntry]:
    """Return the entries of a connection's exports whose postings are in one of some states, in the order they were made."""
    statement = (
        select(EXPORT.c.code, POSTING.c.entry)
        .join(POSTING, (POSTING.c.export_id == EXPORT.c.id) & (POSTING.c.company_id == company_id))
        .where(
            EXPORT.c.company_id == company_id,
            EXPORT.c.connection_id == connection_id,
            POSTING.c.state.in_(sorted(states)),
        )
        .order_by(EXPORT.c.id, POSTING.c.id)
    )
    return [WaitingEntry(code, json.loads(entry)["lines"]) for code, entry in connection.execute(statement)]


def mapped_connections(connection: Connection, connector: str, but: int) -> list[Mapped]:
    """Return every customer's connection through a connector that has an account map, by company, but one (its row's id)."""
    statement = (
        select(
            COMPANY.c.code, COMPANY.c.name, CONNECTION.c.name, CONNECTION.c.environment, CONNECTION.c.books,
            CONNECTION.c.chosen_at.is_not(None), func.count(ACCOUNT_MAP.c.id),
        )
        .join(CONNECTION, CONNECTION.c.company_id == COMPANY.c.id)
        .join(ACCOUNT_MAP, (ACCOUNT_MAP.c.connection_id == CONNECTION.c.id) & (ACCOUNT_MAP.c.company_id == COMPANY.c.id))
        .where(CONNECTION.c.connector == connector, CONNECTION.c.id != but, COMPANY.c.test_of.is_(None))
        .group_by(COMPANY.c.code, COMPANY.c.name, CONNECTION.c.id)
        .order_by(COMPANY.c.name, CONNECTION.c.id)
    )  # fmt: skip
    return [Mapped(*row) for row in connection.execute(statement)]
