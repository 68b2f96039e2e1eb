"""The program `hub`: its commands by what people do with them, each loaded when it is called and not before."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import hub
from hub.cli.opener import Opener

SETUP, MONTH_END, OPERATION = "Set up", "Month's end", "Run the hub"

COMMANDS = {
    "company": ("companies", SETUP, "Companies and their settings."),
    "connections": ("connections", SETUP, "Connections: each one set of books in an accounting system."),
    "maps": ("maps", SETUP, "GL Account Maps: suggested, checked against the chart, copied, and as files."),
    "sites": ("sites", SETUP, "Sites that move to other books."),
    "categories": ("sites", SETUP, "Categories that a company no longer has."),
    "import": ("imports", MONTH_END, "Import a CSV or XLSX file of any kind."),
    "counts": ("exports", MONTH_END, "List the count dates that can be exported now."),
    "preview": ("exports", MONTH_END, "Show a count's journal and every problem, before anything is exported."),
    "export": ("exports", MONTH_END, "Export a count: post its journals, or write them to files."),
    "exports": ("exports", MONTH_END, "List the exports, newest first."),
    "confirm": ("exports", MONTH_END, "Say that an export's files were imported."),
    "undo": ("exports", MONTH_END, "Undo an export by opposite entries."),
    "resume": ("workers", MONTH_END, "Take an export forward after seeing to what kept it."),
    "accept": ("workers", MONTH_END, "Take over what the accounting system recorded otherwise than it was sent."),
    "check": ("workers", MONTH_END, "Look now for what was edited, deleted or doubled in the accounting system."),
    "look": ("looking", MONTH_END, "Look at connections now, as each night: access, chart, what was posted."),
    "files": ("exports", MONTH_END, "Write an export's files again, in any layout."),
    "report": ("reports", MONTH_END, "Show the journal adjustment of any count, exported or not."),
    "serve": ("serving", OPERATION, "Serve the web app, with a worker inside: until stopped."),
    "sandbox": ("serving", OPERATION, "Run a stand-in for an accounting system: until stopped."),
    "connectors": ("connectors", OPERATION, "How the hub is registered with accounting systems."),
    "keys": ("connectors", OPERATION, "The keys that seal secrets."),
    "users": ("users", OPERATION, "People: who may sign in, and what they may do."),
    "tokens": ("tokens", OPERATION, "Tokens with which programs use the REST API."),
    "worker": (
        "workers",
        OPERATION,
        "Post what is exported, watch over it by night, export automatically: until stopped.",
    ),
    "workers": ("workers", OPERATION, "List the workers and when each gave its last sign of life."),
    "audit": ("audit", OPERATION, "The audit trail: who did what, and whether it is all there."),
    "plugins": ("plugins", OPERATION, "List the plugins: installed, and broken with the reason."),
    "doctor": ("operation", OPERATION, "Check the hub's home and database."),
    "db": ("operation", OPERATION, "The hub's database."),
    "demo": ("operation", OPERATION, "The demo company."),
}
"""Each command's module, its place in the help, and its line there: the first of its own help."""


class Commands(TyperGroup):
    """Knows the commands by their lines, and loads the one that is called."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  typer keeps these types to itself
        super().__init__(**attributes)
        for name, (_, panel, line) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=line, rich_help_panel=panel))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  as above
        """Return the name, the whole command and its arguments."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load_command(str(name)), rest


def load_command(name: str) -> Any:  # noqa: ANN401  as above
    """Return a whole command, from the module that has it."""
    module = import_module(f"hub.cli.{COMMANDS[name][0]}")
    return typer.main.get_group(module.app).commands[name]


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
HOME = "hub.home"
"""Where `hub --home DIR command` leaves its folder in the context."""


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"hub {hub.__version__}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    home: Annotated[
        str | None, typer.Option(metavar="DIR", help="The hub's folder; else HUB_HOME, ./.hub or the user's own.")
    ] = None,
    version: Annotated[  # noqa: ARG001  its callback has ended the program
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """From a count of the stock to a balanced journal in the general ledger."""
    context.meta[HOME] = home


def run(opener: Opener, arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code: 0 done, 1 refused, 2 wrongly asked, 3 outcome not known yet."""
    sys.excepthook = _tell_unexpected
    for stream in (sys.stdout, sys.stderr):
        _print_what_the_encoding_can(stream)
    typer.main.get_command(app).main(args=arguments, prog_name="hub", obj=opener)


def _tell_unexpected(kind: type[BaseException], error: BaseException, trace: Any) -> None:  # noqa: ANN401  sys's own
    from hub.cli.refusal import tell_unexpected

    tell_unexpected(kind, error, trace)


def _print_what_the_encoding_can(stream: object) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")
