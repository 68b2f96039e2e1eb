"""The report of one count: exported or not, line by line, on the screen or as a file."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.arguments import needed_date
from hub.cli.command import Connection, CountDate, Here, command
from hub.cli.journal import print_entries
from hub.cli.screen import money, print_problems, print_rows, say

Report = Mapping[str, Any]  # Any: the JSON shape of a report and its parts

app = typer.Typer()
_AMOUNTS = ("Prior", "Current", "Change")


@command(app, "report")
def report(
    here: Here,
    count: CountDate = None,
    connection: Connection = None,
    items: Annotated[bool, typer.Option("--items", help="With the items that were counted.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV: into FILE, or on the screen without one.")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="As a workbook, into FILE.")] = False,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Show the journal adjustment of any count, exported or not."""
    day = needed_date(count, "--count")
    if (xlsx and file is None) or (file is not None and not (csv or xlsx)) or (csv and xlsx):
        raise typer.BadParameter("give --csv FILE or --xlsx FILE", param_hint="FILE")
    from hub.service import reporting

    found = reporting.report(here.hub, here.company, day, connection, items=items)
    if file is not None:
        _write(found, file, workbook=xlsx)
        here.answer({"file": str(file)}, lambda: say(f"Wrote {file}"))
    elif csv:
        sys.stdout.write(reporting.report_csv(found))
    else:
        here.answer(found, lambda: _show(found))


def _write(found: Report, file: Path, *, workbook: bool) -> None:
    from hub.service import reporting

    try:
        if workbook:
            reporting.report_xlsx(found, file)
        else:
            file.write_text(reporting.report_csv(found), encoding="utf-8", newline="")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}", param_hint="FILE") from error


def _show(found: Report) -> None:
    from hub.service.reporting import trail_line

    say(found["title"], "bold")
    say(f"{found['company_name']} · {found['connection']} · {found['currency']}")
    print_rows(_changes(found), "Site", "Category", *_AMOUNTS, "Amended to", right=(*_AMOUNTS, "Amended to"))
    for site in found["sites"]:
        _show_items(site)
    print_entries(found)
    print_problems(found["problems"])
    say(trail_line(found), "dim")


def _changes(found: Report) -> Iterator[tuple[str, ...]]:
    for site in found["sites"]:
        for category in site["categories"]:
            yield site["name"], category["category"], *_figures(category), _amended(category)
        yield site["name"], "Total", *_figures(site), _amended(site)
    if found["totals"]:
        yield "All sites", "Total", *_figures(found["totals"]), ""


def _figures(part: Report) -> Iterator[str]:
    return (money(part[name.lower()]) for name in _AMOUNTS)


def _amended(part: Report) -> str:
    return money(part["amended"]["now"]) if part["amended"] else ""


def _show_items(site: Report) -> None:
    rows = [
        (site["name"], category["category"], item["item"], item["area"], item["quantity"], item["unit"],
         item["unit_cost"], money(item["value"]))
        for category in site["categories"]
        for item in category.get("items", ())
    ]  # fmt: skip
    if rows:
        columns = ("Site", "Category", "Item", "Area", "Quantity", "Unit", "Unit cost", "Value")
        print_rows(rows, *columns, right=("Quantity", "Unit cost", "Value"))
