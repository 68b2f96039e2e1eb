"""A company's set-up as its pages show it: GL Accounts, departments, categories, overrides, sites and due accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from hub.domain.setup import GlAccount, Site
from hub.service.connections import connector_of
from hub.service.context import Hub, Refused
from hub.service.last_changes import LastChanges, last_category_changes, last_changes, last_settings_changes
from hub.service.maps import Uses, uses
from hub.service.scope import CompanyRows, reading
from hub.store import Row
from hub.store.importing import load_known
from hub.store.map_rows import category_rows, department_rows

GlAccounts = Mapping[str, GlAccount]
"""By number, in the order of the numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlAccountList:
    """A company's GL Accounts, what uses each, and who changed it last."""

    gl_accounts: GlAccounts
    uses: Uses
    changed: LastChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccounts:
    """A department or a category with the GL Accounts that are its own, empty where it has none."""

    name: str
    asset: str = ""
    cogs: str = ""
    department: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """Departments and categories in the order they were set up, and who changed each last."""

    gl_accounts: GlAccounts
    departments: tuple[OwnAccounts, ...]
    categories: tuple[OwnAccounts, ...]
    departments_changed: LastChanges
    categories_changed: LastChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """By GL Account, site and use (either empty for every): the GL Account in its place."""

    gl_accounts: GlAccounts
    sites: Mapping[str, Site]
    overrides: Mapping[tuple[str, str, str], str]
    changed: LastChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """A company's sites by code, and who changed each last."""

    sites: tuple[Site, ...]
    changed: LastChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The due accounts by pair of connections: every pair that may need them, with None where there are none."""

    gl_accounts: GlAccounts
    pairs: Mapping[tuple[str, str], tuple[str, str] | None]
    changed: LastChanges


def gl_account_list(hub: Hub, company: str) -> GlAccountList:
    """Return a company's GL Accounts."""
    with reading(hub, company) as rows:
        return GlAccountList(
            gl_accounts=_by_number(rows), uses=uses(rows.setup), changed=last_changes(rows, "gl-accounts")
        )


def categories(hub: Hub, company: str) -> Categories:
    """Return a company's departments and categories."""
    with reading(hub, company) as rows:
        return Categories(
            gl_accounts=_by_number(rows),
            departments=departments_of(rows),
            categories=categories_of(rows),
            departments_changed=last_changes(rows, "departments"),
            categories_changed=last_category_changes(rows),
        )


def departments_of(rows: CompanyRows) -> tuple[OwnAccounts, ...]:
    """Return the departments with the accounts that are their own."""
    numbers = _numbers(rows)
    return tuple(_own(row, numbers) for row in department_rows(rows.connection, rows.company_id))


def categories_of(rows: CompanyRows) -> tuple[OwnAccounts, ...]:
    """Return the categories, retired ones too, with the accounts that are their own."""
    numbers = _numbers(rows)
    names = {row["id"]: row["name"] for row in department_rows(rows.connection, rows.company_id)}
    return tuple(
        _own(row, numbers, names[row["department_id"]], retired=row["retired"])
        for row in category_rows(rows.connection, rows.company_id)
    )


def overrides(hub: Hub, company: str) -> Overrides:
    """Return a company's overrides by GL Account, site and use."""
    with reading(hub, company) as rows:
        return Overrides(
            gl_accounts=_by_number(rows),
            sites=rows.setup.sites,
            overrides=dict(sorted(rows.setup.overrides.items())),
            changed=last_changes(rows, "overrides"),
        )


def sites(hub: Hub, company: str) -> Sites:
    """Return a company's sites."""
    with reading(hub, company) as rows:
        found = tuple(sorted(rows.setup.sites.values(), key=attrgetter("code")))
        return Sites(sites=found, changed=last_changes(rows, "sites"))


def due_accounts(hub: Hub, company: str) -> Due:
    """Return the due accounts of each two connections, and of one whose entries are parted by a dimension."""
    with reading(hub, company) as rows:
        names = [row["name"] for row in rows.connections()]
        parted = {row["name"] for row in rows.connections() if _is_parted(hub, row)}
        pairs = [(one, other) for one in names for other in names if one != other or one in parted]
        known = rows.setup.due
        return Due(
            gl_accounts=_by_number(rows),
            pairs={pair: known.get(pair) for pair in dict.fromkeys((*pairs, *known))},
            changed=last_changes(rows, "due-accounts"),
        )


def settings_changed(hub: Hub, company: str) -> LastChanges:
    """Return who changed each setting last."""
    with reading(hub, company) as rows:
        return last_settings_changes(rows)


def _by_number(rows: CompanyRows) -> GlAccounts:
    return dict(sorted(rows.setup.gl_accounts.items()))


def _numbers(rows: CompanyRows) -> Mapping[int, str]:
    known = load_known(rows.connection, rows.company_id).gl_accounts
    return {row: number for number, row in known.items()}


def _own(row: Row, numbers: Mapping[int, str], department: str = "", *, retired: bool = False) -> OwnAccounts:
    return OwnAccounts(
        name=row["name"],
        asset=numbers.get(row["asset_account"], ""),
        cogs=numbers.get(row["cogs_account"], ""),
        department=department,
        retired=retired,
    )


def _is_parted(hub: Hub, row: Row) -> bool:
    """Whether a connection's entries are parted by a dimension; not known while its connector is not in order."""
    try:
        return bool(connector_of(hub, row["connector"]).info.entry_dimensions)
    except Refused:
        return False
