"""Which exports used something of the set-up: what stands in their entries, as they were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.api import Account
from hub.domain.access import Feature
from hub.service.maps import account_key, account_maps, exports_using
from hub.web.editing import sheet
from hub.web.routes import page
from hub.web.row_edits import back, here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

WORDS: Mapping[str, str] = {
    "gl_account": "GL Account",
    "account": "Account",
    "category": "Category",
    "site": "Site",
}


@page("GET", "/c/{company}/setup/exports-using", needs=Feature.SETUP)
def show(visit: Visit) -> Response:
    """Show the exports that used a GL Account, an account, a category or a site."""
    asked = next((name for name in WORDS if visit.query.get(name)), "")
    value = visit.query.get(asked) if asked else ""
    connection = visit.query.get("connection") or None
    column, text, title = (asked, value, value) if asked != "account" else _account(visit, value, connection)
    found = exports_using(visit.hub, visit.company, column, text, connection) if asked else []
    return visit.html(
        "setup/exports_using.html",
        what=WORDS.get(asked, ""),
        title=title,
        rows=sheet(found, visit.query),
        back=back(visit),
        here=lambda **changed: here(visit, **changed),
    )


def _account(visit: Visit, key: str, connection: str | None) -> tuple[str, str, str]:
    """Return the column that names an account in a connection's lines, what is in it, and how it is read."""
    maps = account_maps(visit.hub, visit.company, connection) if connection else None
    every = (*maps.chart, *maps.mapped.values()) if maps else ()
    account = next((one for one in every if account_key(one) == key), Account(number=key))
    if account.id:
        return "account_id", account.id, account.title
    if account.number:
        return "account_number", account.number, account.title
    return "account_name", account.name, account.title
