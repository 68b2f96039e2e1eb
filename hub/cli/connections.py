"""Connections: each one set of books in an accounting system."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.arguments import read_pairs
from hub.cli.command import Code, Here, command
from hub.cli.screen import print_problems, print_rows, quoted, say

app = typer.Typer()
connection_commands = typer.Typer(
    no_args_is_help=True, help="Connections: each one set of books in an accounting system."
)
app.add_typer(connection_commands, name="connections")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The connection.")]


@command(connection_commands, "add")
def connect(
    here: Here,
    connector: Annotated[str, typer.Option("--connector", metavar="ID", help="One that `hub plugins` lists.")],
    name: Annotated[str, typer.Option("--name", help="What you call these books, such as books.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting; KEY=@FILE reads it from a file.")
    ] = None,
) -> None:
    """Add a connection."""
    from hub.service.connecting.standing import connections
    from hub.service.connections import add_connection

    values = read_pairs(settings or [], files=True)
    environment = values.pop("environment", "production")
    add_connection(here.hub, here.company, connector=connector, name=name, settings=values, environment=environment)
    found = [each for each in connections(here.hub, here.company) if each["name"] == name] if here.json else []
    here.answer(found[0] if found else None, lambda: say(f"Added the connection {name}."))


@command(connection_commands, "list")
def list_connections(here: Here) -> None:
    """List a company's connections and how they stand."""
    from hub.service.connecting.standing import WORDS, State, connections

    found = connections(here.hub, here.company)
    rows = [
        (
            each["name"],
            each["label"],
            (each["company"] or {}).get("name", ""),
            "Paused" if each["paused"] else WORDS[State(each["state"])],
            each["paused"] or next((problem["message"] for problem in each["problems"]), each["problem"] or ""),
        )
        for each in found
    ]
    nothing = "There is no connection yet. Add one: hub connections add"
    columns = ("Connection", "Accounting system", "Company there", "State", "Problem")
    here.answer(found, lambda: print_rows(rows, *columns, nothing=nothing))


@command(connection_commands, "sign-in")
def sign_in(
    here: Here,
    name: Name,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="Holds what `hub sandbox` prints; - for standard input."),
    ] = None,
    share: Annotated[str | None, typer.Option("--share", metavar="NAME", help="Use this connection's sign-in.")] = None,
) -> None:
    """Connect with what a stand-in prints, or with another connection's sign-in; else in the browser."""
    from hub.service.connecting.sign_in import share as share_with
    from hub.service.connecting.sign_in import sign_in_with

    if (source is None) == (share is None):
        message = "Give --from or --share. People sign in in the browser: Accounting > Setup > Connections."
        raise typer.BadParameter(message, param_hint="--from")
    if share is not None:
        told = share_with(here.hub, here.company, name, share)
    else:
        told = sign_in_with(here.hub, here.company, name, read_line(source or "-"))
    here.answer(told, lambda: _show_connected(told))


@command(connection_commands, "secrets")
def secrets(
    here: Here,
    name: Name,
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIELD=@FILE…", help="What is asked for; FIELD=VALUE stays in your shell's history."),
    ] = None,
) -> None:
    """Store the secrets that an accounting system asks for, in place of those of before, and try them; else list the fields."""
    from hub.service.connecting.typed_in import secrets_asked, type_in

    if not fields:
        asked = secrets_asked(here.hub, here.company, name)
        found = [_field(each, shown, asked.get("required", ())) for each, shown in asked.get("properties", {}).items()]
        rows = [(each["field"], each["title"], "needed" if each["needed"] else "", each["about"]) for each in found]
        here.answer(found, lambda: print_rows(rows, "Field", "Called", "", "About", nothing="It asks for no secrets."))
        return
    told = type_in(here.hub, here.company, name, read_pairs(fields, files=True))

    def show() -> None:
        if told["problems"]:
            say(f"The secrets of {told['connection']} are stored, and {told['label']} was not reached with them:")
            print_problems(told["problems"], decidable=False)
        else:
            _show_connected(told)

    here.answer(told, show)
    here.stop(Code.REFUSED if told["problems"] else Code.DONE)


