"""Tokens with which programs use the REST API."""

from typing import Annotated

import typer

from hub.cli.arguments import read_date
from hub.cli.command import Here, command
from hub.cli.screen import print_rows, say

app = typer.Typer()
token_commands = typer.Typer(no_args_is_help=True, help="Tokens with which programs use the REST API.")
app.add_typer(token_commands, name="tokens")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call the token, such as the program's name.")]
SCOPES = "import, read or export"


@command(token_commands, "add")
def add(
    here: Here,
    name: Name,
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="SCOPE", help=f"What it is for: {SCOPES}; repeat as needed.")
    ],
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DATE", help="Its last day, such as 2027-10-31; else it has none."),
    ] = None,
) -> None:
    """Make a token for the company and show it, once."""
    from hub.domain.access import Scope
    from hub.service.tokens import add_token

    known = {each.value: each for each in Scope}
    if unknown := [each for each in scope if each not in known]:
        raise typer.BadParameter(f"“{unknown[0]}” is not a scope. A scope is {SCOPES}.", param_hint="--scope")
    scopes = frozenset(known[each] for each in scope)
    token = add_token(here.hub, here.company, name, scopes, read_date(expires, "--expires"))
    told = {"name": name, "token": token}
    here.answer(told, lambda: say(f"The token {name}, which is not shown again: {token}"))


@command(token_commands, "list")
def list_tokens(here: Here) -> None:
    """List the company's tokens, the newest first."""
    from hub.service.tokens import tokens

    found = tokens(here.hub, here.company)
    rows = [
        (
            each["name"],
            f"{each['starts']}…",
            ", ".join(each["scopes"]),
            each["state"],
            each["made_by"],
            each["last_day"] or "",
            (each["used_at"] or "")[:16].replace("T", " "),
        )
        for each in found
    ]
    columns = ("Token", "Begins", "For", "State", "Made by", "Last day", "Last used (UTC)")
    here.answer(found, lambda: print_rows(rows, *columns, nothing="There is no token yet."))


@command(token_commands, "revoke")
def revoke(here: Here, name: Name) -> None:
    """End a token for good."""
    from hub.service.tokens import revoke_token

    revoke_token(here.hub, here.company, name)
    here.answer({"name": name}, lambda: say(f"The token {name} is revoked."))
