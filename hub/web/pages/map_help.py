"""Maps looked after: the chart read again and checked, maps copied from another company, and maps as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.api import ConnectorError
from hub.domain.access import Feature
from hub.service.context import NotFound, Refused
from hub.service.map_copying import CopyPlan, copy_maps, copy_plan, copy_sources
from hub.service.map_files import map_file
from hub.service.map_health import MapHealth, check_maps
from hub.service.maps import account_key
from hub.web.editing import field_name, finds, parts_of, sheet
from hub.web.pages.connections_one import problems_of
from hub.web.pages.imports import CSV_TYPE
from hub.web.pages.maps import connection_of, label_of
from hub.web.routes import page
from hub.web.row_edits import here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/c/{company}/setup/account-maps"
TAKE = "take:"


@page("POST", f"{AT}/check", needs=Feature.SETUP)
def check(visit: Visit) -> Response:
    """Read the chart of accounts now and check the maps against it."""
    connection = connection_of(visit)
    if not connection:
        return visit.go(visit.path("setup", "account-maps"))
    maps = visit.path("setup", "account-maps", connection=connection)
    try:
        health = check_maps(visit.hub, visit.company, connection)
    except NotFound:
        raise
    except (Refused, ConnectorError) as error:
        told = str(problems_of(visit, error)[0]["message"])
        return visit.go(maps, told=f"{label_of(visit, connection)} could not be asked. {told}")
    return visit.go(maps, told=_told(health, label_of(visit, connection)))


def _told(health: MapHealth, label: str) -> str:
    found = len(health.accounts) + len(health.sites)
    read, imported = f"The chart of accounts of {label} was read", "The chart that was imported was checked"
    checked = read if health.live else imported
    if not found:
        return f"{checked}: every map is in order."
    return f"{checked}: {found} {'map needs' if found == 1 else 'maps need'} a look."


@page("GET", f"{AT}/file", needs=Feature.SETUP)
def account_maps_file(visit: Visit) -> Response:
    """Give a connection's GL Account Maps as a file that can be imported."""
    return _file(visit, "account-map")


@page("GET", "/c/{company}/setup/site-maps/file", needs=Feature.SETUP)
def site_maps_file(visit: Visit) -> Response:
    """Give a connection's Site Maps as a file that can be imported."""
    return _file(visit, "site-map")


def _file(visit: Visit, kind: str) -> Response:
    connection = connection_of(visit)
    if not connection:
        visit.missing()
    name, content = map_file(visit.hub, visit.company, connection, kind)
    return visit.file(content, f"{kind}-{visit.company}-{name}.csv", CSV_TYPE)


@page("GET", f"{AT}/copy", needs=Feature.SETUP)
def show_copy(visit: Visit) -> Response:
    """Show the companies whose maps can be copied, or what copying one's maps would take and leave out."""
    return _copy(visit)


@page("POST", f"{AT}/copy", needs=Feature.SETUP)
def copy(visit: Visit) -> Response:
    """Take over the maps that are ticked, as they were shown."""
    connection = connection_of(visit)
    if not connection:
        return visit.go(here(visit))
    try:
        plan = _plan(visit, connection)
        if plan is None:
            return visit.go(here(visit))
        shown = {parts_of(name)[0]: key for name, key in visit.form.under(TAKE)}
        chosen = [each.gl.number for each in plan.taken if shown.get(each.gl.number) == account_key(each.account)]
        taken = copy_maps(visit.hub, visit.company, connection, plan, chosen)
    except NotFound:
        raise
    except Refused as error:
        return _copy(visit, error, status=409)
    words = f"{taken} {'map was' if taken == 1 else 'maps were'} copied from {plan.source.company_name}."
    other = len(shown) - len(chosen)
    told = f"{words} {other} of those ticked changed meanwhile." if other else words if taken else "Nothing was ticked."
    return visit.go(visit.path("setup", "account-maps", connection=connection), told=told)


def _plan(visit: Visit, connection: str) -> CopyPlan | None:
    """Return what copying from the connection that the address names would do, None where it names none."""
    source = visit.query.get("from_company"), visit.query.get("from_connection")
    if not all(source):
        return None
    return copy_plan(visit.hub, visit.company, connection, source, lambda company: _may(visit, company))


def _may(visit: Visit, company: str) -> bool:
    access = visit.person.access_to(company)
    return access is not None and access.may(Feature.SETUP)


def _copy(visit: Visit, error: Refused | None = None, status: int = 200) -> Response:
    connection = connection_of(visit)
    if not connection:
        return visit.html("setup/no_connection.html", title="GL Account Maps", back="")
    try:
        plan = None if error else _plan(visit, connection)
    except NotFound:
        raise
    except Refused as refused:
        plan, error, status = None, refused, 409
    found = copy_sources(visit.hub, visit.company, connection, lambda company: _may(visit, company))
    text = visit.query.get("find")
    return visit.html(
        "setup/maps_copied.html",
        status=status,
        connection=connection,
        label=label_of(visit, connection),
        plan=plan,
        problems=visit.problems(error) if error else [],
        find=text,
        kept=[("connection", visit.query.get("connection"))],
        rows=sheet(
            [each for each in found if finds(text, each.company, each.company_name, each.connection)], visit.query
        ),
        here=lambda **changed: here(visit, **changed),
        key=account_key,
        take=lambda number: TAKE + field_name(number),
    )
