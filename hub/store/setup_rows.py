"""A company's set-up, from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from hub.api import Account, AccountKind
from hub.domain.setup import (
    Books,
    Category,
    Chart,
    EntryPer,
    GlAccount,
    Method,
    Mode,
    Movements,
    ReversalDate,
    Settings,
    Setup,
    Site,
)
from hub.store import tables
from hub.store.running import fetched, run

COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CHART_ACCOUNT = tables.ChartAccount.__table__  # type: ignore[attr-defined]
BY_CODE = select(COMPANY).where(COMPANY.c.code == bindparam("code"))
OF_COMPANY = (
    "uuid",
    "code",
    "currency",
    "method",
    "transfers",
    "production",
    "entry_per",
    "reversal_date",
    "production_variance",
    "go_live",
    "mode",
)
COMPANY_BY_ID = select(*(COMPANY.c[name] for name in OF_COMPANY)).where(COMPANY.c.id == bindparam("company"))
READ: Mapping[object, tuple[str, ...]] = {
    tables.GlAccount: ("id", "number", "name", "kind"),
    tables.Connection: ("id", "name", "connector", "books", "currency"),
    tables.Site: ("id", "code", "name", "connection_id", "currency", "opening_date", "opening_connection_id"),
    tables.Department: ("id", "name", "asset_account", "cogs_account"),
    tables.Category: ("name", "department_id", "position", "asset_account", "cogs_account", "retired"),
    tables.Override: ("gl_account_id", "site_id", "use", "override_account_id"),
    tables.ChartAccount: ("connection_id", "account_id", "number", "name", "kind", "active", "why_not_postable"),
    tables.AccountMap: ("connection_id", "gl_account_id", "account_id", "account_number", "account_name"),
    tables.SiteDimension: ("connection_id", "site_id", "dimension", "value"),
    tables.DueAccounts: ("from_connection_id", "to_connection_id", "due_from", "due_to"),
}
"""The tables of a set-up, and the columns that it takes from each."""
KEPT = 16
"""Set-ups, and charts, that are kept for the next time that the same rows are read."""

Values = tuple[Any, ...]
Row = Mapping[str, Any]  # of any of these tables


class NoSuchCompany(LookupError):
    """No company has this code."""


class Ids:
    """Row ids by the names people use, and back, for one company; each kind is read when it is first asked for."""

    def __init__(self, connection: Connection, company_id: int) -> None:
        self.company_id = company_id
        self._connection = connection

    @cached_property
    def connections(self) -> dict[str, int]:
        return _names(self._connection, tables.Connection, "name", self.company_id)

    @cached_property
    def sites(self) -> dict[str, int]:
        return _names(self._connection, tables.Site, "code", self.company_id)

    @cached_property
    def categories(self) -> dict[str, int]:
        return _names(self._connection, tables.Category, "name", self.company_id)

    @cached_property
    def connection_names(self) -> dict[int, str]:
        return {row: name for name, row in self.connections.items()}

    @cached_property
    def site_codes(self) -> dict[int, str]:
        return {row: name for name, row in self.sites.items()}

    @cached_property
    def category_names(self) -> dict[int, str]:
        return {row: name for name, row in self.categories.items()}


def company_row(connection: Connection, code: str) -> RowMapping:
    """Return the company's row; raises NoSuchCompany."""
    row = run(connection, BY_CODE, {"code": code}).mappings().first()
    if row is None:
        raise NoSuchCompany(code)
    return row


def load_chart(connection: Connection, company_id: int, connection_id: int) -> tuple[Account, ...]:
    """Read the accounts of one connection's chart."""
    found = fetched(connection, _chart_of(), {"company": company_id, "connection": connection_id})
    return _chart(tuple([row[1:] for row in found])).accounts


def load_books(connection: Connection, company_id: int, currency: str) -> dict[str, Books]:
    """Read a company's connections by name, in the order in which they were added; currency: the company's own."""
    rows = fetched(connection, _rows_of(tables.Connection), {"company": company_id})
    return _books(_named(tables.Connection, rows), currency)


def load_setup(connection: Connection, company_id: int) -> Setup:
    """Read everything of a company's set-up that the accounting needs."""
    given = {"company": company_id}
    (company,) = fetched(connection, COMPANY_BY_ID, given)
    return _setup(company, tuple([fetched(connection, _rows_of(model), given) for model in READ]))


@lru_cache(maxsize=KEPT)
def _setup(company: Values, rows: tuple[tuple[Values, ...], ...]) -> Setup:
    """Build a set-up of what was read of it: the same rows are the same set-up."""
    reader = _Reader(dict(zip(OF_COMPANY, company, strict=True)), dict(zip(READ, rows, strict=True)))
    charts = reader.charts()
    return Setup(
        company_uuid=reader.company["uuid"],
        company=reader.company["code"],
        currency=reader.company["currency"],
        settings=_settings(reader.company),
        gl_accounts={
            row["number"]: GlAccount(number=row["number"], name=row["name"], kind=AccountKind(row["kind"]))
            for row in reader.gl_rows
        },
        categories=reader.categories(),
        sites=reader.sites(),
        books=reader.books,
        overrides=reader.overrides(),
        account_maps=reader.account_maps(charts),
        charts=charts,
        site_maps=reader.site_maps(),
        due=reader.due(),
    )


