"""GL Account Maps: what is suggested, whether they still hold, maps of another company, and maps as files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.command import Code, Connection, Here, command
from hub.cli.screen import print_problems, print_rows, say

if TYPE_CHECKING:
    from hub.service.map_copying import CopyPlan

app = typer.Typer()
map_commands = typer.Typer(
    no_args_is_help=True, help="GL Account Maps: suggested, checked against the chart, copied, and as files."
)
app.add_typer(map_commands, name="maps")

KINDS = ("account-map", "site-map")


@command(map_commands, "suggest")
def suggest(
    here: Here,
    connection: Connection = None,
    accept: Annotated[bool, typer.Option("--accept", help="Map those that are sure enough.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="PERCENT", min=1, max=100, help="How sure is enough.")
    ] = None,
) -> None:
    """List what is suggested for each GL Account that is not mapped, with how sure it is and why."""
    from hub.service.map_accepting import accept_suggestions, suggested_maps
    from hub.service.setup_suggestions import SURE_ENOUGH

    name = _connection(here, connection)
    found = suggested_maps(here.hub, here.company, name)
    taken = accept_suggestions(here.hub, here.company, name, limit or SURE_ENOUGH) if accept else []
    rows = [(number, each.account.title, each.sure, each.reason) for number, each in found.items()]
    listed = [
        {
            "gl_account": number,
            "account_id": each.account.id,
            "account_number": each.account.number,
            "account_name": each.account.name,
            "sure": each.sure,
            "reason": each.reason,
            "accepted": number in taken,
        }
        for number, each in found.items()
    ]

    def show() -> None:
        nothing = "There is nothing to suggest."
        print_rows(rows, "GL Account", "Account", "Sure, %", "Why", right=("Sure, %",), nothing=nothing)
        if accept:
            say(f"Mapped: {len(taken)}.")

    here.answer(listed, show)


@command(map_commands, "check")
def check(
    here: Here,
    connection: Connection = None,
    read: Annotated[bool, typer.Option("--read", help="Read the chart of accounts first.")] = False,
) -> None:
    """Check a connection's maps against its chart: accounts gone, renamed, inactive or of another type."""
    from hub.service.map_health import check_maps, health_document, map_health

    name = _connection(here, connection)
    health = (check_maps if read else map_health)(here.hub, here.company, name)
    found = health_document(health)

    def show() -> None:
        print_problems(found["problems"])  # type: ignore[arg-type]  # as problem_document makes them
        if not health.problems:
            say("Every map is in order.")

    here.answer(found, show)
    here.stop(Code.REFUSED if any(problem.blocking for problem in health.problems) else Code.DONE)


@command(map_commands, "export")
def export_maps(
    here: Here,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="account-map or site-map.")],
    connection: Connection = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Write a connection's maps as the CSV file that import takes."""
    from hub.service.map_files import map_file

    if kind not in KINDS:
        raise typer.BadParameter(f"Choose one of: {', '.join(KINDS)}.", param_hint="KIND")
    name, content = map_file(here.hub, here.company, connection, kind)
    if out is None and not here.json:
        sys.stdout.write(content.decode("utf-8-sig").replace("\r\n", "\n"))
        return
    path = out or Path(f"{kind}-{name}.csv")
    path.write_bytes(content)
    here.answer({"file": str(path)}, lambda: say(f"Written: {path}"))


@command(map_commands, "copy")
def copy(
    here: Here,
    source: Annotated[str, typer.Option("--from", metavar="CODE", help="The company whose maps are copied.")],
    source_connection: Annotated[
        str | None, typer.Option("--from-connection", metavar="NAME", help="Its connection, where it has several.")
    ] = None,
    connection: Connection = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take them; without it, only what would be taken is shown.")
    ] = False,
) -> None:
    """Copy another company's GL Account Maps, where it uses the same connector; first show what would be taken."""
    from hub.service.map_copying import copy_maps, copy_plan

    name = _connection(here, connection)
    there = source_connection or _only_connection(here, source)
    plan = copy_plan(here.hub, here.company, name, (source, there), lambda _: True)
    taken = copy_maps(here.hub, here.company, name, plan, {each.gl.number for each in plan.taken}) if yes else 0
    document = {
        "from_company": source,
        "from_connection": there,
        "taken": [
            {"gl_account": each.gl.number, "account": each.account.title, "why": each.why} for each in plan.taken
        ],
        "left_out": [{"gl_account": each.gl.number, "why": each.why} for each in plan.skipped],
        "copied": taken,
    }
    here.answer(document, lambda: _show_copied(plan, taken, yes=yes))


def _show_copied(plan: "CopyPlan", taken: int, *, yes: bool) -> None:
    rows = [(each.gl.number, each.account.title, each.why) for each in plan.taken]
    print_rows(rows, "GL Account", "Account here", "Why", nothing="Nothing can be taken.")
    print_rows(
        [(each.gl.number, each.there.title, each.why) for each in plan.skipped], "Left out", "Account there", "Why"
    )
    say(f"Copied: {taken}." if yes else "Nothing was changed yet: --yes takes them.")


def _connection(here: Here, name: str | None) -> str:
    """Return the connection that is meant; raises as `reading` and `books` do."""
    from hub.service.scope import reading

    with reading(here.hub, here.company) as rows:
        return rows.books(name).name


def _only_connection(here: Here, company: str) -> str:
    from hub.service.scope import reading

    with reading(here.hub, company) as rows:
        return rows.books(None).name
