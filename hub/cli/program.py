"""The program `hub`: its commands by what people do with them, and how it is run."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import hub
from hub.cli import companies, exports, imports, operation, reports
from hub.cli.command import HOME, Home, Opener
from hub.cli.refusal import tell_unexpected

app = typer.Typer(
    name="hub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
SETUP, MONTH_END, OPERATION = "Set up", "Month's end", "Run the hub"


@app.callback()
def begin(
    context: typer.Context,
    home: Home = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """From a count of the stock to a balanced journal in the general ledger."""
    context.meta[HOME] = home
    if version:
        typer.echo(f"hub {hub.__version__}")
        raise typer.Exit


companies.add_to(app, SETUP)
imports.add_to(app, MONTH_END)
exports.add_to(app, MONTH_END)
reports.add_to(app, MONTH_END)
operation.add_to(app, OPERATION)


def run(opener: Opener, arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code: 0 done, 1 refused, 2 wrongly asked, 3 outcome not known yet."""
    sys.excepthook = tell_unexpected
    for stream in (sys.stdout, sys.stderr):
        _print_what_the_encoding_can(stream)
    typer.main.get_command(app).main(args=arguments, prog_name="hub", obj=opener)


def _print_what_the_encoding_can(stream: object) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")
