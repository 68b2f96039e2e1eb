"""A connection's chart as stored, for looking accounts up in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.store.importing.sql import CHART_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """One account of a chart; kind: None where the accounting system does not say."""

    id: str
    number: str
    name: str
    kind: str | None

    @property
    def title(self) -> str:
        """The number and name as people say them."""
        return f"{self.number} {self.name}".strip() or self.id


def chart_of(connection: Connection, company_id: int, connection_id: int) -> list[StoredAccount]:
    """Return the accounts of one connection's chart, in the order they came."""
    own = (CHART_ACCOUNT.c.company_id == company_id, CHART_ACCOUNT.c.connection_id == connection_id)
    return [
        StoredAccount(id=row.account_id, number=row.number, name=row.name, kind=row.kind)
        for row in connection.execute(select(CHART_ACCOUNT).where(*own).order_by(CHART_ACCOUNT.c.id))
    ]
