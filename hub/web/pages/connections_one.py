"""One connection: its sign-in, its company, its chart, a trial, and its end; and the answer of the accounting system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hub.api import ConnectorError, ReconnectNeeded
from hub.domain.access import Feature
from hub.service.alarms.by_night import night_of
from hub.service.connecting.books_there import choose_company, companies_there
from hub.service.connecting.ending import disconnect
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.sign_in import begin, company_of, finish, share
from hub.service.connecting.standing import State, connections
from hub.service.connecting.trying import try_connection
from hub.service.connecting.typed_in import secrets_asked
from hub.service.context import NotFound, Refused, refuse
from hub.web.enabling import COME_BACK, ENABLE, act, came_from, flow, in_flow, its_page, keep_place
from hub.web.pages.connections import AT, badge_of
from hub.web.routes import Menu, page
from hub.web.settings_form import Setting, secrets_form

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

CALLBACK = COME_BACK
ENDED_THERE = "{connection} is disconnected, and {label} took the access back."
ENDED_HERE = "{connection} is disconnected. Take the hub's access back in {label} as well."
ENDED_SHARED = "{connection} is disconnected. The sign-in stays for the connections that share it."

KINDS: Mapping[str, str] = {"problem": "bad", "warning": "warn", "note": "note"}
"""How what the night found is marked, by its level."""

Done = dict[str, Any]  # Any: the JSON shape of a use case's answer


@page("GET", f"{AT}/one", needs=Feature.SETUP)
@page("GET", ENABLE, needs=Feature.SETUP, menu=Menu(section="Accounting Setup", title="Enable connector", order=4))
def show(visit: Visit) -> Response:
    """Show a connection and what can be done with it, or how far it is on the way to its first export."""
    if in_flow(visit) and not visit.heading.connections:
        return visit.go(visit.path("enable", "new"))
    return shown(visit, visit.query.get("connection"))


@page("POST", f"{AT}/connect", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/connect", needs=Feature.SETUP)
def connect(visit: Visit) -> Response:
    """Send the person to the accounting system; by a page of ours, as browsers let no form lead elsewhere."""

    def leave(connection: str) -> Response:
        url = begin(visit.hub, visit.company, connection, browser=visit.secret, redirect_url=redirect_url(visit))
        keep_place(visit, connection)
        label = _label(visit, connection)
        return visit.html(
            "connecting/leave.html", url=url, label=label, connection=connection, its_page=its_page(visit, connection)
        )

    return done_with(visit, leave)


@page("GET", CALLBACK)
def come_back(visit: Visit) -> Response:
    """Take what the accounting system sent the person back with."""
    answer = {name: values[0] for name, values in visit.query.fields.items()}
    visit.company = company_of(visit.hub, answer)
    visit.access = visit.person.access_to(visit.company) if visit.company else None
    if visit.company and not visit.may(Feature.SETUP):
        visit.missing()
    try:
        done = finish(visit.hub, visit.company, answer, browser=visit.secret)
    except NotFound:
        raise
    except (Refused, ConnectorError) as error:
        again = its_page(visit, came_from(visit)) if in_flow(visit) else ""
        return visit.html("connecting/not_connected.html", status=409, problems=problems_of(visit, error), again=again)
    return connected(visit, done)


@page("POST", f"{AT}/share", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/share", needs=Feature.SETUP)
def use_another(visit: Visit) -> Response:
    """Use the sign-in of another connection."""

    def shared(name: str) -> Response:
        other = visit.form.get("other")
        if other not in [each.name for each in visit.heading.connections]:
            raise refuse("sign_in_differs", "Choose the connection whose sign-in is to be used.")
        return connected(visit, share(visit.hub, visit.company, name, other))

    return done_with(visit, shared)


@page("GET", f"{AT}/companies", needs=Feature.SETUP)
@page("GET", f"{ENABLE}/companies", needs=Feature.SETUP)
def ask_company(visit: Visit) -> Response:
    """Ask the accounting system which companies there are, and the person which is meant."""
    connection = _name(visit, visit.query.get("connection"))
    if connection is None:
        return visit.go(visit.path("setup", "connections"))
    try:
        found = companies_there(visit.hub, visit.company, connection)
    except (Refused, ConnectorError) as error:
        return shown(visit, connection, problems_of(visit, error), refused=isinstance(error, ReconnectNeeded))
    return visit.html(
        "connecting/companies.html",
        connection=connection,
        found=found,
        label=_label(visit, connection),
        act=act(visit),
        its_page=its_page(visit, connection),
    )


@page("POST", f"{AT}/companies", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/companies", needs=Feature.SETUP)
def choose(visit: Visit) -> Response:
    """Choose the company that a connection posts to."""

    def chosen(name: str) -> Response:
        done = choose_company(visit.hub, visit.company, name, visit.form.get("company_id"))
        return back_to(visit, name, f"{name} posts to {done['name']}.")

    return done_with(visit, chosen)


@page("POST", f"{AT}/chart", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/chart", needs=Feature.SETUP)
def chart(visit: Visit) -> Response:
    """Read the chart of accounts now."""

    def read(name: str) -> Response:
        done = read_chart(visit.hub, visit.company, name)
        told = f"{done['accounts']} accounts were read: {done['added']} new, {done['changed']} changed, {done['gone']} gone."
        return back_to(visit, name, told)

    return done_with(visit, read)


@page("POST", f"{AT}/test", needs=Feature.SETUP)
@page("POST", f"{ENABLE}/test", needs=Feature.SETUP)
def test(visit: Visit) -> Response:
    """Ask the accounting system whether it lets the hub in."""

    def tried(name: str) -> Response:
        told = try_connection(visit.hub, visit.company, name)
        return shown(visit, name, told["problems"], reached=str(told["message"]), refused=refuses(told["problems"]))

    return done_with(visit, tried)


@page("POST", f"{AT}/disconnect", needs=Feature.SETUP)
def end(visit: Visit) -> Response:
    """Take the access back and forget it."""

    def ended(name: str) -> Response:
        if visit.form.get("yes") != "yes":
            return back_to(visit, name, "Nothing was changed: tick its box to disconnect.")
        done = disconnect(visit.hub, visit.company, name)
        words = ENDED_SHARED if done["shared_with"] else ENDED_THERE if done["revoked"] else ENDED_HERE
        return back_to(visit, name, words.format(**done))

    return done_with(visit, ended)


def redirect_url(visit: Visit) -> str:
    """Return the address that people come back to: of the operator's own address, else of the one that is served."""
    return (visit.options.public_url or f"http://{visit.request.headers['host']}") + CALLBACK


