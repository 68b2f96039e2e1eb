"""Importing a file, and what was wrong with it row by row."""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from hub.cli.command import Code, Connection, Here, command
from hub.cli.screen import print_rows, say

if TYPE_CHECKING:
    from hub.api import Account, File
    from hub.service.importing import ImportResult

SAY_EVERY_S, SAY_AGAIN_S = 2, 0.2


app = typer.Typer()


@command(app, "import")
def import_file(
    here: Here,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What the file holds, such as counts.")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A CSV or XLSX file.")] = None,
    template: Annotated[bool, typer.Option("--template", help="Print the header and an example row.")] = False,
    encoding: Annotated[str, typer.Option("--encoding", help="Of a CSV file, such as cp1252.")] = "utf-8",
    valid_rows: Annotated[bool, typer.Option("--valid-rows", help="Take the good rows of a file with errors.")] = False,
    connection: Connection = None,
) -> None:
    """Import a CSV or XLSX file of any kind.

    Nothing is stored unless every row is good, or --valid-rows was asked for.
    """
    from hub.service import importing

    if kind not in importing.KINDS:
        message = f"There is no import kind “{kind}”. The kinds are: {', '.join(importing.KINDS)}."
        raise typer.BadParameter(message, param_hint="KIND")
    if template:
        sys.stdout.write(importing.template(kind))
        return
    if file is None:
        raise typer.BadParameter("Name the file to import, or ask for --template.", param_hint="FILE")
    with RowsRead(sys.stderr) as rows:
        result = importing.import_file(
            here.hub.database,
            here.company,
            kind,
            file,
            actor=here.hub.actor,
            now=here.hub.clock(),
            encoding=encoding,
            valid_rows=valid_rows,
            connection=connection,
            progress=rows.read,
            chart_reader=_chart_reader(here, connection) if kind == "chart" else None,
        )
    here.answer(_shape(result), lambda: _show(result))
    here.stop(Code.DONE if result.stored else Code.REFUSED)


class RowsRead:
    """Says how many rows were read, once an import takes longer than a moment.

    clock: seconds, as time.monotonic counts them; where: usually stderr, so that what is printed stays clean.
    """

    def __init__(self, where: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._where, self._clock = where, clock
        self._on_one_line = where.isatty()
        self._due = clock() + SAY_EVERY_S
        self._said = False

    def __enter__(self) -> "RowsRead":
        return self

    def __exit__(self, *_: object) -> None:
        if self._said and self._on_one_line:
            self._where.write("\n")

    def read(self, rows: int) -> None:
        """Say it where it is due; on a terminal always on the same line."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + (SAY_AGAIN_S if self._on_one_line else SAY_EVERY_S)
        self._where.write(f"\r{rows:,} rows read" if self._on_one_line else f"{rows:,} rows read\n")
        self._where.flush()
        self._said = True


def _chart_reader(here: Here, name: str | None) -> "Callable[[File], Iterable[Account]] | None":
    """Return what reads a chart in the format of the connection's accounting system, None where it cannot."""
    from hub.api import Capability
    from hub.service.connecting.standing import connections

    found = connections(here.hub, here.company)
    meant = [each for each in found if each["name"] == name] if name else found
    if len(meant) != 1:
        return None
    connector = here.hub.registry.connector(str(meant[0]["connector"]))
    return connector.read_chart if connector.can(Capability.READ_CHART) else None


def _shape(result: "ImportResult") -> dict[str, Any]:  # Any: a JSON object
    amended = [{"site": each.site, "count_date": each.count_date.isoformat()} for each in result.amended]
    return asdict(result) | {"amended": amended}


def _show(result: "ImportResult") -> None:
    things = "counts" if result.kind == "counts" else "rows"
    if result.stored:
        say(
            f"{result.kind}: {result.rows:,} rows read; {things} added {result.added:,}, changed {result.changed:,}, "
            f"unchanged {result.unchanged:,}" + (f", removed {result.removed:,}" if result.removed else "") + "."
        )
    else:
        say(f"{result.kind}: nothing was stored, because of {result.error_count:,} errors.", "bold red")
    if result.left_out:
        say(f"Left out, because of their errors: {result.left_out:,}.", "yellow")
    if result.errors:
        rows = [(each.row or "file", each.column, each.rule, each.message, each.value) for each in result.errors]
        print_rows(rows, "Row", "Column", "Rule", "What is wrong", "It said", right=("Row",))
    _say_more(len(result.errors), result.error_count, "errors")
    for note in result.notes:
        say(f"Note, row {note.row}: {note.message}", "dim")
    _say_more(len(result.notes), result.note_count, "notes")
    for count in result.amended:
        say(f"The count of {count.site} on {count.count_date} now differs from what was exported.", "yellow")


def _say_more(shown: int, found: int, what: str) -> None:
    if found > shown:
        say(f"… and {found - shown:,} more {what}.")
