"""A company's set-up, from its rows."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property
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
from hub.store.running import run

COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CHART_ACCOUNT = tables.ChartAccount.__table__  # type: ignore[attr-defined]
BY_CODE = select(COMPANY).where(COMPANY.c.code == bindparam("code"))
BY_ID = select(COMPANY).where(COMPANY.c.id == bindparam("company"))


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
    found = run(connection, _chart_of(), {"company": company_id, "connection": connection_id})
    return tuple(map(_account, found.mappings()))


def load_setup(connection: Connection, company_id: int) -> Setup:
    """Read everything of a company's set-up that the accounting needs."""
    company = run(connection, BY_ID, {"company": company_id}).mappings().one()
    reader = _Reader(connection, company)
    charts = reader.charts()
    return Setup(
        company_uuid=company["uuid"],
        company=company["code"],
        currency=company["currency"],
        settings=_settings(company),
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
    def __init__(self, connection: Connection, company: RowMapping) -> None:
        self.connection = connection
        self.company = company
        self.gl_rows = self.rows(tables.GlAccount)
        self.gl_numbers: dict[int | None, str] = {row["id"]: row["number"] for row in self.gl_rows}
        connections = self.rows(tables.Connection)
        self.connection_names: dict[int | None, str] = {row["id"]: row["name"] for row in connections}
        self.books = {
            row["name"]: Books(
                name=row["name"],
                connector=row["connector"],
                books=row["books"],
                currency=row["currency"] or company["currency"],
            )
            for row in connections
        }
        self.site_rows = self.rows(tables.Site)
        self.site_codes: dict[int | None, str] = {row["id"]: row["code"] for row in self.site_rows}

    def rows(self, model: object) -> list[RowMapping]:
        return list(run(self.connection, _rows_of(model), {"company": self.company["id"]}).mappings())

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
        accounts: dict[str, list[Account]] = defaultdict(list)
        for row in self.rows(tables.ChartAccount):
            accounts[self.connection_names[row["connection_id"]]].append(_account(row))
        return {name: Chart(accounts=tuple(found)) for name, found in accounts.items()}

    def account_maps(self, charts: dict[str, Chart]) -> dict[str, dict[str, Account]]:
        maps: dict[str, dict[str, Account]] = defaultdict(dict)
        for row in self.rows(tables.AccountMap):
            name = self.connection_names[row["connection_id"]]
            given = Account(id=row["account_id"], number=row["account_number"], name=row["account_name"])
            chart = charts.get(name)
            found = chart.find(account_id=given.id, number=given.number, name=given.name) if chart else None
            maps[name][self.gl_numbers[row["gl_account_id"]]] = found or given
        return maps

    def site_maps(self) -> dict[str, dict[str, dict[str, str]]]:
        maps: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.rows(tables.SiteDimension):
            site = self.site_codes[row["site_id"]]
            maps[self.connection_names[row["connection_id"]]][site][row["dimension"]] = row["value"]
        return maps

    def due(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {
            (
                self.connection_names[row["from_connection_id"]],
                self.connection_names[row["to_connection_id"]],
            ): (self.gl_numbers[row["due_from"]], self.gl_numbers[row["due_to"]])
            for row in self.rows(tables.DueAccounts)
        }


def _settings(company: RowMapping) -> Settings:
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


def _account(row: RowMapping) -> Account:
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
    return select(table).where(table.c.company_id == bindparam("company")).order_by(table.c.id)


@cache
def _chart_of() -> Select[Any]:
    return _rows_of(tables.ChartAccount).where(CHART_ACCOUNT.c.connection_id == bindparam("connection"))


@cache
def _names_of(model: object, column: str) -> Select[Any]:
    table = model.__table__  # type: ignore[attr-defined]
    return select(table.c[column], table.c.id).where(table.c.company_id == bindparam("company"))
