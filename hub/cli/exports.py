"""From the counts offered to a journal posted or in a file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.arguments import read_date
from hub.cli.command import Connection, CountDate, Decisions, Here, Out, command
from hub.cli.outcome import show_export, waited
from hub.cli.screen import money, print_rows, say, state_word

ExportCode = Annotated[str, typer.Argument(metavar="EXPORT", help="One that `hub exports` lists.")]


app = typer.Typer()


@command(app, "counts")
def counts(here: Here, connection: Connection = None) -> None:
    """List the count dates that can be exported now."""
    from hub.service.previewing import offered_counts

    found = offered_counts(here.hub, here.company, connection)
    rows = [
        (
            each["count_date"],
            each["connection"],
            ", ".join(each["sites"]),
            money(each["value"]),
            "← next" if each["default"] else "",
        )
        for each in found
    ]
    nothing = "No count is waiting: import an approved count that is newer than the last exported one."
    columns = ("Count date", "Connection", "Sites", "Value", "")
    here.answer(found, lambda: print_rows(rows, *columns, right=("Value",), nothing=nothing))


@command(app, "preview")
def preview(here: Here, count: CountDate = None, connection: Connection = None, decide: Decisions = None) -> None:
    """Show a count's journal and every problem, before anything is exported."""
    from hub.cli.journal import print_preview
    from hub.service.previewing import preview as look

    found = look(here.hub, here.company, read_date(count, "--count"), connection, decide or [])
    here.answer(found, lambda: print_preview(found))


@command(app, "export")
def export(
    here: Here,
    count: CountDate = None,
    connection: Connection = None,
    decide: Decisions = None,
    hash: Annotated[str | None, typer.Option("--hash", help="The hash of the preview you looked at.")] = None,
    out: Out = None,
) -> None:
    """Export a count: post its journals, or write them to files."""
    from hub.service.exporting import export as make

    day = read_date(count, "--count")
    made = make(here.hub, here.company, day, connection, decide or [], expected_hash=hash, out=out)
    show_export(here, waited(here, made))


@command(app, "exports")
def exports(here: Here, connection: Connection = None) -> None:
    """List the exports, newest first."""
    from hub.service.exporting import exports as made_so_far

    found = made_so_far(here.hub, here.company, connection)
    rows = [
        (
            each["export"],
            each["count_date"],
            each["sequence"],
            state_word(each["state"], str(each.get("label") or "")),
            ", ".join(posting["reference"] for posting in each["postings"]),
        )
        for each in found
    ]
    columns = ("Export", "Count date", "No.", "State", "References")
    here.answer(found, lambda: print_rows(rows, *columns, nothing="Nothing has been exported yet."))


@command(app, "confirm")
def confirm(here: Here, export: ExportCode) -> None:
    """Say that an export's files were imported."""
    from hub.service.undoing import confirm as accept

    show_export(here, accept(here.hub, here.company, export))


@command(app, "undo")
def undo(
    here: Here,
    export: ExportCode,
    preview: Annotated[bool, typer.Option("--preview", help="Show the opposite entries, and undo nothing.")] = False,
    decide: Decisions = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back an undo's file that was not imported.")
    ] = False,
    duplicate: Annotated[
        str | None, typer.Option(metavar="JOURNAL", help="Undo only this second journal of it, by its id there.")
    ] = None,
    out: Out = None,
) -> None:
    """Undo an export by opposite entries.

    A file that was not confirmed is withdrawn without one.
    """
    from hub.cli.journal import print_preview
    from hub.service import undoing

    if preview:
        found = undoing.preview_undo(here.hub, here.company, export, decide or [])
        here.answer(found, lambda: print_preview(found))
        return
    if duplicate is not None:
        from hub.service.posting.deciding import undo_duplicate

        made = undo_duplicate(here.hub, here.company, export, duplicate)
    else:
        made = undoing.undo(here.hub, here.company, export, decide or [], out=out, withdraw=withdraw)
    show_export(here, waited(here, made))


@command(app, "files")
def files(
    here: Here,
    export: ExportCode,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to put them into.")],
    layout: Annotated[str | None, typer.Option("--layout", help="Another layout than the connection's.")] = None,
) -> None:
    """Write an export's files again, in any layout."""
    from hub.service.filing import files as write

    written = [str(file) for file in write(here.hub, here.company, export, layout, out)]
    here.answer({"files": written}, lambda: _say_each(written))


def _say_each(lines: list[str]) -> None:
    for line in lines:
        say(line)
