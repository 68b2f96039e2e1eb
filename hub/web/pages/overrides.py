"""Overrides: which GL Accounts take the place of others, by site and use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.set_up import overrides
from hub.web.accounts import gl_title
from hub.web.edited_pages import account_choices, category_tabs, gl_choices, saved, shared
from hub.web.editing import finds, sheet
from hub.web.routes import page
from hub.web.row_edits import Columns, Sent, asked_new, asked_rows, row_field

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

USES = (("", "Counts and transfers"), ("count", "Counts only"), ("transfer", "Transfers only"))


@page("GET", "/c/{company}/setup/categories/overrides", needs=Feature.SETUP)
def show_overrides(visit: Visit) -> Response:
    """Show which GL Accounts take the place of others, by site and use."""
    return _overrides(visit, Sent())


@page("POST", "/c/{company}/setup/categories/overrides", needs=Feature.SETUP)
def change_overrides(visit: Visit) -> Response:
    """Add, change and remove overrides; one without a GL Account in its place is removed."""
    offered = gl_choices(overrides(visit.hub, visit.company).gl_accounts)
    columns: Columns = {"gl_account": offered, "site": None, "use": None, "override_account": offered}
    asked = [
        replace(
            each, edit=each.edit if (each.edit.after or {}).get("override_account") else replace(each.edit, after=None)
        )
        for each in asked_rows(visit.form, columns, 3)
    ]
    asked += asked_new(visit.form, "overrides", columns)
    return saved(visit, "overrides", asked, columns, show=_overrides)


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
    offered = gl_choices(found.gl_accounts, len(rows.rows) + 2)
    return visit.html(
        "setup/overrides.html",
        status=status,
        **shared(visit, sent),
        tabs=category_tabs(visit),
        **account_choices(offered),
        rows=rows,
        titles=titles,
        gl_accounts=found.gl_accounts,
        sites=[("", "Every site"), *((code, f"{code} {site.name}") for code, site in sorted(found.sites.items()))],
        uses=USES,
        changed=found.changed,
        field=lambda key: row_field(*key, "override_account"),
    )
