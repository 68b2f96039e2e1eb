"""What is set up now, row by row, in the words that set-up pages edit: to be compared with what a page showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.service.maps import account_key
from hub.service.scope import CompanyRows
from hub.service.set_up import categories_of, departments_of

Key = tuple[str, ...]
Held = Mapping[Key, Mapping[str, str]]
"""By what says which row it is: column → text, empty where there is nothing."""


def held(rows: CompanyRows, kind: str) -> Held:
    """Return the rows of a kind as they are now."""
    return _HELD[kind](rows)


def _gl_accounts(rows: CompanyRows) -> Held:
    return {(number,): {"name": each.name, "kind": each.kind} for number, each in rows.setup.gl_accounts.items()}


def _departments(rows: CompanyRows) -> Held:
    return {(each.name,): {"asset_account": each.asset, "cogs_account": each.cogs} for each in departments_of(rows)}


def _categories(rows: CompanyRows) -> Held:
    return {
        (each.name,): {"department": each.department, "asset_account": each.asset, "cogs_account": each.cogs}
        for each in categories_of(rows)
    }


def _overrides(rows: CompanyRows) -> Held:
    return {key: {"override_account": number} for key, number in rows.setup.overrides.items()}


def _sites(rows: CompanyRows) -> Held:
    sites = rows.setup.sites.values()
    return {(site.code,): {"name": site.name, "connection": site.connection or ""} for site in sites}


def _account_map(rows: CompanyRows) -> Held:
    return {
        (connection, number): {"account": account_key(account)}
        for connection, mapped in rows.setup.account_maps.items()
        for number, account in mapped.items()
    }


def _site_map(rows: CompanyRows) -> Held:
    return {
        (connection, site, dimension): {"value": value}
        for connection, sites in rows.setup.site_maps.items()
        for site, values in sites.items()
        for dimension, value in values.items()
    }


def _due_accounts(rows: CompanyRows) -> Held:
    return {pair: {"due_from": due[0], "due_to": due[1]} for pair, due in rows.setup.due.items()}


_HELD: Mapping[str, Callable[[CompanyRows], Held]] = {
    "gl-accounts": _gl_accounts,
    "departments": _departments,
    "categories": _categories,
    "overrides": _overrides,
    "sites": _sites,
    "account-map": _account_map,
    "site-map": _site_map,
    "due-accounts": _due_accounts,
}
