"""The workers that post, and what people decide about exports that need them."""

from typing import Annotated, Any

import typer

from hub.cli.command import Connection, Here, command
from hub.cli.exports import ExportCode
from hub.cli.outcome import show_export, waited
from hub.cli.screen import print_rows, say

app = typer.Typer()


@command(app, "worker", company=False)
def worker(
    here: Here,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Its own name, no other worker's; else the machine's.")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=200, help="How many exports at a time.")] = 16,
) -> None:
    """Post what is exported, watch over it by night, export automatically: until stopped."""

    def ready(called: str) -> None:
        here.answer({"worker": called, "ready": True}, lambda: say(f"Worker {called} runs. Stop it with Ctrl+C."))

    here.opener.run_worker(here.home, name, threads=threads, ready=ready)


@command(app, "workers", company=False)
def workers(here: Here) -> None:
    """List the workers and when each gave its last sign of life."""
    from hub.service.posting.life import listed

    found = listed(here.hub)
    rows = [
        (each["worker"], "alive" if each["alive"] else "dead", each["started_at"], each["version"]) for each in found
    ]
    here.answer(found, lambda: print_rows(rows, "Worker", "", "Started", "Version", nothing="No worker runs."))


@command(app, "resume")
def resume(here: Here, export: ExportCode) -> None:
    """Take an export forward after seeing to what kept it."""
    from hub.service.posting.deciding import resume as go_on

    show_export(here, waited(here, go_on(here.hub, here.company, export)))


@command(app, "accept")
def accept(here: Here, export: ExportCode) -> None:
    """Take over what the accounting system recorded otherwise than it was sent."""
    from hub.service.posting.deciding import accept as take_over

    show_export(here, take_over(here.hub, here.company, export))


@command(app, "check")
def check(here: Here, connection: Connection = None) -> None:
    """Look now for what was edited, deleted or doubled in the accounting system."""
    from hub.service.checking import check_connections

    found = check_connections(here.hub, here.company, connection)
    rows = [(each["connection"], each["export"], each["reference"], _said(each)) for each in found]
    columns = ("Connection", "Export", "Reference", "Found")
    here.answer(found, lambda: print_rows(rows, *columns, nothing="Everything stands there as it was posted."))


def _said(found: dict[str, Any]) -> str:  # Any: what the check answers
    twice = f"there more than once: {', '.join(found['duplicates'])}" if found["duplicates"] else ""
    return "; ".join(each for each in (found["change"], twice) if each) or "as it was posted again"
