"""Test mode: a copy of a company's connection beside it, on the connector's own place for trying things out.

The copy is a company of its own, so that nothing of it is ever among what is real: its exports, what its books carry, its
audit trail. It has the real set-up and maps, the newest count of each site as sums by category, and what the real books carry
for them as its opening values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hub.api import Account, ConnectorError, amount_text
from hub.domain.setup import Chart
from hub.intake import RowError
from hub.plugins import SettingsInvalid
from hub.service.companies import add_company, retire_category, set_company
from hub.service.connecting.live_chart import read_chart
from hub.service.connections import PRODUCTION, add_connection, connector_of
from hub.service.context import Hub, Refused, refuse
from hub.service.importing import import_rows
from hub.service.last_changes import KEYS
from hub.service.previewing import sites_of
from hub.service.saving import RowsRefused
from hub.service.scope import CompanyRows, reading, writing
from hub.service.setup_held import held
from hub.service.setup_suggestions import can_be_posted_to, fits
from hub.store.company_rows import company_rows, copied_company_row, test_copy_row
from hub.store.facts_rows import OfferedCount

LONGEST = 30  # characters of a company's code that its test copy's begins with
SET_UP = ("gl-accounts", "departments", "categories", "sites", "overrides")
SETTINGS = ("method", "entry_per", "reversal_date", "production_variance", "time_zone")
Rows = list[dict[str, Any]]  # Any: cells of an import's row, texts here


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a test copy took over. accounts: GL Accounts mapped; unmatched: real accounts that are not there, by GL Account;

    counts: sites whose newest count was taken.
    """

    company: str
    accounts: int
    unmatched: Mapping[str, Account]
    counts: int


def places_to_try(hub: Hub, company: str, connection: str) -> tuple[str, ...]:
    """Return where a connection's connector can be tried without a customer's own books; nowhere for some."""
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
    return tuple(each for each in connector_of(hub, row["connector"]).info.environments if each != PRODUCTION)


def copy_of(hub: Hub, company: str, connection: str) -> str:
    """Return the code of a connection's test copy, empty where there is none."""
    with reading(hub, company) as rows:
        found = test_copy_row(rows.connection, rows.company_id, rows.books(connection).name)
    return "" if found is None else str(found["code"])


def copied_from(hub: Hub, company: str) -> tuple[str, str] | None:
    """Return the company and the connection that a test copy is of, None for a customer."""
    with reading(hub, company) as rows:
        if rows.company["test_of"] is None:
            return None
        real = copied_company_row(rows.connection, rows.company["test_of"])
        return str(real["code"]), str(rows.company["test_connection"])


def make_test_copy(hub: Hub, company: str, connection: str, *, environment: str, settings: Mapping[str, str]) -> Copied:
    """Make a connection's test copy and bring it up to date; one that is there already is only brought up to date."""
    if not copy_of(hub, company, connection):
        _add(hub, company, connection, environment, settings)
    return bring_up_to_date(hub, company, connection)


def bring_up_to_date(hub: Hub, company: str, connection: str) -> Copied:
    """Take the real set-up, maps and newest counts into a connection's test copy. It changes nothing of what is real.

    Opening values are taken once: afterwards the copy's books carry what was exported to them. Raises Refused.
    """
    copy = copy_of(hub, company, connection)
    if not copy:
        raise refuse("no_test_copy", f"There is no test copy of {connection} yet.")
    with suppress(ConnectorError, Refused, SettingsInvalid):
        read_chart(hub, copy, connection)
    with reading(hub, company) as real:
        taken = _Taken(real, connection)
    for kind, rows in taken.set_up.items():
        _store(hub, copy, kind, rows)
    set_company(hub, copy, taken.settings)
    for category in taken.retired:
        retire_category(hub, copy, category, retired=True)
    with reading(hub, copy) as there:
        matched = _matched(taken.accounts, there.setup.chart(connection))
    _store(hub, copy, "account-map", _account_map(connection, matched))
    _store(hub, copy, "site-map", taken.site_map)
    _store(hub, copy, "counts", taken.counts)
    mapped = _open(hub, copy, connection, taken.openings)
    unmatched = {number: each for number, each in taken.accounts.items() if number not in mapped}
    counted = len({row["site"] for row in taken.counts})
    return Copied(company=copy, accounts=len(mapped), unmatched=unmatched, counts=counted)


def _open(hub: Hub, copy: str, connection: str, openings: Rows) -> set[str]:
    """Store the opening values of sites that have none in the copy, where their accounts are mapped; return what is mapped."""
    with reading(hub, copy) as there:
        opened = {code for code, site in there.setup.sites.items() if site.opening_date is not None}
        mapped = set(there.setup.account_maps.get(connection, {}))
    waits = {row["site"] for row in openings if not {row["asset_account"], row["cogs_account"]} <= {"", *mapped}}
    _store(hub, copy, "opening", [row for row in openings if row["site"] not in opened | waits])
    return mapped


