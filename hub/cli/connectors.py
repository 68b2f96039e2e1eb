"""What the operator keeps for all companies: the hub's clients at accounting systems, and the keys of secrets."""

from typing import Annotated

import typer

from hub.cli.arguments import read_pairs
from hub.cli.command import Here, command
from hub.cli.screen import print_rows, say

app = typer.Typer()
connector_commands = typer.Typer(no_args_is_help=True, help="How the hub is registered with accounting systems.")
key_commands = typer.Typer(no_args_is_help=True, help="The keys that seal secrets.")
app.add_typer(connector_commands, name="connectors")
app.add_typer(key_commands, name="keys")

Connector = Annotated[str, typer.Argument(metavar="ID", help="One that `hub plugins` lists.")]
Values = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY=VALUE…", help="client_id, client_secret and environment; KEY=@FILE reads it from a file."
    ),
]


@command(connector_commands, "set", company=False)
def set_connector(here: Here, connector: Connector, values: Values) -> None:
    """Set the client id and secret under which an accounting system knows the hub."""
    from hub.service.connecting.clients import set_client

    environment = set_client(here.hub, connector, read_pairs(values, files=True))
    told = {"connector": connector, "environment": environment}
    here.answer(told, lambda: say(f"The hub's client for {connector} ({environment}) is set; its secret is sealed."))


@command(connector_commands, "list", company=False)
def list_connectors(here: Here) -> None:
    """List the connectors that people sign in to, and under which client."""
    from hub.service.connecting.clients import clients

    found = clients(here.hub)
    rows = [(each["connector"], each["environment"], each["client_id"] or "not set", each["set_by"]) for each in found]
    columns = ("Connector", "Environment", "Client", "Set by")
    here.answer(found, lambda: print_rows(rows, *columns, nothing="No connector needs a sign-in."))


@command(key_commands, "rotate", company=False)
def rotate(here: Here) -> None:
    """Seal every secret with a new key; the older ones stay, for back-ups."""
    from hub.service.connecting.keys import rotate_keys

    key, count = rotate_keys(here.hub)
    told = {"key": key, "secrets": count, "keys": here.hub.vault.keys.where}
    here.answer(told, lambda: say(f"{count} secrets are sealed with the key {key} now. Keep {told['keys']} safe."))
