"""GL Accounts, inventory categories, departments and overrides: listed, added, changed, and taken out of use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hub.api import AccountKind
from hub.domain.access import Feature
from hub.service.companies import retire_category
from hub.service.last_changes import Changed
from hub.service.saving import RowEdit
from hub.service.set_up import GlAccounts, OwnAccounts, categories, gl_account_list, overrides
from hub.web.accounts import COSTS, KINDS, gl_options, gl_title, groups_by_fit
from hub.web.editing import Choices, choices, field_name, finds, parts_of, sheet
from hub.web.routes import Menu, page
from hub.web.row_edits import NEW, WAS, Asked, Columns, Sent, asked_new, asked_rows, back, here, row_field, save

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

Sides = Mapping[str, frozenset[AccountKind]]
SIDES: Sides = {"asset_account": frozenset({AccountKind.ASSET}), "cogs_account": COSTS}
"""The kinds that fit each account of a category or department."""
TABS = {"Categories": (), "Departments": ("departments",), "Overrides": ("overrides",)}
REMOVE, RETIRED = "remove:", "retired:"
USES = (("", "Counts and transfers"), ("count", "Counts only"), ("transfer", "Transfers only"))
CHANGED = "Saved: {} changed. It holds from the next export on."
GL_COLUMNS: Columns = {"number": None, "name": None, "kind": None}


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
    "/c/{company}/setup/gl-accounts",
    needs=Feature.SETUP,
    menu=Menu(section="Company Setup", title="GL Accounts", order=10),
)
def gl_accounts(visit: Visit) -> Response:
    """Show the company's GL Accounts."""
    return _gl_accounts(visit, Sent())


@page("POST", "/c/{company}/setup/gl-accounts", needs=Feature.SETUP)
def change_gl_accounts(visit: Visit) -> Response:
    """Add, change and remove GL Accounts."""
    asked = [*asked_rows(visit.form, GL_COLUMNS, 1), *asked_new(visit.form, "gl-accounts", GL_COLUMNS)]
    gone = {parts_of(name)[0] for name, _ in visit.form.under(REMOVE)}
    asked = [each for each in asked if each.edit.key[0] not in gone or each.edit.added]
    for number in sorted(gone):
        edit = RowEdit(key=(number,), before={}, after=None)
        asked.append(Asked(edit=edit, fields={"number": REMOVE + field_name(number)}))
    return _saved(visit, "gl-accounts", asked, GL_COLUMNS, show=_gl_accounts)


