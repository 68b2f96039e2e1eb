"""Users and access: who may do what in the company, changed by its administrators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hub.domain.access import FEATURES, SWITCHED, Access, Feature, Role
from hub.service import access as users
from hub.service.context import Refused, refuse
from hub.service.criteria import names_of_sites
from hub.service.signing_in import sessions
from hub.web.access_words import ROLES, SWITCHES
from hub.web.editing import finds, sheet
from hub.web.routes import Menu, page
from hub.web.row_edits import here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.service.access import Member
    from hub.web.visit import Visit

AT = "/c/{company}/people"
ONE = f"{AT}/{{person}}"


@page("GET", AT, needs=Feature.PEOPLE, menu=Menu(section="Company Setup", title="Users and access", order=40))
def show(visit: Visit) -> Response:
    """List the people with access to the company."""
    every = users.members(visit.hub, visit.company)
    text = visit.query.get("find")
    rows = sheet([each for each in every if finds(text, each.name, each.full_name)], visit.query)
    return visit.html("people/people.html", rows=rows, find=text, here=partial(here, visit), **_words(visit))


@page("GET", f"{AT}/add", needs=Feature.PEOPLE)
def ask(visit: Visit) -> Response:
    """Ask who is to have access, and to what."""
    return _add(visit, Access(role=Role.VIEWER), [])


@page("POST", f"{AT}/add", needs=Feature.PEOPLE)
def add(visit: Visit) -> Response:
    """Give somebody access; who is new gets a one-time password, which is shown this once."""
    access = Access(role=Role.VIEWER)
    try:
        access = _sent(visit)
        name = visit.form.get("name")
        code = users.add_member(visit.hub, visit.company, name, access, full_name=visit.form.get("full_name"))
    except Refused as error:
        return _add(visit, access, visit.problems(error), status=422)
    if code:
        return _password(visit, visit.form.get("full_name") or name, name, code)
    told = f"{name} has access now, and signs in with the password they already have here."
    return visit.go(visit.path("people"), told=told)


@page("GET", ONE, needs=Feature.PEOPLE)
def show_person(visit: Visit, person: str) -> Response:
    """Show one person: access, password and sessions."""
    return _person(visit, person)


@page("POST", ONE, needs=Feature.PEOPLE)
def change(visit: Visit, person: str) -> Response:
    """Change what a person may do."""
    found = users.member(visit.hub, visit.company, person)
    access = found.access
    try:
        access = _sent(visit)
        support, shown = visit.person.support, visit.form.exact("shown")
        users.change_member(visit.hub, visit.company, person, access, shown=shown, by_support=support)
    except Refused as error:
        return _person(visit, person, access=access, refused=error)
    if found.id == visit.person.id and not access.gives_access:
        return visit.go("/", told="Your own access is changed.")
    told = "Nothing was changed." if access == found.access else f"The access of {found.shown} is changed."
    return visit.go(visit.path("people", person), told=told)


@page("POST", f"{ONE}/password", needs=Feature.PEOPLE)
def new_password(visit: Visit, person: str) -> Response:
    """Give a person a one-time password, which is shown this once."""
    found = users.member(visit.hub, visit.company, person)
    if found.id == visit.person.id:
        return visit.go("/account")
    try:
        code = users.new_password(visit.hub, visit.company, person, by_support=visit.person.support)
    except Refused as error:
        return _person(visit, person, refused=error)
    return _password(visit, found.shown, found.name, code)


@page("POST", f"{ONE}/sessions/end", needs=Feature.PEOPLE)
def end_sessions(visit: Visit, person: str) -> Response:
    """Sign a person out everywhere."""
    users.sign_out(visit.hub, visit.company, person)
    return visit.go(visit.path("people", person), told="They are signed out everywhere.")


@page("POST", f"{ONE}/remove", needs=Feature.PEOPLE)
def remove(visit: Visit, person: str) -> Response:
    """Take a person's access away."""
    found = users.member(visit.hub, visit.company, person)
    try:
        if visit.form.get("sure") != "yes":
            raise refuse("not_sure", f"{found.shown} was not removed.", "Tick that you are sure, then press Remove.")
        users.remove_member(visit.hub, visit.company, person, by_support=visit.person.support)
    except Refused as error:
        return _person(visit, person, refused=error)
    own = found.id == visit.person.id
    return visit.go("/" if own else visit.path("people"), told=f"{found.shown} has no access any more.")


def _sent(visit: Visit) -> Access:
    """Return the access that a form asks for: nothing is kept of what the role does not have anyway."""
    form = visit.form
    if form.get("role") not in ROLES:
        raise refuse("role_invalid", "Choose a role.")
    role = Role(form.get("role"))
    has = FEATURES[role]
    sites, exports = (
        None if form.get(which, "all") == "all" else frozenset(form.all(ticked))
        for which, ticked in (("which_sites", "site"), ("which_exports", "export"))
    )
    off = frozenset(each for each in SWITCHED if each.value in form.all("off") and each in has)
    return Access(role=role, sites=sites, exports=exports if Feature.EXPORT in has - off else None, without=off)


def _add(visit: Visit, access: Access, problems: list[dict[str, object]], status: int = 200) -> Response:
    held = {"name": visit.form.get("name"), "full_name": visit.form.get("full_name")}
    return visit.html("people/add.html", status=status, held=held, access=access, problems=problems, **_words(visit))


def _person(visit: Visit, person: str, access: Access | None = None, refused: Refused | None = None) -> Response:
    """Answer with a person's page; access: what was asked for; refused: why it was not done."""
    found = users.member(visit.hub, visit.company, person)
    meanwhile = refused is not None and refused.problems[0].code == "changed_meanwhile"
    shown = visit.form.exact("shown") if refused and not meanwhile else ""
    return visit.html(
        "people/person.html",
        status=422 if refused else 200,
        person=found,
        own=found.id == visit.person.id,
        expired=_is_expired(visit, found),
        access=access or found.access,
        shown=shown or users.access_text(found.access),
        sessions=sessions(visit.hub, found.name),
        problems=visit.problems(refused) if refused else [],
        **_words(visit),
    )


def _is_expired(visit: Visit, found: Member) -> bool:
    return found.once_until is not None and found.once_until <= visit.hub.clock()


def _password(visit: Visit, shown: str, name: str, code: str) -> Response:
    return visit.html("people/password.html", shown=shown, name=name, code=code, done=visit.path("people"))


def _words(visit: Visit) -> dict[str, Any]:  # Any: what a template uses
    return {
        "roles": ROLES,
        "switches": SWITCHES,
        "names": names_of_sites(visit.hub, visit.company),
        "features": FEATURES,
    }
