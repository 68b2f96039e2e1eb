"""The report of one count: exported or not, line by line, on the screen or as a file."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.arguments import needed_date
from hub.cli.command import Connection, CountDate, Here, command

app = typer.Typer()


@command(app, "report")
def report(
    here: Here,
    count: CountDate = None,
    connection: Connection = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print it as CSV.")] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write it as a workbook.")] = None,
) -> None:
    """Show the journal adjustment of any count, exported or not."""
    from hub.service import reporting

    found = reporting.report(here.hub, here.company, needed_date(count, "--count"), connection)
    if csv:
        sys.stdout.write(reporting.report_csv(found))
    elif xlsx is not None:
        reporting.report_xlsx(found, xlsx)
        here.answer({"file": str(xlsx)}, lambda: _say_written(xlsx))
    else:
        here.answer(found, lambda: _show(found))


def _say_written(file: Path) -> None:
    from hub.cli.screen import say

    say(f"Wrote {file}")


def _show(found: Mapping[str, Any]) -> None:  # Any: the JSON shape of a report
    from hub.cli.journal import print_preview

    print_preview(found)
