"""Set-up rows: those with a known key are updated, others added, and rows that say nothing new are left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from hub.store.importing.sql import CHART_ACCOUNT, table_of
from hub.store.prepared import rows_by
from hub.store.tables import (
    AccountMap,
    Category,
    ChartAccount,
    Department,
    DueAccounts,
    GlAccount,
    Override,
    Site,
    SiteDimension,
)

Values = Mapping[str, Any]
"""Column → value. Any: each column's own type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a kind's rows go: the table, the columns that identify a row within the company, and defaults."""

    table: Table
    key: tuple[str, ...]
    positioned: bool = False


TARGETS: dict[str, Target] = {
    "gl-accounts": Target(table=table_of(GlAccount), key=("number",)),
    "departments": Target(table=table_of(Department), key=("name",), positioned=True),
    "categories": Target(table=table_of(Category), key=("name",), positioned=True),
    "sites": Target(table=table_of(Site), key=("code",)),
    "overrides": Target(table=table_of(Override), key=("gl_account_id", "site_id", "use")),
    "chart": Target(table=table_of(ChartAccount), key=("connection_id", "key")),
    "account-map": Target(table=table_of(AccountMap), key=("connection_id", "gl_account_id")),
    "site-map": Target(table=table_of(SiteDimension), key=("connection_id", "site_id", "dimension")),
    "due-accounts": Target(table=table_of(DueAccounts), key=("from_connection_id", "to_connection_id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that was added or changed: its key, and the columns that are not as before; before: None for a new row."""

    key: Values
    before: Values | None
    after: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsStored:
    """How many rows were added, changed and found unchanged, and what each change was."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: tuple[RowChange, ...] = ()


def stored_rows(connection: Connection, target: Target, company_id: int) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return a company's rows of a table by their key."""
    table = target.table
    rows = rows_by(connection, table, company_id=company_id)
    return {tuple(row[name] for name in target.key): dict(row) for row in rows}


def store_rows(connection: Connection, kind: str, company_id: int, rows: Sequence[Values]) -> RowsStored:
    """Add or update rows by their key; columns that a row does not name stay as they are."""
    target = TARGETS[kind]
    table = target.table
    stored = stored_rows(connection, target, company_id)
    position = max((row["position"] for row in stored.values()), default=0) if target.positioned else 0
    added: list[dict[str, Any]] = []
    changes: list[RowChange] = []
    for row in rows:
        key = {name: row[name] for name in target.key}
        old = stored.get(tuple(key.values()))
        if old is None:
            position += 1
            added.append(_complete(target, row, company_id, position))
            changes.append(RowChange(key=key, before=None, after={name: row[name] for name in row if name not in key}))
        elif news := {name: value for name, value in row.items() if old[name] != value}:
            own = (table.c.id == old["id"], table.c.company_id == company_id)
            connection.execute(update(table).where(*own).values(**news))
            changes.append(RowChange(key=key, before={name: old[name] for name in news}, after=news))
    if added:
        connection.execute(insert(target.table), added)
    return RowsStored(
        added=len(added),
        changed=len(changes) - len(added),
        unchanged=len(rows) - len(changes),
        changes=tuple(changes),
    )


def remove_rows_but(connection: Connection, connection_id: int, company_id: int, keys: set[str]) -> int:
    """Remove the accounts of a connection's chart that are not among the keys; return how many."""
    own = (CHART_ACCOUNT.c.company_id == company_id, CHART_ACCOUNT.c.connection_id == connection_id)
    gone = [
        row.id
        for row in connection.execute(select(CHART_ACCOUNT.c.id, CHART_ACCOUNT.c.key).where(*own))
        if row.key not in keys
    ]
    for row_id in gone:
        connection.execute(delete(CHART_ACCOUNT).where(CHART_ACCOUNT.c.id == row_id, *own))
    return len(gone)


def _complete(target: Target, row: Values, company_id: int, position: int) -> dict[str, Any]:
    """Return all of a new row's columns, since rows inserted together must name the same ones."""
    complete: dict[str, Any] = {
        column.name: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        for column in target.table.columns
        if column.name != "id"
    }
    complete |= row
    complete["company_id"] = company_id
    if target.positioned:
        complete["position"] = position
    return complete
