"""People: who may sign in to the web app, and what they may do in which company."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.command import Here, command
from hub.cli.screen import print_rows, say

if TYPE_CHECKING:
    from hub.domain.access import Role as RoleOf

app = typer.Typer()
user_commands = typer.Typer(no_args_is_help=True, help="People: who may sign in, and what they may do.")
app.add_typer(user_commands, name="users")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the person signs in with, such as an e-mail address.")]
Role = Annotated[
    str | None, typer.Option("--role", metavar="ROLE", help="In the company: viewer, exporter or administrator.")
]
Sites = Annotated[
    list[str] | None, typer.Option("--site", metavar="CODE", help="Only this site of the company; repeat as needed.")
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="FILE", help="Holds the password, - for standard input; else a one-time one is made."
    ),
]


@command(user_commands, "first", company=False)
def first(here: Here) -> None:
    """Show a new one-time code with which the first person sets themselves up."""
    from hub.service.first_run import new_code

    code = new_code(here.hub)
    here.answer({"code": code}, lambda: say(f"The code, good for a day, on the page /first-run: {code}"))


@command(user_commands, "add")
def add(
    here: Here,
    name: Name,
    full_name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the person is called.")] = "",
    role: Role = None,
    site: Sites = None,
    support: Annotated[bool, typer.Option("--support", help="Give access to every company instead.")] = False,
    source: From = None,
) -> None:
    """Add a person, with a role in the company or as support."""
    from hub.service.people import add_person, give_access

    if support == (role is not None):
        raise typer.BadParameter("Give either --role, with the company, or --support.", param_hint="--role")
    chosen = _role(role) if role else None
    company = here.company if chosen else ""
    password = _password(source)
    add_person(here.hub, name, password=password, full_name=full_name, support=support, once=source is None)
    if chosen:
        give_access(here.hub, company, name, chosen, site or None)
    _show_password(here, name, password, made=source is None)


@command(user_commands, "access")
def access(
    here: Here,
    name: Name,
    role: Role = None,
    site: Sites = None,
    none: Annotated[bool, typer.Option("--none", help="Take the person's access to the company away.")] = False,
) -> None:
    """Give a person access to the company, in place of what they had, or take it away."""
    from hub.service.people import give_access, take_access

    if none == (role is not None):
        raise typer.BadParameter("Give either --role or --none.", param_hint="--role")
    if role is None:
        take_access(here.hub, here.company, name)
    else:
        give_access(here.hub, here.company, name, _role(role), site or None)
    here.answer({"name": name, "role": role}, lambda: say(f"{name}: {role or 'no access'}."))


@command(user_commands, "list", company=False)
def list_people(here: Here) -> None:
    """List everyone who may sign in."""
    from hub.service.people import people

    found = people(here.hub)
    rows = [(each["name"], each["full_name"], _access(each)) for each in found]
    here.answer(found, lambda: print_rows(rows, "Name", "", "Access", nothing="Nobody can sign in yet."))


@command(user_commands, "password", company=False)
def password(here: Here, name: Name, source: From = None) -> None:
    """Give a person another password; wherever they are signed in, they are signed out."""
    from hub.service.people import set_password

    new = _password(source)
    set_password(here.hub, name, new, once=source is None)
    _show_password(here, name, new, made=source is None)


@command(user_commands, "sign-out", company=False)
def sign_out(here: Here, name: Name) -> None:
    """End every session of a person."""
    from hub.service.signing_in import end_sessions

    end_sessions(here.hub, name)
    here.answer({"name": name}, lambda: say(f"{name} is signed out everywhere."))


@command(user_commands, "remove", company=False)
def remove(here: Here, name: Name) -> None:
    """Remove a person; what they did stays in the audit trail."""
    from hub.service.people import remove_person

    remove_person(here.hub, name)
    here.answer({"name": name}, lambda: say(f"{name} is removed."))


def _role(text: str) -> "RoleOf":
    from hub.domain.access import Role

    known = [role.value for role in Role if role is not Role.SUPPORT]
    if text not in known:
        raise typer.BadParameter(f"A role is {', '.join(known)}.", param_hint="--role")
    return Role(text)


def _password(source: str | None) -> str:
    from hub.service.passwords import random_code

    if source is None:
        return random_code()
    text = sys.stdin.readline() if source == "-" else Path(source).read_text("utf-8")
    return text.removesuffix("\n").removesuffix("\r")


def _show_password(here: Here, name: str, password: str, *, made: bool) -> None:
    told = {"name": name, "password": password if made else None}
    once = f"{name} signs in with {password} within three days, and then chooses their own password."
    shown = once if made else f"{name} signs in with this password."
    here.answer(told, lambda: say(shown))


def _access(person: dict[str, object]) -> str:
    if person["support"]:
        return "support, every company"
    held = person["access"]
    assert isinstance(held, list)
    return "; ".join(f"{each['role']} of {each['company']}{_less(each)}" for each in held)


def _less(access: Mapping[str, Any]) -> str:  # Any: what the service returns
    """Return what is less than the role has, in brackets."""
    said = []
    if access["sites"]:
        said.append(", ".join(access["sites"]))
    if access["exports"] is not None:
        said.append(f"exports {', '.join(access['exports']) or 'nothing'}")
    if access["switched_off"]:
        said.append(f"without {', '.join(access['switched_off'])}")
    return f" ({'; '.join(said)})" if said else ""
