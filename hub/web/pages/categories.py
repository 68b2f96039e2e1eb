"""Inventory categories and departments with their accounts: listed, added, changed, and retired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.api import AccountKind
from hub.domain.access import Feature
from hub.service.companies import retire_category
from hub.service.last_changes import Changed
from hub.service.set_up import Categories, GlAccounts, OwnAccounts, categories
from hub.service.setup_suggestions import COSTS
from hub.web.accounts import gl_title
from hub.web.edited_pages import account_choices, category_tabs, gl_choices, saved, shared
from hub.web.editing import Choices, Option, choices, field_name, finds, parts_of, sheet
from hub.web.routes import Menu, page
from hub.web.row_edits import WAS, Columns, Sent, asked_new, asked_rows, row_field

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

SIDES: Mapping[str, frozenset[AccountKind]] = {"asset_account": frozenset({AccountKind.ASSET}), "cogs_account": COSTS}
"""The kinds that fit each account of a category or department."""
RETIRED = "retired:"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRow:
    """A department or a category. fields: by column, its field's name; fallback: by column, what an empty field means."""

    own: OwnAccounts
    fields: Mapping[str, str]
    fallback: Mapping[str, str]
    wrong_kind: Mapping[str, bool]
    changed: Changed | None


@page(
    "GET",
    "/c/{company}/setup/categories",
    needs=Feature.SETUP,
    menu=Menu(section="Company Setup", title="Categories and Departments", order=20),
)
def show_categories(visit: Visit) -> Response:
    """Show the inventory categories with their accounts."""
    return _categories(visit, Sent())


@page("POST", "/c/{company}/setup/categories", needs=Feature.SETUP)
def change_categories(visit: Visit) -> Response:
    """Add and change categories, and take them out of use or bring them back."""
    found = categories(visit.hub, visit.company)
    columns = {**_columns(found.gl_accounts, "category", "department"), "department": _departments_to_choose(found)}
    asked = [*asked_rows(visit.form, columns, 1), *asked_new(visit.form, "categories", columns)]
    known = {each.name for each in found.categories}
    moved = {
        parts_of(name)[0]: text == "yes"
        for name, text in visit.form.under(RETIRED)
        if text in ("yes", "no") and text != visit.form.get(WAS + RETIRED + name)
    }

    def then() -> int:
        for name in moved.keys() & known:
            retire_category(visit.hub, visit.company, name, retired=moved[name])
        return len(moved.keys() & known)

    return saved(visit, "categories", asked, columns, show=_categories, then=then)


def _categories(visit: Visit, sent: Sent, status: int = 200) -> Response:
    found = categories(visit.hub, visit.company)
    titles = {number: gl_title(each) for number, each in found.gl_accounts.items()}
    departments = {each.name: each for each in found.departments}
    pointed = visit.query.get("category")
    text = visit.query.get("find")
    shown = [
        each
        for each in found.categories
        if (each.name,) in sent.rows or each.name == pointed or finds(text, each.name, each.department)
    ]
    shown.sort(key=lambda each: (each.name != pointed, each.retired))
    rows = sheet(shown, visit.query)
    offered = gl_choices(found.gl_accounts, 2 * len(rows.rows))

    def row(each: OwnAccounts) -> EditRow:
        department = departments[each.department]
        inherited = {"asset_account": department.asset, "cogs_account": department.cogs}
        fallback = {column: f"Department’s: {titles[number]}" if number else "" for column, number in inherited.items()}
        return _edit_row(each, found.gl_accounts, fallback, found.categories_changed.get((each.name,)))

    return visit.html(
        "setup/categories.html",
        status=status,
        **shared(visit, sent),
        tabs=category_tabs(visit),
        **account_choices(offered),
        rows=rows,
        edited=[row(each) for each in rows.rows],
        departments=_departments_to_choose(found, len(rows.rows)),
        pointed=pointed,
        retired=lambda name: RETIRED + field_name(name),
    )


@page("GET", "/c/{company}/setup/categories/departments", needs=Feature.SETUP)
def show_departments(visit: Visit) -> Response:
    """Show the departments with the accounts that their categories fall back to."""
    return _departments(visit, Sent())


@page("POST", "/c/{company}/setup/categories/departments", needs=Feature.SETUP)
def change_departments(visit: Visit) -> Response:
    """Add and change departments."""
    columns = _columns(categories(visit.hub, visit.company).gl_accounts, "department")
    asked = [*asked_rows(visit.form, columns, 1), *asked_new(visit.form, "departments", columns)]
    return saved(visit, "departments", asked, columns, show=_departments)


def _departments(visit: Visit, sent: Sent, status: int = 200) -> Response:
    found = categories(visit.hub, visit.company)
    text = visit.query.get("find")
    rows = sheet(
        [each for each in found.departments if (each.name,) in sent.rows or finds(text, each.name)], visit.query
    )
    offered = gl_choices(found.gl_accounts, 2 * len(rows.rows))
    edited = [_edit_row(each, found.gl_accounts, {}, found.departments_changed.get((each.name,))) for each in rows.rows]
    return visit.html(
        "setup/departments.html",
        status=status,
        **shared(visit, sent),
        tabs=category_tabs(visit),
        **account_choices(offered),
        rows=rows,
        edited=edited,
        of={
            each.name: [one.name for one in found.categories if one.department == each.name]
            for each in found.departments
        },
    )


def _edit_row(own: OwnAccounts, accounts: GlAccounts, fallback: Mapping[str, str], changed: Changed | None) -> EditRow:
    held = {"asset_account": own.asset, "cogs_account": own.cogs}
    return EditRow(
        own=own,
        fields={column: row_field(own.name, column) for column in ("department", *held)},
        fallback={column: fallback.get(column, "") for column in held},
        wrong_kind={
            column: bool(number) and accounts[number].kind not in SIDES[column] for column, number in held.items()
        },
        changed=changed,
    )


def _departments_to_choose(found: Categories, rows: int = 1) -> Choices:
    return choices((Option(value=each.name, words=each.name) for each in found.departments), rows)


def _columns(accounts: GlAccounts, *names: str) -> Columns:
    offered = gl_choices(accounts)
    return {**dict.fromkeys(names), "asset_account": offered, "cogs_account": offered}
