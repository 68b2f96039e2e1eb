"""Connections: each one set of books in an accounting system."""

from typing import Annotated

import typer

from hub.cli.arguments import read_pairs
from hub.cli.command import Here, command
from hub.cli.screen import print_rows, say

app = typer.Typer()
connection_commands = typer.Typer(
    no_args_is_help=True, help="Connections: each one set of books in an accounting system."
)
app.add_typer(connection_commands, name="connections")


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
    from hub.service.connections import add_connection, connections

    values = read_pairs(settings or [], files=True)
    environment = values.pop("environment", "production")
    add_connection(here.hub, here.company, connector=connector, name=name, settings=values, environment=environment)
    found = [each for each in connections(here.hub, here.company) if each["name"] == name] if here.json else []
    here.answer(found[0] if found else None, lambda: say(f"Added the connection {name}."))


@command(connection_commands, "list")
def list_connections(here: Here) -> None:
    """List a company's connections."""
    from hub.service.connections import connections

    found = connections(here.hub, here.company)
    rows = [(each["name"], each["label"], each["connector"], each["problem"] or "") for each in found]
    nothing = "There is no connection yet. Add one: hub connections add"
    columns = ("Connection", "Accounting system", "Connector", "Problem")
    here.answer(found, lambda: print_rows(rows, *columns, nothing=nothing))
