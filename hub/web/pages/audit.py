"""The audit trail: who did what when, newest first, narrowed, as a file, and whether it is all as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.intake import cells
from hub.service import trail
from hub.service.imports import table_csv
from hub.service.trail import Search
from hub.web import trail_words
from hub.web.routes import Menu, page
from hub.web.row_edits import here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.service.trail import Told
    from hub.web.visit import Visit

AT = "/c/{company}/audit"
NARROWING = ("by", "kind", "since", "until", "thing")
FEW = 3
"""Changes of an entry that stand in the list; all of them on its own page."""
HEADER = (
    "Entry", "UTC", "By", "What", "Kind", "Action", "Of", "Row", "Changed", "Before", "After", "Told", "Seal",
)  # fmt: skip


@page("GET", AT, needs=Feature.AUDIT, menu=Menu(section="Company Setup", title="Audit trail", order=50))
def show(visit: Visit) -> Response:
    """List who did what, newest first, a page at a time."""
    search, wrong = _search(visit)
    found, older = trail.entries(visit.hub, visit.company, search, _number(visit.query.get("before")))
    asked = {name: visit.query.get(name) for name in NARROWING}
    return visit.html(
        "audit/trail.html",
        found=[trail_words.shown(each) for each in found],
        few=FEW,
        older=here(visit, before=str(found[-1].seq), verify="") if older else "",
        newest=here(visit, before="", verify="") if visit.query.get("before") else "",
        standing=trail.standing(visit.hub, visit.company, whole=visit.query.get("verify") == "yes"),
        verify=here(visit, verify="yes"),
        kinds=trail_words.KINDS,
        asked=asked,
        wrong=wrong,
        download=visit.path("audit", "file", **asked),
        narrowed=any(asked.values()),
    )


@page("GET", f"{AT}/file", needs=Feature.AUDIT)
def file(visit: Visit) -> Response:
    """Give all entries that are looked for as CSV, a line for each change."""
    search, _ = _search(visit)
    return visit.file(_csv(visit, search), f"{visit.company} audit trail.csv", "text/csv; charset=utf-8")


@page("GET", f"{AT}/{{entry}}", needs=Feature.AUDIT)
def show_entry(visit: Visit, entry: str) -> Response:
    """Show one entry with all that it tells."""
    number = _number(entry)
    if number is None:
        visit.missing()
    found = trail.entry(visit.hub, visit.company, number)
    return visit.html("audit/entry.html", entry=trail_words.shown(found), kinds=trail_words.KINDS)


def _csv(visit: Visit, search: Search) -> Iterator[bytes]:
    yield table_csv([HEADER])
    for some in trail.every_entry(visit.hub, visit.company, search):
        yield table_csv((row for each in some for row in _rows(each)), goes_on=True)


def _rows(told: Told) -> Iterator[list[str]]:
    each = trail_words.shown(told)
    kind = trail_words.KINDS.get(each.kind, "")
    begin = [str(told.seq), told.at[:19].replace("T", " "), told.actor, each.words, kind, told.action, told.subject]
    end = ["; ".join(f"{label}: {text}" for label, text in each.facts), told.seal]
    for line in each.lines:
        yield [*begin, line.row, line.what, line.before, line.after, *end]
    if not each.lines:
        yield [*begin, "", "", "", "", *end]


def _search(visit: Visit) -> tuple[Search, dict[str, str]]:
    """Return what the address asks for, and what is wrong with it by field, which does not narrow."""
    text = {name: visit.query.get(name) for name in NARROWING}
    days, wrong = {}, {}
    for name in ("since", "until"):
        try:
            days[name] = _day(text[name])
        except ValueError:
            wrong[name] = "Type a date from 1990 to 2100, such as 2026-10-31."
    actions, imports = trail_words.narrowed(text["kind"])
    search = partial(Search, actor=text["by"], thing=text["thing"], actions=actions, imports=imports)
    return search(since=days.get("since"), until=days.get("until")), wrong


def _day(text: str) -> date | None:
    return cells.day(text) if text else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