@command(connection_commands, "companies")
def companies(
    here: Here,
    name: Name,
    company_id: Annotated[str | None, typer.Option("--company-id", metavar="ID", help="Choose this one.")] = None,
) -> None:
    """List the companies that the sign-in reaches, or choose the one that the connection posts to."""
    from hub.service.connecting.books_there import choose_company, companies_there

    if company_id is not None:
        chosen = choose_company(here.hub, here.company, name, company_id)
        here.answer(chosen, lambda: say(f"{name} posts to {chosen['name']}."))
        return
    found = companies_there(here.hub, here.company, name)
    rows = [(each["id"], each["name"], each["currency"] or "", "chosen" if each["chosen"] else "") for each in found]
    here.answer(found, lambda: print_rows(rows, "Id", "Company", "Currency", "", nothing="It reaches no company."))


@command(connection_commands, "test")
def test(here: Here, name: Name) -> None:
    """Ask the accounting system, and say what is wrong and whose it is to act."""
    from hub.service.connecting.trying import try_connection

    told = try_connection(here.hub, here.company, name)

    def show() -> None:
        if told["message"]:
            say(told["message"])
        print_problems(told["problems"], decidable=False)

    here.answer(told, show)
    here.stop(Code.REFUSED if any(problem["blocking"] for problem in told["problems"]) else Code.DONE)


@command(connection_commands, "chart")
def chart(here: Here, name: Name) -> None:
    """Read the chart of accounts and the dimensions from the accounting system now."""
    from hub.service.connecting.live_chart import read_chart

    told = read_chart(here.hub, here.company, name)
    text = (
        f"{told['accounts']} accounts of {told['label']}: {told['added']} new, {told['changed']} changed, "
        f"{told['gone']} no longer there."
    )
    here.answer(told, lambda: say(text))


@command(connection_commands, "disconnect")
def disconnect(here: Here, name: Name) -> None:
    """Take the access back and forget it; maps and exports stay."""
    from hub.service.connecting.ending import disconnect as end

    told = end(here.hub, here.company, name)
    here.answer(told, lambda: say(ended_text(told)))


def ended_text(told: Mapping[str, Any]) -> str:  # Any: what disconnect() answers
    """Return what came of disconnecting, as people read it."""
    if told["shared_with"]:
        return f"{told['connection']} is disconnected. The sign-in stays for {', '.join(told['shared_with'])}."
    if told["revoked"]:
        return f"{told['connection']} is disconnected, and {told['label']} took the access back."
    return f"{told['connection']} is disconnected. Take the hub's access back in {told['label']} as well."


def read_line(source: str) -> dict[str, str]:
    """Return the texts of a JSON object in a file, or of a line of standard input; raises BadParameter."""
    text = sys.stdin.readline() if source == "-" else Path(source).read_text("utf-8-sig")
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise typer.BadParameter(
            "It holds no JSON object, such as `hub sandbox NAME --json` prints.", param_hint="--from"
        )
    return {str(key): value for key, value in told.items() if isinstance(value, str)}


def _field(name: str, shown: Mapping[str, Any], needed: Sequence[str]) -> dict[str, Any]:  # Any: JSON Schema
    return {
        "field": name,
        "title": shown.get("title", name),
        "needed": name in needed,
        "about": shown.get("description", ""),
    }


def _show_connected(told: Mapping[str, Any]) -> None:  # Any: what sign_in_with() answers
    say(f"{told['connection']} is connected to {told['label']}.")
    if told["chosen"]:
        say(f"It posts to {told['chosen']['name']}. Read its chart: hub connections chart {quoted(told['connection'])}")
        return
    print_rows([(each["id"], each["name"]) for each in told["companies"]], "Id", "Company")
    say(f"Choose one: hub connections companies {quoted(told['connection'])} --company-id ID")
