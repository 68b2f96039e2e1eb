"""Test mode: make a connection's test copy, keep it up to date, and see the two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from hub.domain.access import Feature
from hub.service.connecting.adding import Offered, offered_connectors
from hub.service.connecting.standing import connections
from hub.service.context import NotFound, Refused, refuse
from hub.service.criteria import names_of_sites
from hub.service.enabling.beside import beside
from hub.service.enabling.copying import (
    Copied,
    bring_up_to_date,
    copied_from,
    copy_of,
    make_test_copy,
    places_to_try,
)
from hub.web.enabling import ENABLE
from hub.web.pages.connections import badge_of
from hub.web.routes import page
from hub.web.settings_form import sent_settings, settings_form

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.forms import Form
    from hub.web.visit import Visit

AT = f"{ENABLE}/test-copy"


@page("GET", AT, needs=Feature.SUPPORT)
def show(visit: Visit) -> Response:
    """Show a connection and its test copy side by side, or what making one takes."""
    return _shown(visit, visit.query)


@page("POST", AT, needs=Feature.SUPPORT)
def make(visit: Visit) -> Response:
    """Make the test copy, or bring it up to date."""
    connection = _connection(visit, visit.form)
    if not connection:
        return visit.go(visit.path("enable"))
    try:
        done = _made(visit, connection)
    except NotFound:
        raise
    except Refused as error:
        return _shown(visit, visit.form, visit.problems(error))
    return visit.go(visit.path("enable", "test-copy", connection=connection), told=_told(done))


def _made(visit: Visit, connection: str) -> Copied:
    if copy_of(visit.hub, visit.company, connection):
        return bring_up_to_date(visit.hub, visit.company, connection)
    offered = _offered(visit, connection)
    try:
        settings = {name: str(value) for name, value in sent_settings(offered.schema, visit.form).items()}
    except ValueError as error:
        raise refuse("setting_invalid", str(error)) from error
    environment = visit.form.get("environment")
    return make_test_copy(visit.hub, visit.company, connection, environment=environment, settings=settings)


def _told(done: Copied) -> str:
    said = f"The test copy is up to date: {done.accounts} GL Accounts mapped, counts of {done.counts} sites taken."
    return said + (f" {len(done.unmatched)} accounts are not there." if done.unmatched else "")


def _connection(visit: Visit, asked: Form) -> str:
    given, names = asked.get("connection"), [each.name for each in visit.heading.connections]
    if given and given not in names:
        visit.missing()
    return given or (names[0] if names else "")


def _offered(visit: Visit, connection: str) -> Offered:
    """Return the connector of a connection; refuses where it is not in order."""
    row = next(each for each in connections(visit.hub, visit.company) if each["name"] == connection)
    found = next((each for each in offered_connectors(visit.hub) if each.id == row["connector"]), None)
    if found is None:
        raise refuse("connector_missing", f"The connector of {connection} is not installed.")
    return found


def _shown(visit: Visit, sent: Form, refused: Sequence[dict[str, object]] = ()) -> Response:
    connection = _connection(visit, sent)
    if not connection or copied_from(visit.hub, visit.company):
        return visit.go(visit.path("enable"))
    label = next(each.label for each in visit.heading.connections if each.name == connection)
    offered, found = _offered(visit, connection), beside(visit.hub, visit.company, connection)
    return visit.html(
        "enabling/test_copy.html",
        status=409 if refused else 200,
        connection=connection,
        label=label,
        offered=offered,
        environments=places_to_try(visit.hub, visit.company, connection),
        environment=sent.get("environment"),
        settings=settings_form(offered.schema, sent),
        beside=found,
        badges=(badge_of(found.real.connection), badge_of(found.test.connection)) if found else (),
        there=f"/c/{quote(found.test.company, safe='')}" if found else "",
        names=names_of_sites(visit.hub, visit.company),
        problems=refused,
        here=visit.path("enable", "test-copy"),
        steps=visit.path("enable", connection=connection),
    )