def _add(hub: Hub, company: str, connection: str, environment: str, settings: Mapping[str, str]) -> None:
    if environment not in places_to_try(hub, company, connection):
        raise refuse(
            "no_test_environment",
            f"{connection} can be tried in {', '.join(places_to_try(hub, company, connection)) or 'no place of its own'}.",
            "The dry run shows every line that would be posted, and posts nothing.",
        )
    with reading(hub, company) as rows:
        if rows.company["test_of"] is not None:
            raise refuse("is_test_copy", f"{rows.company['name']} is a test copy already.")
        name, currency = rows.books(connection).name, rows.company["currency"]
        connector, several = rows.connection_row(name)["connector"], len(rows.connections()) > 1
        called = f"{rows.company['name']} – Test" + (f" of {name}" if several else "")
        code = _free_code({row["code"] for row in company_rows(rows.connection)}, company)
    _check(hub, connector, environment, settings)
    add_company(hub, code=code, name=called, currency=currency, test_of=(company, name))
    add_connection(hub, code, connector=connector, name=name, settings=settings, environment=environment)
    with writing(hub, company) as rows:
        detail = {"code": code, "environment": environment}
        rows.exports.audit("make test copy", name, detail, actor=hub.actor, now=hub.clock())


def _check(hub: Hub, connector: str, environment: str, settings: Mapping[str, str]) -> None:
    """Refuse what the copy's connection would be refused for before there is a copy."""
    found = connector_of(hub, connector)
    try:
        found.addresses(found.settings_from(settings), environment)
    except SettingsInvalid as error:
        raise Refused(error.problems) from error


def _free_code(taken: set[str], company: str) -> str:
    codes = (f"{company[:LONGEST]}-TEST{number or ''}" for number in range(len(taken) + 1))
    return next(code for code in codes if code not in taken)


class _Taken:
    """What is real, in the words of import files; read in one transaction."""

    def __init__(self, real: CompanyRows, connection: str) -> None:
        self._real = real
        self._connection = connection
        self._sites = sites_of(real, connection)
        self.set_up = {kind: self._rows(kind) for kind in SET_UP}
        self.settings = {name: str(real.company[name] or "") for name in SETTINGS}
        self.retired = [name for name, each in real.setup.categories.items() if each.retired]
        self.accounts = real.setup.account_maps.get(connection, {})
        self.site_map = [
            {"site": site, "dimension": name, "value": value, "connection": connection}
            for site in self._sites
            for name, value in real.setup.dimensions(connection, site).items()
        ]
        self.counts = list(self._newest_counts())
        self.openings = [row for site in self._sites for row in self._opening(site)]

    def _rows(self, kind: str) -> Rows:
        found = [
            {**dict(zip(KEYS[kind], key, strict=True)), **values} for key, values in held(self._real, kind).items()
        ]
        if kind == "sites":
            sites = self._real.setup.sites
            return [{**row, "currency": sites[row["site"]].currency} for row in found if row["site"] in self._sites]
        if kind == "overrides":
            return [row for row in found if not row["site"] or row["site"] in self._sites]
        return found

    def _newest_counts(self) -> Iterator[dict[str, Any]]:
        """Yield a line for each category of each site's newest count on offer: its items are posted as one sum anyway."""
        newest: dict[str, OfferedCount] = {}
        for count in self._real.facts.offered(self._sites):
            newest.setdefault(count.site, count)
        for site, counted in self._real.facts.counts(list(newest.values()), {}, {}).items():
            currency, day = self._real.setup.sites[site].currency, newest[site].count_date
            for category, value in counted.totals.items():
                yield {
                    "count_date": day.isoformat(),
                    "site": site,
                    "item": f"All of {category}",
                    "category": category,
                    "quantity": "1",
                    "value": amount_text(value, currency),
                    "status": "approved",
                }

    def _opening(self, site: str) -> Iterator[dict[str, Any]]:
        """Yield what the real books carry for a site, where that is known and they are these books."""
        found = self._real.setup.sites[site]
        day = self._real.facts.last_exported().get(site) or found.opening_date
        values = self._real.facts.on_books([site])
        if day is None or any(each.connection != self._connection for each in values):
            return
        row = {"date": day.isoformat(), "site": site}
        if not any(each.value for each in values):
            yield {**row, "category": "", "value": "0", "asset_account": "", "cogs_account": ""}
        for each in values:
            if each.value:
                accounts = {"asset_account": each.asset_gl, "cogs_account": each.cogs_gl}
                yield {**row, "category": each.category, "value": amount_text(each.value, found.currency), **accounts}


def _matched(accounts: Mapping[str, Account], chart: Chart) -> dict[str, Account]:
    """Return the account of the copy's chart for each real one: of the same id and name, else number, else name; of its type."""
    found = {number: _same(account, chart) for number, account in accounts.items()}
    return {
        number: there
        for number, there in found.items()
        if there is not None and fits(accounts[number].kind, there.kind) and can_be_posted_to(there)
    }


def _same(account: Account, chart: Chart) -> Account | None:
    by_id = chart.find(account_id=account.id) if account.id else None
    if by_id is not None and by_id.name == account.name:
        return by_id
    by_number = chart.find(number=account.number) if account.number else None
    return by_number or (chart.find(name=account.name) if account.name else None)


def _account_map(connection: str, matched: Mapping[str, Account]) -> Rows:
    return [
        {
            "gl_account": number,
            "account_id": account.id,
            "account_number": account.number,
            "account_name": account.name,
            "connection": connection,
        }
        for number, account in matched.items()
    ]


def _store(hub: Hub, copy: str, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:  # Any: as above
    if not rows:
        return
    result = import_rows(hub.database, copy, kind, rows, actor=hub.actor, now=hub.clock())
    if not result.stored:
        errors: Sequence[RowError] = result.errors
        raise RowsRefused(errors)
