"""Databases of another schema than this version's: as the first version of the hub kept them, or as a newer one will."""

from __future__ import annotations

import warnings
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Integer, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.exc import SAWarning

from hub.store import Database
from hub.store.schema import MIGRATIONS

FIRST = "0001"
VERSION = "alembic_version"


def made_older(url: str, empty_url: str) -> None:
    """Bring an empty database to the first schema and fill it with the rows of another."""
    now, older = create_engine(url), create_engine(empty_url)
    try:
        with now.connect() as rows, older.begin() as connection:
            _migrate(connection)
            known, wanted = MetaData(), MetaData()
            with warnings.catch_warnings(action="ignore", category=SAWarning):  # indexes of expressions, of no use here
                known.reflect(rows)
                wanted.reflect(connection)
            for table in wanted.sorted_tables:
                if table.name != VERSION:
                    connection.execute(text(f"DELETE FROM {table.name}"))
                    _copy(rows, connection, known.tables[table.name], table)
    finally:
        now.dispose()
        older.dispose()


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, FIRST)


def _copy(rows: Connection, older: Connection, known: Table, table: Table) -> None:
    shared = [column.name for column in table.columns if column.name in known.columns]
    gone: dict[str, Any] = {  # counters, which began at 0
        column.name: 0
        for column in table.columns
        if column.name not in shared and not column.nullable and not column.primary_key
    }
    found = [dict(row) | gone for row in rows.execute(select(*(known.columns[name] for name in shared))).mappings()]
    if found:
        older.execute(insert(table), found)
        _count_on(older, table)


def _count_on(older: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row of a table after those that were copied."""
    number = table.columns.get("id")
    if (
        older.dialect.name != "sqlite"
        and number is not None
        and isinstance(number.type, Integer)
        and "id" in table.columns
    ):
        sequence = older.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar()
        if sequence is not None:
            older.execute(select(func.setval(sequence, select(func.max(number)).scalar_subquery())))


def at_schema(url: str, revision: str) -> str:
    """Let a database be at another schema from now on, as an upgrade does, and return which one it was at."""
    database = Database(url)
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
        was = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    database.close()
    return str(was)
