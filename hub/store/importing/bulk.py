"""Writing many rows at once, in the way each database takes them quickest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

ID_BLOCK = 1_000

Rows = Sequence[tuple[Any, ...]]
"""Any: whole numbers, texts and None, in the order of the columns."""


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows of plain values; the tables' column types do not convert anything here."""
    if not rows:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def new_ids(connection: Connection, table: str) -> Iterator[int]:
    """Yield ids for new rows of a table, without a round trip each.

    SQLite has one writer at a time, so its next ids are free; PostgreSQL's come from the table's own sequence.
    """
    if connection.dialect.name == "postgresql":
        statement = text(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, :block)")
        while True:
            yield from connection.execute(statement, {"block": ID_BLOCK}).scalars().all()
    last: int = connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one()
    while True:
        last += 1
        yield last
