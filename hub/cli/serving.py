"""The web app, served from this machine."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.command import Here, command
from hub.cli.opener import Serving
from hub.cli.screen import say

app = typer.Typer()

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")]
StopAfter = Annotated[
    int | None, typer.Option("--seconds", min=1, metavar="N", help="Stop by itself after so many seconds.")
]
Log = Annotated[Path | None, typer.Option("--log", metavar="FILE", help="Where its log goes; else standard error.")]


@command(app, "serve", company=False)
def serve(
    here: Here,
    port: Port = 8000,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether a worker runs inside, or others run elsewhere.")
    ] = True,
    seconds: StopAfter = None,
    log: Log = None,
) -> None:
    """Serve the web app, with a worker inside: until stopped."""

    def ready(address: str, code: str) -> None:
        told = {"address": address, "first_run": {"address": f"{address}/first-run", "code": code} if code else None}
        here.answer(told, lambda: _show(address, code))

    here.opener.serve(here.home, Serving(port=port, worker=worker, stop_after_s=seconds, log=log), ready)


def _show(address: str, code: str) -> None:
    if code:
        say(f"Nobody can sign in yet. Set up the first person: {address}/first-run", "bold")
        say(f"The code, good for a day: {code}")
    say(f"The hub is at {address}. Stop it with Ctrl+C.")
