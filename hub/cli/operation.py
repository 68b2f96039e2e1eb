"""Running the hub: its health, its database, and the demo company."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.command import Code, Here, command
from hub.cli.opener import Serving
from hub.cli.serving import Log, Port, StopAfter

if TYPE_CHECKING:
    from hub.demo.networked import Beside


app = typer.Typer()
database_commands = typer.Typer(no_args_is_help=True, help="The hub's database.")
demo_commands = typer.Typer(no_args_is_help=True, help="The demo company.")
app.add_typer(database_commands, name="db")
app.add_typer(demo_commands, name="demo")


@command(app, "doctor", company=False)
def doctor(here: Here) -> None:
    """Check the hub's home and database."""
    from hub.cli.screen import print_problems, say
    from hub.service.doctoring import doctor as examine

    found = examine(here.hub)
    here.answer({"problems": found}, lambda: print_problems(found, decidable=False) if found else say("All is well."))
    here.stop(Code.REFUSED if any(problem["blocking"] for problem in found) else Code.DONE)


@command(database_commands, "upgrade", company=False)
def upgrade(here: Here) -> None:
    """Bring the database to this version's schema; running it again changes nothing."""
    from hub.cli.screen import say

    name = here.opener.upgrade(here.home)
    here.answer({"database": name}, lambda: say(f"{name} is ready."))


@command(database_commands, "backup", company=False)
def backup(
    here: Here, file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file to write the copy into.")]
) -> None:
    """Copy the database whole while it is in use; on PostgreSQL use pg_dump."""
    from hub.cli.screen import say
    from hub.service.restoring import back_up

    back_up(here.hub, file)
    here.answer(
        {"file": str(file)}, lambda: say(f"The database is copied to {file}. Keep it apart from the hub's folder.")
    )


@command(database_commands, "restored", company=False)
def restored(
    here: Here,
    over: Annotated[bool, typer.Option("--over", help="What is missing was made up for: search no longer.")] = False,
) -> None:
    """Say that the database is an older copy: each journal is searched for there before it is sent."""
    from hub.cli.screen import say
    from hub.service.restoring import end_search, search_first

    if over:
        end_search(here.hub)
    else:
        search_first(here.hub, on=True)
    told = "Journals are sent without a search again." if over else "Each journal is searched for before it is sent."
    here.answer({"search_first": not over}, lambda: say(told))


@command(demo_commands, "load", company=False)
def load(here: Here) -> None:
    """Load the demo company; loading it again changes nothing."""
    from hub.cli.screen import say
    from hub.demo.loading import COMPANY
    from hub.demo.loading import load as load_demo

    load_demo(here.hub)
    here.answer({"company": COMPANY}, lambda: say(f"The demo company is loaded: {COMPANY}."))


@command(demo_commands, "run", company=False)
def run(here: Here) -> None:
    """Load the demo company, show one of its journals and where its file is."""
    _run_demo(here)


@command(demo_commands, "serve", company=False)
def serve(here: Here, port: Port = 8000, seconds: StopAfter = None, log: Log = None) -> None:
    """Do what `demo run` does, then serve the web app and print three sign-ins: until stopped."""
    from hub.demo.networked import load_beside
    from hub.demo.people import sign_ins

    _run_demo(here)
    with here.opener.stand_ins(port + 1 if port else 0) as running:
        beside = load_beside(here.hub, running.credentials)
        made = sign_ins(here.hub)

        def ready(address: str, _code: str) -> None:
            running.register(address)
            told = {"address": address, "sign_ins": made, "stand_ins": [each._asdict() for each in beside]}
            here.answer(told, lambda: _show_served(address, made, beside))

        log = log or here.hub.home / "serve.log"
        here.opener.serve(here.home, Serving(port=port, stop_after_s=seconds, log=log), ready)


def _run_demo(here: Here) -> None:
    from hub.demo.loading import load as load_demo
    from hub.demo.showing import show

    load_demo(here.hub)
    shown = show(here.hub)
    here.answer(shown, lambda: _show_demo(here, shown))


def _show_served(address: str, made: dict[str, str], beside: "list[Beside]") -> None:
    from hub.cli.screen import say

    say("")
    say(f"The hub is at {address}", "bold")
    for name, password in made.items():
        say(f"  sign in as {name:<14} password {password}")
    if not made:
        say("  sign in as one of those whom `hub users list` shows")
    for each in beside:
        say(f"  {each.code} posts to a stand-in for {each.label}, whose journals are at {each.address}/_sandbox/ledger")
        if each.types_secrets:
            say(f"    its keys, which support types in under {each.code} > Connections, are at {each.address}/")
    say("Stop it with Ctrl+C.")


def _show_demo(here: Here, shown: dict[str, Any]) -> None:  # Any: what hub.demo returns
    from hub.cli.journal import print_preview
    from hub.cli.screen import say

    print_preview(shown["journal"])
    for posting in shown["export"]["postings"]:
        say(f"Its file: {posting['receipt']['file']}", "bold")
    say("")
    say("Five commands to try:", "bold")
    program = program_name() + (f" --home {here.home}" if here.home else "")
    for line in shown["commands"]:
        say(f"  {program}{line.removeprefix('hub')}")


def program_name() -> str:
    """Return how this program is called from here."""
    if shutil.which("hub"):
        return "hub"
    called = os.path.relpath(sys.argv[0])
    return called if Path(called).name == "hub" else "hub"
