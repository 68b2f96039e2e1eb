"""GL Account Maps of a connection, from our GL Accounts to the accounting system's accounts and the other way round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.map_health import map_health
from hub.service.maps import account_key, account_maps
from hub.service.setup_suggestions import fits
from hub.web.accounts import chart_options, kind_words
from hub.web.edited_pages import shared
from hub.web.editing import choices
from hub.web.maps_by_account import asked_by_account, by_account, refused_by_account
from hub.web.maps_by_gl_account import asked_by_gl_account, by_gl_account, named
from hub.web.routes import Menu, page
from hub.web.row_edits import Columns, Sent, back, here, save

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

KIND = "account-map"


def connection_of(visit: Visit) -> str:
    """Return the connection that a page is about: of the address, else the first, empty where there is none."""
    names = [each.name for each in visit.heading.connections]
    asked = visit.query.get("connection") or (names[0] if names else "")
    if asked and asked not in names:
        visit.missing()
    return asked


def label_of(visit: Visit, connection: str) -> str:
    """Return the name of a connection's accounting system."""
    return next(each.label for each in visit.heading.connections if each.name == connection)


@page(
    "GET",
    "/c/{company}/setup/account-maps",
    needs=Feature.SETUP,
    menu=Menu(section="Accounting Setup", title="{label} - GL Account Maps", order=10),
)
def show(visit: Visit) -> Response:
    """Show a connection's GL Account Maps."""
    return _shown(visit, Sent())


@page("POST", "/c/{company}/setup/account-maps", needs=Feature.SETUP)
def change(visit: Visit) -> Response:
    """Save what was changed in the maps, and what was accepted of the suggestions."""
    connection = connection_of(visit)
    if not connection:
        return visit.go(here(visit))
    maps = account_maps(visit.hub, visit.company, connection)
    other_way = visit.query.get("view") == "accounts"
    asked = (asked_by_account if other_way else asked_by_gl_account)(visit.form, maps)
    columns: Columns = {"account": choices(chart_options(maps.chart), 1)}
    wrong = refused_by_account(visit.form, asked, maps) if other_way else []
    changed = 0
    if not wrong:
        changed, wrong = save(visit, KIND, [replace(each, edit=named(each.edit, maps)) for each in asked], columns)
    if wrong:
        return _shown(visit, Sent(form=visit.form, wrong=wrong), status=422)
    said = f"Saved: {changed} {'map was' if changed == 1 else 'maps were'} changed. It holds from the next export on."
    return visit.go(here(visit, gl_account=""), told=said if changed else "Nothing was changed.")


def _shown(visit: Visit, sent: Sent, status: int = 200) -> Response:
    connection = connection_of(visit)
    if not connection:
        return visit.html("setup/no_connection.html", title="GL Account Maps", back=back(visit))
    maps = account_maps(visit.hub, visit.company, connection)
    health = map_health(visit.hub, visit.company, connection)
    frame = {
        "health": health,
        **shared(visit, sent),
        "connection": connection,
        "label": label_of(visit, connection),
        "kept": [(name, visit.query.get(name)) for name in ("connection", "view", "back")],
        "show": visit.query.get("show"),
        "chart": maps.chart,
        "words": kind_words,
        "key": account_key,
        "fitting": lambda gl, account: fits(gl.kind, account.kind),
    }
    if visit.query.get("view") == "accounts":
        return visit.html("setup/maps_by_account.html", status=status, **frame, **by_account(visit.query, maps, sent))
    shown = by_gl_account(visit.query, maps, health, sent)
    return visit.html("setup/maps.html", status=status, **frame, **shown)
