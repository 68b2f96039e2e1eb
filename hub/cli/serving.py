"""The web app, served from this machine."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.command import Here, command
from hub.cli.opener import Serving
from hub.cli.screen import quoted, say

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


@command(app, "sandbox", company=False)
def sandbox(
    here: Here,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The connector whose accounting system it stands in for.")
    ],
    port: Port = 0,
    seconds: StopAfter = None,
) -> None:
    """Run a stand-in for an accounting system: until stopped."""

    def ready(credentials: Mapping[str, str]) -> None:
        if here.json:
            typer.echo(json.dumps(dict(credentials)))
            sys.stdout.flush()
        else:
            _show_sandbox(name, credentials)

    here.opener.run_sandbox(name, Serving(port=port, stop_after_s=seconds), ready)


def _show_sandbox(name: str, credentials: Mapping[str, str]) -> None:
    address = credentials["base_url"]
    say(f"The stand-in for {name} is at {address}; its journals: {address}/_sandbox/ledger", "bold")
    say("To post to it, in another terminal:")
    settings = f"--set environment=local --set base_url={address}"
    typer.echo(f"  hub connections add --connector {name} --name {name} {settings}")
    typer.echo(f"  echo {quoted(json.dumps(dict(credentials)))} | hub connections sign-in {name} --from -")
    say("Stop it with Ctrl+C.")


def _show(address: str, code: str) -> None:
    if code:
        say(f"Nobody can sign in yet. Set up the first person: {address}/first-run", "bold")
        say(f"The code, good for a day: {code}")
    say(f"The hub is at {address}. Stop it with Ctrl+C.")
