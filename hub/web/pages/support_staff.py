"""Support staff: who has access to every company, managed by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service import support_staff
from hub.service.context import Refused, refuse
from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/support-staff"
ONE = f"{AT}/{{supporter}}"


@page("GET", AT, needs=Feature.SUPPORT)
def show(visit: Visit) -> Response:
    """List support staff."""
    return _shown(visit, None)


@page("POST", AT, needs=Feature.SUPPORT)
def add(visit: Visit) -> Response:
    """Add somebody to support staff; their one-time password is shown this once."""
    name, full_name = visit.form.get("name"), visit.form.get("full_name")
    try:
        code = support_staff.add_supporter(visit.hub, name, full_name)
    except Refused as error:
        return _shown(visit, error)
    return _password(visit, full_name or name, name, code)


@page("POST", f"{ONE}/password", needs=Feature.SUPPORT)
def new_password(visit: Visit, supporter: str) -> Response:
    """Give one of support staff a one-time password, which is shown this once."""
    found = support_staff.supporter(visit.hub, supporter)
    if found.id == visit.person.id:
        return visit.go("/account")
    return _password(visit, found.shown, found.name, support_staff.new_password(visit.hub, supporter))


@page("POST", f"{ONE}/sessions/end", needs=Feature.SUPPORT)
def end_sessions(visit: Visit, supporter: str) -> Response:
    """Sign one of support staff out everywhere."""
    found = support_staff.supporter(visit.hub, supporter)
    support_staff.sign_out(visit.hub, supporter)
    return visit.go(AT, told=f"{found.shown} is signed out everywhere.")


@page("POST", f"{ONE}/remove", needs=Feature.SUPPORT)
def remove(visit: Visit, supporter: str) -> Response:
    """Remove one of support staff."""
    found = support_staff.supporter(visit.hub, supporter)
    try:
        if visit.form.get("sure") != "yes":
            raise refuse("not_sure", f"{found.shown} was not removed.", "Tick that you are sure, then press Remove.")
        support_staff.remove_supporter(visit.hub, supporter)
    except Refused as error:
        return _shown(visit, error)
    return visit.go(AT if found.id != visit.person.id else "/", told=f"{found.shown} is removed.")


def _shown(visit: Visit, refused: Refused | None) -> Response:
    return visit.html(
        "people/support_staff.html",
        status=422 if refused else 200,
        staff=support_staff.support_staff(visit.hub),
        held={"name": visit.form.get("name"), "full_name": visit.form.get("full_name")},
        problems=visit.problems(refused) if refused else [],
        now=visit.hub.clock(),
    )


def _password(visit: Visit, shown: str, name: str, code: str) -> Response:
    return visit.html("people/password.html", shown=shown, name=name, code=code, done=AT)
