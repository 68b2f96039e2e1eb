"""One company's rows in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from hub.api import Account
from hub.domain.setup import Books, Setup
from hub.service.context import Hub, not_found, refuse
from hub.service.heads import Trail, remember
from hub.store import Row, Transaction, lock_company
from hub.store.audit import TrailEnd
from hub.store.company_rows import category_retired, change_company, connection_rows, gl_numbers
from hub.store.export_rows import ExportRows
from hub.store.facts_rows import FactRows
from hub.store.setup_rows import Ids, NoSuchCompany, company_row, load_books, load_chart, load_setup


class CompanyRows:
    """Everything a use case reads and writes of one company, all of it scoped by the company."""

    def __init__(self, connection: Transaction, company: Row) -> None:
        self.connection = connection
        self.company = company
        self.company_id: int = company["id"]

    @cached_property
    def ids(self) -> Ids:
        return Ids(self.connection, self.company_id)

    @cached_property
    def setup(self) -> Setup:
        return load_setup(self.connection, self.company_id)

    @cached_property
    def exports(self) -> ExportRows:
        return ExportRows(self.connection, self.ids)

    @cached_property
    def facts(self) -> FactRows:
        return FactRows(self.connection, self.ids)

    def chart_of(self, connection_id: int) -> tuple[Account, ...]:
        """Return the accounts of one connection's chart."""
        return load_chart(self.connection, self.company_id, connection_id)

    def connections(self) -> list[Row]:
        return connection_rows(self.connection, self.company_id)

    def connection_row(self, name: str) -> Row:
        return next(row for row in self.connections() if row["name"] == name)

    def books(self, name: str | None) -> Books:
        """Return the connection of this name, or the company's only one."""
        known = self._books
        if not known:
            raise refuse(
                "no_connection",
                f"{self.company['name']} has no connection to an accounting system yet.",
                "Add one: hub connections add",
            )
        if name is None:
            if len(known) > 1:
                raise refuse("connection_needed", f"Choose a connection: {', '.join(known)}.", "Add --connection NAME.")
            return next(iter(known.values()))
        if name not in known:
            raise not_found("connection", name, list(known))
        return known[name]

    @cached_property
    def _books(self) -> Mapping[str, Books]:
        return load_books(self.connection, self.company_id, self.company["currency"])

    def gl_account_numbers(self) -> set[str]:
        return gl_numbers(self.connection, self.company_id)

    def set_company(self, values: Mapping[str, object]) -> None:
        change_company(self.connection, self.company_id, values)

    @property
    def trail(self) -> Trail | None:
        """How far its audit trail has come by what was audited in this transaction; None where nothing was, or elsewhere."""
        step = self.exports.trail if "exports" in self.__dict__ else None
        if step is None:
            return None
        end = TrailEnd(self.company_id, self.company["code"], self.company["uuid"], step.head)
        return Trail(before=step.before, end=end)

    def set_retired(self, category: str, *, retired: bool) -> None:
        category_retired(self.connection, self.company_id, self.ids.categories[category], retired=retired)


@contextmanager
def reading(hub: Hub, company: str) -> Iterator[CompanyRows]:
    """Open one consistent view of a company's rows."""
    with hub.database.read() as connection:
        yield CompanyRows(connection, _company(connection, company))


@contextmanager
def writing(hub: Hub, company: str) -> Iterator[CompanyRows]:
    """Open a transaction in which nobody else writes this company's rows."""
    with hub.database.write() as connection:
        lock_company(connection, company)
        rows = CompanyRows(connection, _company(connection, company))
        yield rows
    remember(hub, rows.company_id, rows.trail)


def rows_in(connection: Transaction, company: str) -> CompanyRows:
    """Return a company's rows in a transaction that is open already."""
    return CompanyRows(connection, _company(connection, company))


def _company(connection: Transaction, code: str) -> Row:
    try:
        return company_row(connection, code)
    except NoSuchCompany as error:
        raise not_found("company", code) from error
