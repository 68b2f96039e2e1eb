"""What the pages on which rows are edited have in common: their frame, the accounts to choose from, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hub.api import AccountKind
from hub.service.set_up import GlAccounts
from hub.web.accounts import gl_options, groups_by_fit
from hub.web.editing import Choices, choices
from hub.web.row_edits import Asked, Columns, Sent, back, here, save

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

CATEGORY_TABS = {"Categories": (), "Departments": ("departments",), "Overrides": ("overrides",)}


def shared(visit: Visit, sent: Sent) -> dict[str, Any]:  # Any: what a template uses
    """Return what every such page has: what was sent, the way back, the search."""
    return {
        "sent": sent,
        "back": back(visit),
        "here": lambda **changed: here(visit, **changed),
        "kept": [("back", visit.query.get("back"))],
        "find": visit.query.get("find"),
    }


def category_tabs(visit: Visit) -> list[tuple[str, str]]:
    """Return the tabs of categories, departments and overrides."""
    way_back = back(visit)
    return [(words, visit.path("setup", "categories", *parts, back=way_back)) for words, parts in CATEGORY_TABS.items()]


def gl_choices(accounts: GlAccounts, fields: int = 1) -> Choices:
    """Return the GL Accounts to choose from in so many fields of a page."""
    return choices(gl_options(accounts.values()), fields)


def account_choices(offered: Choices) -> dict[str, Any]:  # Any: what a template uses
    """Return what can be chosen for asset and COGS accounts: those of a fitting type first."""
    groups = groups_by_fit(offered, "Of another type")
    return {
        "choices": offered,
        "groups": groups,
        "sides": {"asset_account": groups[AccountKind.ASSET], "cogs_account": groups[AccountKind.COGS]},
    }


def saved(
    visit: Visit,
    kind: str,
    asked: Sequence[Asked],
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
    said = f"Saved: {changed} {'row was' if changed == 1 else 'rows were'} changed. It holds from the next export on."
    return visit.go(here(visit), told=said if changed else "Nothing was changed.")