def _gl_accounts(visit: Visit, sent: Sent, status: int = 200) -> Response:
    listed = gl_account_list(visit.hub, visit.company)
    text = visit.query.get("find")
    found = [
        each
        for each in listed.gl_accounts.values()
        if (each.number,) in sent.rows
        or finds(text, gl_title(each), KINDS[each.kind], *listed.uses.get(each.number, ()))
    ]
    return visit.html(
        "setup/gl_accounts.html",
        status=status,
        **_shared(visit, sent),
        rows=sheet(found, visit.query),
        uses=listed.uses,
        changed=listed.changed,
        kinds=[(kind.value, words) for kind, words in KINDS.items()],
        field=row_field,
        remove=lambda number: REMOVE + field_name(number),
    )


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
    columns = _columns(found.gl_accounts) | {"category": None, "department": None}
    asked = [*asked_rows(visit.form, columns, 1), *asked_new(visit.form, "categories", columns)]
    known = {each.name: each.retired for each in found.categories}
    asked = [each for each in asked if each.edit.added or not known.get(each.edit.key[0])]
    moved = {
        parts_of(name)[0]: text == "yes"
        for name, text in visit.form.under(RETIRED)
        if text in ("yes", "no") and text != visit.form.get(WAS + RETIRED + name)
    }

    def then() -> int:
        for name in moved.keys() & known.keys():
            retire_category(visit.hub, visit.company, name, retired=moved[name])
        return len(moved.keys() & known.keys())

    return _saved(visit, "categories", asked, columns, show=_categories, then=then)


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
    offered = _columns(found.gl_accounts, 2 * len(rows.rows))["asset_account"]
    assert offered is not None

    def row(each: OwnAccounts) -> EditRow:
        department = departments[each.department]
        inherited = {"asset_account": department.asset, "cogs_account": department.cogs}
        fallback = {column: f"Department’s: {titles[number]}" if number else "" for column, number in inherited.items()}
        return _edit_row(each, found.gl_accounts, fallback, found.categories_changed.get((each.name,)))

    return visit.html(
        "setup/categories.html",
        status=status,
        **_shared(visit, sent),
        **_account_choices(offered),
        rows=rows,
        edited=[row(each) for each in rows.rows],
        departments=[("", "Choose a department"), *((name, name) for name in departments)],
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
    columns = _columns(categories(visit.hub, visit.company).gl_accounts) | {"department": None}
    asked = [*asked_rows(visit.form, columns, 1), *asked_new(visit.form, "departments", columns)]
    return _saved(visit, "departments", asked, columns, show=_departments)


def _departments(visit: Visit, sent: Sent, status: int = 200) -> Response:
    found = categories(visit.hub, visit.company)
    text = visit.query.get("find")
    rows = sheet(
        [each for each in found.departments if (each.name,) in sent.rows or finds(text, each.name)], visit.query
    )
    offered = _columns(found.gl_accounts, 2 * len(rows.rows))["asset_account"]
    assert offered is not None
    edited = [_edit_row(each, found.gl_accounts, {}, found.departments_changed.get((each.name,))) for each in rows.rows]
    return visit.html(
        "setup/departments.html",
        status=status,
        **_shared(visit, sent),
        **_account_choices(offered),
        rows=rows,
        edited=edited,
        of={
            each.name: [one.name for one in found.categories if one.department == each.name]
            for each in found.departments
        },
    )


@page("GET", "/c/{company}/setup/categories/overrides", needs=Feature.SETUP)
def show_overrides(visit: Visit) -> Response:
    """Show which GL Accounts take the place of others, by site and use."""
    return _overrides(visit, Sent())


@page("POST", "/c/{company}/setup/categories/overrides", needs=Feature.SETUP)
def change_overrides(visit: Visit) -> Response:
    """Add, change and remove overrides; one without a GL Account in its place is removed."""
    offered = _columns(overrides(visit.hub, visit.company).gl_accounts)["asset_account"]
    columns: Columns = {"gl_account": offered, "site": None, "use": None, "override_account": offered}
    asked = [
        replace(
            each, edit=each.edit if (each.edit.after or {}).get("override_account") else replace(each.edit, after=None)
        )
        for each in asked_rows(visit.form, columns, 3)
    ]
    asked += asked_new(visit.form, "overrides", columns)
    return _saved(visit, "overrides", asked, columns, show=_overrides)


def _overrides(visit: Visit, sent: Sent, status: int = 200) -> Response:
    found = overrides(visit.hub, visit.company)
    text = visit.query.get("find")
    every = [(key, number) for key, number in found.overrides.items()]
    titles = {number: gl_title(each) for number, each in found.gl_accounts.items()}
    chosen = [
        (key, number)
        for key, number in every
        if key in sent.rows or finds(text, titles[key[0]], titles[number], key[1], key[2])
    ]
    rows = sheet(chosen, visit.query)
    offered = _columns(found.gl_accounts, len(rows.rows) + 2)["asset_account"]
    assert offered is not None
    return visit.html(
        "setup/overrides.html",
        status=status,
        **_shared(visit, sent),
        **_account_choices(offered),
        rows=rows,
        titles=titles,
        gl_accounts=found.gl_accounts,
        sites=[("", "Every site"), *((code, f"{code} {site.name}") for code, site in sorted(found.sites.items()))],
        uses=USES,
        changed=found.changed,
        field=lambda key: row_field(*key, "override_account"),
    )


def _columns(accounts: GlAccounts, rows: int = 1) -> dict[str, Choices | None]:
    offered = choices(gl_options(accounts.values()), rows)
    return {"asset_account": offered, "cogs_account": offered}


def _account_choices(offered: Choices) -> dict[str, object]:
    groups = groups_by_fit(offered, "Of another type")
    return {
        "choices": offered,
        "groups": groups,
        "sides": {"asset_account": groups[AccountKind.ASSET], "cogs_account": groups[AccountKind.COGS]},
    }


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


def _shared(visit: Visit, sent: Sent) -> dict[str, object]:
    return {
        "sent": sent,
        "back": back(visit),
        "here": lambda **changed: here(visit, **changed),
        "kept": [("back", visit.query.get("back"))],
        "find": visit.query.get("find"),
        "tabs": [(words, visit.path("setup", "categories", *parts, back=back(visit))) for words, parts in TABS.items()],
        "NEW": NEW,
    }


def _saved(
    visit: Visit,
    kind: str,
    asked: list[Asked],
    columns: Columns,
    *,
    show: Callable[[Visit, Sent, int], Response],
    then: Callable[[], int] = lambda: 0,
) -> Response:
    """Save edits and show the page again: with what is wrong, or with how much was changed. then: what else is changed."""
    changed, wrong = save(visit, kind, asked, columns)
    if wrong:
        return show(visit, Sent(form=visit.form, wrong=wrong), 422)
    changed += then()
    said = CHANGED.format(f"{changed} {'row was' if changed == 1 else 'rows were'}")
    return visit.go(here(visit), told=said if changed else "Nothing was changed.")
