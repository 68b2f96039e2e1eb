"""GL Account Maps and Site Maps of a connection, as their pages show them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from hub.api import Account, ConnectorError, Dimension
from hub.domain.setup import GlAccount, Setup, Site
from hub.service.connecting.live_chart import is_fresh, kept_dimensions
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused
from hub.service.last_changes import LastChanges, last_changes
from hub.service.previewing import open_connection
from hub.service.scope import CompanyRows, reading
from hub.store.map_rows import UsedBy, exports_with

Uses = Mapping[str, tuple[str, ...]]
"""GL Account's number → what uses it, in words: categories first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMaps:
    """A connection's map. chart: its accounts by number and name; mapped: by GL Account; uses: what each is used by;
    changed: by connection and GL Account."""

    connection: str
    chart: tuple[Account, ...]
    gl_accounts: Mapping[str, GlAccount]
    mapped: Mapping[str, Account]
    uses: Uses
    changed: LastChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMaps:
    """A connection's dimension values by site and dimension. changed: by connection, site and dimension.

    dimensions: those of the accounting system, and those that have a value; trouble: why it could not be asked.
    """

    connection: str
    sites: tuple[Site, ...]
    dimensions: tuple[Dimension, ...]
    values: Mapping[tuple[str, str], str]
    changed: LastChanges
    trouble: str = ""


def account_key(account: Account) -> str:
    """Return what names an account of a chart: its id, else its number, else its name."""
    return account.id or account.number or account.name


def account_maps(hub: Hub, company: str, connection: str) -> AccountMaps:
    """Return a connection's GL Account Maps; raises NotFound."""
    with reading(hub, company) as rows:
        setup = rows.setup
        name = rows.books(connection).name
        return AccountMaps(
            connection=name,
            chart=tuple(sorted(setup.chart(name).accounts, key=attrgetter("number", "name", "id"))),
            gl_accounts=setup.gl_accounts,
            mapped=setup.account_maps.get(name, {}),
            uses=uses(setup),
            changed=last_changes(rows, "account-map"),
        )


def uses(setup: Setup) -> Uses:
    """Return what each GL Account is used by: categories that are in use, then other parts of the set-up."""
    found: dict[str, dict[str, None]] = {number: {} for number in setup.gl_accounts}
    for category in setup.categories.values():
        for number in (category.asset, category.cogs):
            if number and not category.retired:
                found[number][category.name] = None
    for number in setup.overrides.values():
        found[number]["overrides"] = None
    for pair in setup.due.values():
        for number in pair:
            found[number]["due accounts"] = None
    if setup.settings.production_variance in found:
        found[setup.settings.production_variance]["production variance"] = None
    return {number: tuple(names) for number, names in found.items()}


def site_maps(hub: Hub, company: str, connection: str) -> SiteMaps:
    """Return a connection's Site Maps; its accounting system is asked which dimensions there are. Raises NotFound."""
    with reading(hub, company) as rows:
        name = rows.books(connection).name
        stored = rows.setup.site_maps.get(name, {})
        sites = tuple(site for code, site in rows.setup.sites.items() if site.connection == name or code in stored)
        changed = last_changes(rows, "site-map")
        row = rows.connection_row(name)
        fresh = is_fresh(row, hub.database.now(rows.connection))
        opened, trouble = (None, "") if fresh else _opened(hub, rows, name)
    dimensions, trouble = _dimensions(opened) if opened else ((), trouble)
    dimensions = dimensions or kept_dimensions(row)
    known = {dimension.name for dimension in dimensions}
    more = dict.fromkeys(one for values in stored.values() for one in values if one not in known)
    return SiteMaps(
        connection=name,
        sites=tuple(sorted(sites, key=attrgetter("code"))),
        dimensions=(*dimensions, *(Dimension(name=each, label=each) for each in more)),
        values={(site, one): value for site, values in stored.items() for one, value in values.items()},
        changed=changed,
        trouble=trouble,
    )


def exports_using(hub: Hub, company: str, column: str, value: str, connection: str | None = None) -> list[UsedBy]:
    """Return the exports whose frozen lines have a value in a column, newest first; connection: only its exports.

    column: gl_account, account_id, account_number, account_name, category or site.
    """
    with reading(hub, company) as rows:
        return exports_with(rows.connection, rows.company_id, column_text(column, value), connection)


def column_text(column: str, value: str) -> str:
    """Return how a line that has a value in a column is written in canonical JSON."""
    return f"{json.dumps(column)}:{json.dumps(value, ensure_ascii=False)}"


def _opened(hub: Hub, rows: CompanyRows, connection: str) -> tuple[OpenBooks | None, str]:
    try:
        return open_connection(hub, rows, rows.books(connection)), ""
    except (Refused, ConnectorError) as error:
        return None, str(error)


def _dimensions(books: OpenBooks) -> tuple[tuple[Dimension, ...], str]:
    try:
        with books.session() as session:
            return session.dimensions(), ""
    except ConnectorError as error:
        return (), error.message
