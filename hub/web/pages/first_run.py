"""Setting up the first person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.service import first_run
from hub.service.context import Refused, refuse
from hub.web.routes import page
from hub.web.security import FORM, SESSION

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit


@page("GET", "/first-run", for_all=True)
def ask(visit: Visit) -> Response:
    """Ask for the code that the terminal shows; once there is a person, there is no such page."""
    if not first_run.is_needed(visit.hub):
        return visit.go("/sign-in")
    return visit.html("first_run.html", problems=[])


@page("POST", "/first-run", for_all=True)
def set_up(visit: Visit) -> Response:
    """Add the first person and sign them in."""
    name, password = visit.form.get("name"), visit.form.exact("password")
    try:
        if password != visit.form.exact("again"):
            raise refuse("passwords_differ", "The two passwords are not the same.")
        first_run.set_up(visit.hub, visit.form.get("code"), name, password, visit.form.get("full_name"))
    except Refused as error:
        return visit.html("first_run.html", status=422, problems=visit.problems(error))
    token = first_run.signed_in_first(visit.hub, name, address=visit.address, program=visit.program)
    visit.keep(SESSION, token)
    visit.keep(FORM, "")
    return visit.go("/")