class _Reader:
    def __init__(self, company: Row, found: Mapping[object, tuple[Values, ...]]) -> None:
        self.company = company
        self._found = found
        self.gl_rows = self.rows(tables.GlAccount)
        self.gl_numbers: dict[int | None, str] = {row["id"]: row["number"] for row in self.gl_rows}
        connections = self.rows(tables.Connection)
        self.connection_names: dict[int | None, str] = {row["id"]: row["name"] for row in connections}
        self.books = _books(connections, company["currency"])
        self.site_rows = self.rows(tables.Site)
        self.site_codes: dict[int | None, str] = {row["id"]: row["code"] for row in self.site_rows}

    def rows(self, model: object) -> list[Row]:
        return _named(model, self._found[model])

    def categories(self) -> dict[str, Category]:
        departments = {row["id"]: row for row in self.rows(tables.Department)}
        found = {}
        for row in sorted(self.rows(tables.Category), key=lambda row: row["position"]):
            department = departments[row["department_id"]]
            found[row["name"]] = Category(
                name=row["name"],
                department=department["name"],
                position=row["position"],
                asset=self.gl_numbers.get(row["asset_account"] or department["asset_account"]),
                cogs=self.gl_numbers.get(row["cogs_account"] or department["cogs_account"]),
                retired=row["retired"],
            )
        return found

    def sites(self) -> dict[str, Site]:
        only = next(iter(self.books)) if len(self.books) == 1 else None
        return {
            row["code"]: Site(
                code=row["code"],
                name=row["name"],
                connection=self.connection_names.get(row["connection_id"], only),
                currency=row["currency"] or self.company["currency"],
                opening_date=row["opening_date"],
                opening_connection=self.connection_names.get(row["opening_connection_id"]),
            )
            for row in self.site_rows
        }

    def overrides(self) -> dict[tuple[str, str, str], str]:
        return {
            (
                self.gl_numbers[row["gl_account_id"]],
                self.site_codes.get(row["site_id"], ""),
                row["use"],
            ): self.gl_numbers[row["override_account_id"]]
            for row in self.rows(tables.Override)
        }

    def charts(self) -> dict[str, Chart]:
        accounts: dict[str, list[Values]] = defaultdict(list)
        for connection_id, *account in self._found[tables.ChartAccount]:
            accounts[self.connection_names[connection_id]].append(tuple(account))
        return {name: _chart(tuple(found)) for name, found in accounts.items()}

    def account_maps(self, charts: dict[str, Chart]) -> dict[str, dict[str, Account]]:
        maps: dict[str, dict[str, Account]] = defaultdict(dict)
        for row in self.rows(tables.AccountMap):
            name = self.connection_names[row["connection_id"]]
            given = Account(id=row["account_id"], number=row["account_number"], name=row["account_name"])
            chart = charts.get(name)
            found = chart.find(account_id=given.id, number=given.number, name=given.name) if chart else None
            maps[name][self.gl_numbers[row["gl_account_id"]]] = found or given
        return dict(maps)

    def site_maps(self) -> dict[str, dict[str, dict[str, str]]]:
        maps: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.rows(tables.SiteDimension):
            site = self.site_codes[row["site_id"]]
            maps[self.connection_names[row["connection_id"]]][site][row["dimension"]] = row["value"]
        return {name: dict(sites) for name, sites in maps.items()}

    def due(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {
            (
                self.connection_names[row["from_connection_id"]],
                self.connection_names[row["to_connection_id"]],
            ): (self.gl_numbers[row["due_from"]], self.gl_numbers[row["due_to"]])
            for row in self.rows(tables.DueAccounts)
        }


def _settings(company: Row) -> Settings:
    return Settings(
        method=Method(company["method"]),
        transfers=Movements(company["transfers"]),
        production=Movements(company["production"]),
        entry_per=EntryPer(company["entry_per"]),
        reversal_date=ReversalDate(company["reversal_date"]),
        production_variance=company["production_variance"],
        go_live=company["go_live"],
        mode=Mode(company["mode"]),
    )


def _books(rows: Iterable[Row], currency: str) -> dict[str, Books]:
    return {
        row["name"]: Books(
            name=row["name"], connector=row["connector"], books=row["books"], currency=row["currency"] or currency
        )
        for row in rows
    }


def _named(model: object, rows: Iterable[Values]) -> list[Row]:
    return [dict(zip(READ[model], row, strict=True)) for row in rows]


@lru_cache(maxsize=KEPT)
def _chart(rows: tuple[Values, ...]) -> Chart:
    """Build a chart of its accounts' rows, without the connection that each begins with."""
    names = READ[tables.ChartAccount][1:]
    return Chart(accounts=tuple([_account(dict(zip(names, row, strict=True))) for row in rows]))


def _account(row: Row) -> Account:
    return Account(
        id=row["account_id"],
        number=row["number"],
        name=row["name"],
        kind=AccountKind(row["kind"]) if row["kind"] else None,
        active=row["active"],
        why_not_postable=row["why_not_postable"],
    )


def _names(connection: Connection, model: object, column: str, company_id: int) -> dict[str, int]:
    return {row[0]: row[1] for row in run(connection, _names_of(model, column), {"company": company_id})}


@cache
def _rows_of(model: object) -> Select[Any]:
    table = model.__table__  # type: ignore[attr-defined]
    columns = [table.c[name] for name in READ[model]]
    return select(*columns).where(table.c.company_id == bindparam("company")).order_by(table.c.id)


@cache
def _chart_of() -> Select[Any]:
    return _rows_of(tables.ChartAccount).where(CHART_ACCOUNT.c.connection_id == bindparam("connection"))


@cache
def _names_of(model: object, column: str) -> Select[Any]:
    table = model.__table__  # type: ignore[attr-defined]
    return select(table.c[column], table.c.id).where(table.c.company_id == bindparam("company"))
