"""Looking at connections by hand, as each night."""

from typing import Any

import typer

from hub.cli.command import Code, Connection, Here, command
from hub.cli.screen import print_problems, say

app = typer.Typer()


@command(app, "look")
def look(here: Here, connection: Connection = None) -> None:
    """Look at connections now, as each night: access, chart, what was posted."""
    from hub.service.alarms.by_hand import look_at_connections

    found = look_at_connections(here.hub, here.company, connection)
    here.answer(found, lambda: _show(found))
    here.stop(Code.REFUSED if any(each["blocking"] for one in found for each in one["problems"]) else Code.DONE)


def _show(found: list[dict[str, Any]]) -> None:  # Any: JSON's own types
    for one in found:
        say(f"{one['connection']}: {_said(one)}")
        print_problems(one["problems"], decidable=False)


def _said(one: dict[str, Any]) -> str:  # Any: as above
    if one["problems"]:
        return "to be seen to."
    chart = one["chart"]
    read = f" Its chart has {chart['added']} new, {chart['changed']} changed and {chart['gone']} gone." if chart else ""
    return f"nothing was found.{read}" if one["checked"] else "there is nobody to be asked."
