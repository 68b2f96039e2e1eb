"""One's own account: password and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.service import signing_in
from hub.service.context import Refused, refuse
from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

CHANGED = "Your password is changed. Everywhere else you are signed out."


@page("GET", "/account")
def account(visit: Visit) -> Response:
    """Show one's name, access and sessions."""
    return _account(visit, [])


@page("POST", "/account/password")
def change_password(visit: Visit) -> Response:
    """Change one's password."""
    new = visit.form.exact("password")
    assert visit.session is not None
    try:
        if new != visit.form.exact("again"):
            raise refuse("passwords_differ", "The two new passwords are not the same.")
        signing_in.change_password(visit.hub, visit.session, visit.form.exact("current"), new, address=visit.address)
    except Refused as error:
        return _account(visit, visit.problems(error), status=422)
    return visit.go("/account", told=CHANGED)


@page("GET", "/account/first-password", for_once=True)
def ask_own_password(visit: Visit) -> Response:
    """Ask who signed in with a one-time password for their own; who has one goes on."""
    if not visit.person.once:
        return visit.go("/")
    return visit.html("first_password.html", problems=[])


@page("POST", "/account/first-password", for_once=True)
def choose_password(visit: Visit) -> Response:
    """Take the person's own password in place of the one-time one."""
    new = visit.form.exact("password")
    assert visit.session is not None
    try:
        if new != visit.form.exact("again"):
            raise refuse("passwords_differ", "The two passwords are not the same.")
        signing_in.choose_password(visit.hub, visit.session, new)
    except Refused as error:
        return visit.html("first_password.html", status=422, problems=visit.problems(error))
    return visit.go("/", told="This password is yours now. The one-time password is no longer good.")


@page("POST", "/account/sessions/end")
def end_sessions(visit: Visit) -> Response:
    """End one of one's sessions, or all the others."""
    assert visit.session is not None
    chosen = visit.form.get("session")
    if chosen.isdecimal() and len(chosen) < 19:
        signing_in.end_sessions(visit.hub, visit.person.name, int(chosen))
        return visit.go("/account", told="This session is ended.")
    signing_in.end_sessions(visit.hub, visit.person.name, but=visit.session.id)
    return visit.go("/account", told="All your other sessions are ended.")


def _account(visit: Visit, problems: list[dict[str, object]], status: int = 200) -> Response:
    assert visit.session is not None
    sessions = signing_in.sessions(visit.hub, visit.person.name)
    return visit.html("account.html", status=status, sessions=sessions, problems=problems, here=visit.session.id)
