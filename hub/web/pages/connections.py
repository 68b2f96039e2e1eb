"""Accounting > Setup > Connections: each set of books, how it stands, and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hub.domain.access import Feature
from hub.service.connecting.adding import offered_connectors
from hub.service.connecting.standing import State, connections
from hub.service.connections import add_connection
from hub.service.context import Refused, refuse
from hub.web.connector_words import described
from hub.web.enabling import ENABLE, act, in_flow, its_page
from hub.web.routes import Menu, page
from hub.web.settings_form import sent_settings, settings_form

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.forms import Form
    from hub.web.visit import Visit

AT = "/c/{company}/setup/connections"
BADGES: Mapping[State, tuple[str, str]] = {
    State.UNUSABLE: ("bad", "Not usable"),
    State.NOT_CONNECTED: ("waits", "Not connected"),
    State.RECONNECT: ("bad", "Connect again"),
    State.CHOOSE_COMPANY: ("waits", "Choose the company"),
    State.READY: ("ok", "Ready"),
}
"""A badge's kind and words for each state."""


@page("GET", AT, needs=Feature.SETUP, menu=Menu(section="Accounting Setup", title="Connections", order=5))
def show(visit: Visit) -> Response:
    """Show the company's connections and how each stands."""
    found = connections(visit.hub, visit.company)
    return visit.html("connecting/connections.html", found=[{**each, "badge": badge_of(each)} for each in found])


@page("GET", f"{AT}/new", needs=Feature.SETUP)
@page("GET", f"{ENABLE}/new", needs=Feature.SETUP)
def ask_new(visit: Visit) -> Response:
    """Ask which connector, and for its settings."""
    return _new(visit, visit.query)


@page("POST", f"{AT}/new", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/new", needs=Feature.SETUP)
def add(visit: Visit) -> Response:
    """Add a connection."""
    form = visit.form
    chosen = next((each for each in offered_connectors(visit.hub) if each.id == form.get("connector")), None)
    name = form.get("name")
    try:
        if chosen is None:
            raise refuse("connector_missing", "Choose an accounting system.")
        add_connection(
            visit.hub,
            visit.company,
            connector=chosen.id,
            name=name,
            settings=_settings(chosen.schema, form),
            environment=form.get("environment") or chosen.environments[0],
        )
    except Refused as error:
        return _new(visit, form, visit.problems(error))
    told = f"Added {name}."
    return visit.go(its_page(visit, name), told=told)


def badge_of(connection: Mapping[str, Any]) -> tuple[str, str]:  # Any: what `connections` lists
    """Return the badge of a connection's state, or that nothing is sent through its plugin."""
    return ("waits", "Paused") if connection["paused"] else BADGES[State(connection["state"])]


def _settings(schema: Mapping[str, Any], form: Form) -> Mapping[str, Any]:  # Any: a setting may be of any JSON type
    try:
        return sent_settings(schema, form)
    except ValueError as error:
        raise refuse("setting_invalid", str(error)) from error


def _new(visit: Visit, sent: Form, problems: list[dict[str, object]] | None = None) -> Response:
    offered = offered_connectors(visit.hub)
    chosen = next((each for each in offered if each.id == sent.get("connector")), None)
    return visit.html(
        "enabling/new.html" if in_flow(visit) else "connecting/new.html",
        here=act(visit)("new"),
        described={each.id: described(each) for each in offered},
        status=422 if problems else 200,
        offered=offered,
        chosen=chosen,
        settings=settings_form(chosen.schema, sent) if chosen else [],
        name=sent.get("name"),
        environment=sent.get("environment"),
        problems=problems or [],
    )
