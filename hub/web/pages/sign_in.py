"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.service import signing_in
from hub.service.context import Refused
from hub.web.routes import page
from hub.web.security import FORM, SESSION, local_path

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit


@page("GET", "/sign-in", for_all=True)
def ask(visit: Visit) -> Response:
    """Ask who is there; who is signed in goes on."""
    after = local_path(visit.query.get("next", "/"))
    if visit.session is not None:
        return visit.go(after)
    return visit.html("sign_in.html", after=after, name="", problems=[])


@page("POST", "/sign-in", for_all=True)
def sign_in(visit: Visit) -> Response:
    """Sign in, and go where the person wanted to."""
    after = local_path(visit.form.get("next", "/"))
    name, password = visit.form.get("name"), visit.form.exact("password")
    try:
        token = signing_in.sign_in(visit.hub, name, password, address=visit.address, program=visit.program)
    except Refused as error:
        status = 429 if error.problems[0].code == "sign_in_often" else 422
        return visit.html("sign_in.html", status=status, after=after, name=name, problems=visit.problems(error))
    if visit.session is not None and visit.held:
        signing_in.sign_out(visit.hub, visit.held)
    visit.keep(SESSION, token)
    visit.keep(FORM, "")
    return visit.go(after)


@page("POST", "/sign-out", for_once=True)
def sign_out(visit: Visit) -> Response:
    """End the session."""
    signing_in.sign_out(visit.hub, visit.secret)
    visit.keep(SESSION, "")
    return visit.go("/sign-in")
