"""Opening values: what the books carried for a site before its first export, and the on-books values they become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, exists, func, insert, select

from hub.store.importing.sql import EXPORT_COUNT, ON_BOOKS, OPENING, SITE
from hub.store.prepared import BY, change_by, given, rows_by
from hub.store.running import changed, run

OWN = ("company_id", "site_id", "connection_id")


def _by(table: Table, *names: str) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == bindparam(BY + name) for name in names)


_LIVE = (*_by(EXPORT_COUNT, "company_id", "site_id"), EXPORT_COUNT.c.live)
_CLOSED = select(func.coalesce(func.max(EXPORT_COUNT.c.export_id), 0)).where(*_LIVE, EXPORT_COUNT.c.count_id.is_(None))
EXPORTED = select(
    exists().where(*_LIVE, EXPORT_COUNT.c.count_id.is_not(None), EXPORT_COUNT.c.export_id > _CLOSED.scalar_subquery())
)
UNSETTLED = select(exists().where(*_by(EXPORT_COUNT, "company_id", "site_id"), EXPORT_COUNT.c.unsettled))
CARRIED_ELSEWHERE = select(
    exists().where(
        *_by(ON_BOOKS, "company_id", "site_id"),
        ON_BOOKS.c.connection_id != bindparam(BY + "connection_id"),
        ON_BOOKS.c.state == "live",
    )
)
FORGET = delete(OPENING).where(*_by(OPENING, *OWN))
FORGET_CATEGORY = FORGET.where(OPENING.c.category_id.is_not_distinct_from(bindparam(BY + "category_id")))
UNFREEZE = delete(ON_BOOKS).where(
    *_by(ON_BOOKS, *OWN, "category_id"), ON_BOOKS.c.set_by.is_(None), ON_BOOKS.c.state == "live"
)
ADD = insert(OPENING)
FREEZE = insert(ON_BOOKS)


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
        return {
            row["category_id"]: OpeningValue(
                category_id=row["category_id"],
                date=row["date"],
                value=row["value"],
                asset_account=row["asset_account"],
                cogs_account=row["cogs_account"],
            )
            for row in rows_by(self._connection, OPENING, **self._own)
        }

    def frozen(self) -> dict[int | None, tuple[FrozenAccounts, dict[str, str]]]:
        """Return the accounts and dimensions of the opening values on the books that no export has replaced, by category."""
        return {
            row["category_id"]: (
                FrozenAccounts(
                    asset_gl=row["asset_gl"],
                    asset_account=row["asset_account"],
                    cogs_gl=row["cogs_gl"],
                    cogs_account=row["cogs_account"],
                ),
                row["dimensions"],
            )
            for row in rows_by(self._connection, ON_BOOKS, **self._own)
            if row["set_by"] is None and row["state"] == "live"
        }

    def is_exported(self) -> bool:
        """Return whether an export of the site stands, to any books, that no closing entry has ended since."""
        return self._has(EXPORTED)

    def is_unsettled(self) -> bool:
        """Return whether an export or closing entry of the site, to any books, has not come to rest."""
        return self._has(UNSETTLED)

    def forget_earlier(self) -> None:
        """Forget the opening values that these books had before the site's closing entry."""
        changed(self._connection, FORGET, given(self._own))

    def carried_elsewhere(self) -> bool:
        """Return whether other books still carry a value of the site."""
        return self._has(CARRIED_ELSEWHERE)

    def decide(self, opening_date: date) -> None:
        """Say that the site's opening values are decided, as of a date, in these books."""
        values = {"opening_date": opening_date, "opening_connection_id": self._connection_id}
        change_by(self._connection, SITE, values, id=self._site_id, company_id=self._company_id)

    def put(self, value: OpeningValue, accounts: FrozenAccounts | None, dimensions: dict[str, str]) -> None:
        """Store an opening value in place of the one before; on the books where there are accounts for it."""
        category = given({**self._own, "category_id": value.category_id})
        changed(self._connection, FORGET_CATEGORY, category)
        columns = {
            "category_id": value.category_id,
            "date": value.date,
            "value": value.value,
            "asset_account": value.asset_account,
            "cogs_account": value.cogs_account,
        }
        changed(self._connection, ADD, self._own | columns)
        changed(self._connection, UNFREEZE, category)
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
        changed(self._connection, FREEZE, self._own | columns)

    def _has(self, statement: Select[Any]) -> bool:
        return bool(run(self._connection, statement, given(self._own)).scalar_one())
