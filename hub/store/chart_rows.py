"""A connection's chart as it was read live: what has vanished there stays, inactive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

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
    vanished: dict[str, Mapping[str, object]] = {key: {"active": False, "why_not_postable": GONE} for key in missing}
    changes = {**changed, **vanished}
    for key, values in changes.items():
        connection.execute(update(CHART).where(*own, CHART.c.key == key).values(**values))
    new = [
        {"company_id": company_id, "connection_id": connection_id, "key": key, **values}
        for key, values in read.items()
        if key not in known
    ]
    if new:
        connection.execute(insert(CHART), new)
    return ChartChanges(added=len(new), changed=len(changed), gone=len(missing))


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
