"""A connection's chart as it was read live: what has vanished there stays, inactive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, insert, select, update

from hub.api import Account
from hub.store import tables

CHART = tables.ChartAccount.__table__  # type: ignore[attr-defined]
ACCOUNT_MAP = tables.AccountMap.__table__  # type: ignore[attr-defined]
SITE_DIMENSION = tables.SiteDimension.__table__  # type: ignore[attr-defined]
EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
GONE = "It is not in the chart of accounts any more."


class ChartChanges(NamedTuple):
    """How many accounts were added, changed, and found to be gone."""

    added: int
    changed: int
    gone: int


def store_live_chart(
    connection: Connection, company_id: int, connection_id: int, accounts: Sequence[Account]
) -> ChartChanges:
    """Store a whole chart in place of what was known of it."""
    own = (CHART.c.company_id == company_id, CHART.c.connection_id == connection_id)
    known = {row["key"]: row for row in connection.execute(select(CHART).where(*own)).mappings()}
    read = {account.id or account.number or account.name: _columns(account) for account in accounts}
    missing = {key for key, row in known.items() if key not in read and (row["active"] or not row["why_not_postable"])}
    changed = {
        key: values
        for key, values in read.items()
        if key in known and any(known[key][column] != value for column, value in values.items())
    }
    vanished = {key: {"active": False, "why_not_postable": GONE} for key in missing}
    for rows in (changed, vanished):
        _update(connection, own, rows)
    new = [
        {"company_id": company_id, "connection_id": connection_id, "key": key, **values}
        for key, values in read.items()
        if key not in known
    ]
    if new:
        connection.execute(insert(CHART), new)
    return ChartChanges(added=len(new), changed=len(changed), gone=len(missing))


def _update(
    connection: Connection, own: Sequence[ColumnElement[bool]], rows: Mapping[str, Mapping[str, object]]
) -> None:
    """Change the columns of accounts by their keys, all of them the same columns, with one statement.

    Any: each column has a type of its own.
    """
    if rows:
        columns: dict[str, BindParameter[Any]] = {
            column: bindparam(f"to_{column}") for column in next(iter(rows.values()))
        }
        statement = update(CHART).where(*own, CHART.c.key == bindparam("of_key")).values(columns)
        given = [
            {"of_key": key, **{f"to_{column}": values[column] for column in columns}} for key, values in rows.items()
        ]
        connection.execute(statement, given)


def is_in_use(connection: Connection, company_id: int, connection_id: int) -> bool:
    """Whether anything was exported to a connection's books, or is mapped to them."""
    return any(
        connection.execute(
            select(table.c.id).where(table.c.company_id == company_id, table.c.connection_id == connection_id).limit(1)
        ).first()
        is not None
        for table in (EXPORT, ACCOUNT_MAP, SITE_DIMENSION)
    )


def _columns(account: Account) -> Mapping[str, object]:
    return {
        "account_id": account.id,
        "number": account.number,
        "name": account.name,
        "kind": None if account.kind is None else account.kind.value,
        "active": account.active,
        "why_not_postable": account.why_not_postable,
    }
