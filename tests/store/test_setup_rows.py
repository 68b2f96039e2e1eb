"""A set-up that is read again is what the database holds now, whatever was kept of an earlier reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import insert, update

from hub.store import Database, tables
from hub.store.setup_rows import load_books, load_chart, load_setup
from tests.audit_key import AUDIT_KEY
from tests.store.test_running import ROW

COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
ACCOUNT = tables.ChartAccount.__table__  # type: ignore[attr-defined]
GL_ACCOUNT = tables.GlAccount.__table__  # type: ignore[attr-defined]
MAPPED = tables.AccountMap.__table__  # type: ignore[attr-defined]
BOOKS = {"company_id": 1, "name": "books", "connector": "csv_iif", "books": "b", "settings": {}, "environment": ""}
BEEF = {"company_id": 1, "connection_id": 1, "key": "7", "account_id": "7", "number": "5010", "name": "Beef"}


class Unfinished(Exception):
    """Rolls a transaction back."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    with database.write() as connection:
        connection.execute(insert(COMPANY), {"id": 1, **ROW})
        connection.execute(insert(CONNECTION), {"id": 1, **BOOKS})
        connection.execute(
            insert(GL_ACCOUNT), {"id": 1, "company_id": 1, "number": "5010", "name": "B", "kind": "cogs"}
        )
        connection.execute(insert(ACCOUNT), {**BEEF, "active": True, "why_not_postable": ""})
        connection.execute(insert(MAPPED), {"company_id": 1, "connection_id": 1, "gl_account_id": 1, "account_id": "7"})
    yield database
    database.close()


def _account(database: Database) -> tuple[str, str, str]:
    with database.read() as connection:
        setup = load_setup(connection, 1)
        (account,) = load_chart(connection, 1, 1)
    return setup.account_maps["books"]["5010"].name, setup.charts["books"].accounts[0].name, account.name


def test_an_account_that_was_renamed_has_its_new_name_in_chart_and_map(database: Database) -> None:
    assert _account(database) == ("Beef", "Beef", "Beef")
    with database.write() as connection:
        connection.execute(update(ACCOUNT).values(name="Meat"))
    assert _account(database) == ("Meat", "Meat", "Meat")


def test_what_was_read_in_a_transaction_that_was_rolled_back_is_not_read_afterwards(database: Database) -> None:
    with suppress(Unfinished), database.write() as connection:
        connection.execute(update(COMPANY).values(method="net_change", currency="EUR"))
        seen = load_setup(connection, 1)
        raise Unfinished
    with database.read() as connection:
        setup, books = load_setup(connection, 1), load_books(connection, 1, "USD")
    assert (seen.settings.method, seen.books["books"].currency) == ("net_change", "EUR")
    assert (setup.settings.method, setup.books["books"].currency) == ("reversal", "USD")
    assert books == setup.books
