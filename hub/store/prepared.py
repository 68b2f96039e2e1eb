"""Statements that are built once and run again and again: to build one takes longer than to run it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, Update, bindparam, select, update

from hub.store.running import changed, run

BY = "by_"


@cache
def select_by(table: Table, *by: str) -> Select[Any]:
    """Select the rows of a table by the values of some columns, each given as `by_` and the column's name."""
    return select(table).where(*(table.c[name] == bindparam(BY + name) for name in by))


@cache
def _update_by(table: Table, *by: str) -> Update:
    return update(table).where(*(table.c[name] == bindparam(BY + name) for name in by))


def rows_by(connection: Connection, table: Table, **by: object) -> list[RowMapping]:
    """Return the rows of a table that have these values."""
    return list(run(connection, select_by(table, *by), given(by)).mappings())


def row_by(connection: Connection, table: Table, **by: object) -> RowMapping | None:
    """Return the first row of a table that has these values."""
    return run(connection, select_by(table, *by), given(by)).mappings().first()


def change_by(connection: Connection, table: Table, values: Mapping[str, object], **by: object) -> int:
    """Change the rows of a table that have these values, and return how many those are."""
    return changed(connection, _update_by(table, *by), {**given(by), **values})


def given(by: Mapping[str, object]) -> dict[str, object]:
    """Return values as the statements here take them."""
    return {BY + name: value for name, value in by.items()}
