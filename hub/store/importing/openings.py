"""Opening values: what the books carried for a site before its first export, and the on-books values they become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from hub.store.importing.sql import EXPORT_COUNT, ON_BOOKS, OPENING, SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningValue:
    """What the books carried for one category, or nothing at all (no category); value in minor units.

    asset_account and cogs_account: ids of the GL Accounts that were given, else None.
    """

    category_id: int | None
    date: date
    value: int
    asset_account: int | None = None
    cogs_account: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenAccounts:
    """The accounts that an on-books value was resolved to: GL Account numbers, and the accounts as in the chart."""

    asset_gl: str
    asset_account: dict[str, str]
    cogs_gl: str
    cogs_account: dict[str, str]


class OpeningStore:
    """The opening values of one site in one connection's books."""

    def __init__(self, connection: Connection, company_id: int, site_id: int, connection_id: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self._site_id = site_id
        self._connection_id = connection_id
        self._own = {"company_id": company_id, "site_id": site_id, "connection_id": connection_id}

    def stored(self) -> dict[int | None, OpeningValue]:
        """Return the opening values by category; None for the row that says the books carry nothing."""
        rows = self._connection.execute(select(OPENING).where(*self._where(OPENING)))
        return {
            row.category_id: OpeningValue(
                category_id=row.category_id,
                date=row.date,
                value=row.value,
                asset_account=row.asset_account,
                cogs_account=row.cogs_account,
            )
            for row in rows
        }

    def is_exported(self) -> bool:
        """Return whether an export of the site stands, to any books, that no closing entry has ended since."""
        live = (
            EXPORT_COUNT.c.company_id == self._company_id,
            EXPORT_COUNT.c.site_id == self._site_id,
            EXPORT_COUNT.c.live,
        )
        closed = select(func.coalesce(func.max(EXPORT_COUNT.c.export_id), 0)).where(
            *live, EXPORT_COUNT.c.count_id.is_(None)
        )
        newer = EXPORT_COUNT.c.export_id > closed.scalar_subquery()
        return self._any(exists().where(*live, EXPORT_COUNT.c.count_id.is_not(None), newer))

    def is_unsettled(self) -> bool:
        """Return whether an export or closing entry of the site, to any books, has not come to rest."""
        own = (EXPORT_COUNT.c.company_id == self._company_id, EXPORT_COUNT.c.site_id == self._site_id)
        return self._any(exists().where(*own, EXPORT_COUNT.c.unsettled))

    def forget_earlier(self) -> None:
        """Forget the opening values that these books had before the site's closing entry."""
        self._connection.execute(delete(OPENING).where(*self._where(OPENING)))

    def carried_elsewhere(self) -> bool:
        """Return whether other books still carry a value of the site."""
        return self._any(
            exists().where(
                ON_BOOKS.c.company_id == self._company_id,
                ON_BOOKS.c.site_id == self._site_id,
                ON_BOOKS.c.connection_id != self._connection_id,
                ON_BOOKS.c.state == "live",
            )
        )

    def decide(self, opening_date: date) -> None:
        """Say that the site's opening values are decided, as of a date, in these books."""
        self._connection.execute(
            update(SITE)
            .where(SITE.c.id == self._site_id, SITE.c.company_id == self._company_id)
            .values(opening_date=opening_date, opening_connection_id=self._connection_id)
        )

    def put(self, value: OpeningValue, accounts: FrozenAccounts | None, dimensions: dict[str, str]) -> None:
        """Store an opening value in place of the one before; on the books where there are accounts for it."""
        where = (*self._where(OPENING), OPENING.c.category_id.is_not_distinct_from(value.category_id))
        self._connection.execute(delete(OPENING).where(*where))
        columns = {
            "category_id": value.category_id,
            "date": value.date,
            "value": value.value,
            "asset_account": value.asset_account,
            "cogs_account": value.cogs_account,
        }
        self._connection.execute(insert(OPENING).values(**self._own, **columns))
        self._connection.execute(delete(ON_BOOKS).where(*self._frozen(value.category_id)))
        if accounts is not None:
            self._freeze(value, accounts, dimensions)

    def _freeze(self, value: OpeningValue, accounts: FrozenAccounts, dimensions: dict[str, str]) -> None:
        columns: dict[str, Any] = {
            "category_id": value.category_id,
            "value": value.value,
            "asset_gl": accounts.asset_gl,
            "asset_account": accounts.asset_account,
            "cogs_gl": accounts.cogs_gl,
            "cogs_account": accounts.cogs_account,
            "dimensions": dimensions,
            "as_of": value.date,
            "state": "live",
        }
        self._connection.execute(insert(ON_BOOKS).values(**self._own, **columns))

    def _frozen(self, category_id: int | None) -> tuple[Any, ...]:
        own = (ON_BOOKS.c.category_id == category_id, ON_BOOKS.c.set_by.is_(None), ON_BOOKS.c.state == "live")
        return (*self._where(ON_BOOKS), *own)

    def _where(self, table: Any) -> tuple[Any, ...]:  # noqa: ANN401 - clauses of any of the tables
        return tuple(table.c[name] == value for name, value in self._own.items())

    def _any(self, clause: Any) -> bool:  # noqa: ANN401 - an EXISTS clause
        found: bool = self._connection.execute(select(clause)).scalar_one()
        return bool(found)