def problems_of(visit: Visit, error: Refused | ConnectorError) -> list[dict[str, object]]:
    """Return what a use case or a connector says, as the macro `problems` takes it."""
    if isinstance(error, Refused):
        return visit.problems(error)
    said = f"{error.message} ({error.code})" if error.code else error.message
    return [
        {"level": "problem", "blocking": True, "code": error.code or "connector_failed", "message": said, "fix": ""}
    ]


def refuses(problems: list[dict[str, object]]) -> bool:
    """Whether the accounting system was asked and does not let the hub in."""
    return any(each["code"] == "reconnect_needed" for each in problems)


def done_with(visit: Visit, work: Callable[[str], Response]) -> Response:
    """Do something with the connection that a form names, and show on its page what kept it from being done."""
    name = _name(visit, visit.form.get("connection"))
    if name is None:
        return visit.go(visit.path("setup", "connections"))
    try:
        return work(name)
    except NotFound:
        raise
    except (Refused, ConnectorError) as error:
        return shown(visit, name, problems_of(visit, error))


def connected(visit: Visit, done: Done) -> Response:
    """Lead on to what comes after connecting: to the choice of the company, or back to the connection."""
    name = done["connection"]
    if done["chosen"] is None:
        told = f"{name} is connected to {done['label']}. Choose its company."
        return visit.go(act(visit)("companies", connection=name), told=told)
    return back_to(visit, name, f"{name} is connected to {done['label']} and posts to {done['chosen']['name']}.")


def back_to(visit: Visit, connection: str, told: str) -> Response:
    """Lead back to a connection's page, or to the steps of enabling it, with a sentence at its top."""
    return visit.go(its_page(visit, connection), told=told)


def shown(
    visit: Visit,
    asked: str,
    problems: list[dict[str, object]] | None = None,
    *,
    reached: str = "",
    refused: bool = False,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    """Show a connection's page, where its own problems are put right.

    problems: of what was just tried, which its own ones follow; reached: that the accounting system answered; refused: that it
    does not let the hub in with what is stored; wrong: what is wrong with which of the secrets that were typed in.
    """
    name = _name(visit, asked)
    if name is None:
        return visit.go(visit.path("setup", "connections"))
    every = connections(visit.hub, visit.company)
    found = next(each for each in every if each["name"] == name)
    others = [
        each["name"]
        for each in every
        if each["name"] != name
        and each["sign_in"]
        and all(each[key] == found[key] for key in ("connector", "environment"))
    ]
    told = problems or []
    matters = {each["code"] for each in told}
    own = [{**each, "fix": ""} for each in _own_problems(found) if each["code"] not in matters]
    if refused and found["sign_in"]:
        found = {**found, "state": State.RECONNECT}
    steps = flow(visit, name, stuck=bool(told) and not reached) if in_flow(visit) else {}
    return visit.html(
        "enabling/flow.html" if steps else "connecting/one.html",
        **steps,
        act=act(visit),
        status=200 if problems is None or reached else 409,
        found=found,
        night=night_of(visit.hub, visit.company, name),
        kinds=KINDS,
        badge=badge_of(found),
        others=others,
        secrets=_secrets(visit, found, wrong),
        secrets_open=bool(wrong),
        problems=told + own,
        reached=reached,
    )


def _name(visit: Visit, asked: str) -> str | None:
    """Return the connection that is meant, the first where none is named, None where there is none."""
    names = [each.name for each in visit.heading.connections]
    if asked and asked not in names:
        visit.missing()
    return asked or (names[0] if names else None)


def _label(visit: Visit, connection: str) -> str:
    return next(each.label for each in visit.heading.connections if each.name == connection)


def _secrets(visit: Visit, found: Done, wrong: Mapping[str, str] | None) -> list[Setting]:
    if not found["types_secrets"]:
        return []
    return secrets_form(secrets_asked(visit.hub, visit.company, found["name"]), visit.form, wrong)


def _own_problems(connection: Done) -> list[dict[str, object]]:
    """Return a connection's problems, but that it waits for a step which its page shows as the next one."""
    waits = connection["state"] in (State.NOT_CONNECTED, State.CHOOSE_COMPANY)
    return [each for each in connection["problems"] if not (waits and each["blocking"])]
