"""Move sites to another connection: what will happen in figures before it is done, then that; and what is left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.api import Problem
from hub.domain.access import Feature
from hub.service.context import NotFound, Refused, problem_document
from hub.service.criteria import names_of_sites
from hub.service.enabling.moving import How, Plan, how_from, move, plan, waiting
from hub.service.set_up import sites
from hub.web import ledger, remedies
from hub.web.enabling import ENABLE
from hub.web.routes import page
from hub.web.row_edits import back

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.forms import Form
    from hub.web.visit import Visit

AT = f"{ENABLE}/move"
Made = Mapping[str, Mapping[str, Any]]  # Any: the JSON shape of an export
WORDS: Mapping[How, tuple[str, str]] = {
    How.OTHER_BOOKS: (
        "Other books",
        (
            "Each site’s inventory is closed in the books that it leaves, reversal only. Its opening values in the new books are "
            "asked for before its first export there."
        ),
    ),
    How.SAME_BOOKS: (
        "The same books, through another connector",
        (
            "Nothing is posted for the move. The next export reverses what the books carry, through the maps of the new "
            "connection, and asks you once more before it does."
        ),
    ),
}


@page("GET", AT, needs=Feature.SETUP)
def show(visit: Visit) -> Response:
    """Ask which sites move where; once that is said, show what will happen."""
    asked = visit.query
    if not asked.get("to"):
        return _shown(visit, asked)
    try:
        return _shown(visit, asked, found=_plan(visit, asked))
    except NotFound:
        raise
    except Refused as error:
        return _shown(visit, asked, refused=error.problems)


@page("POST", AT, needs=Feature.SETUP)
def make(visit: Visit) -> Response:
    """Make the move as it was shown."""
    form = visit.form
    try:
        found = _plan(visit, form)
        made = move(
            visit.acting().hub,
            visit.company,
            found,
            form.get("shown"),
            on=_date(form.get("on")),
            decisions=[text for text in form.all("yes") if text.startswith("acknowledge=")],
        )
    except NotFound:
        raise
    except Refused as error:
        return _shown(visit, form, refused=error.problems)
    if not_closed := [problem for each in made.values() if each["export"] is None for problem in each["problems"]]:
        return _shown(visit, form, found=_plan(visit, form), not_closed=not_closed)
    return visit.go(visit.path("enable", connection=found.to), told=_told(found, made))


def _plan(visit: Visit, asked: Form) -> Plan:
    how, to = how_from(asked.get("how")), asked.get("to")
    return plan(visit.hub, visit.company, asked.all("site"), to, how, on=_date(asked.get("on")))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _told(found: Plan, made: Made) -> str:
    names = ", ".join(each.name for each in found.moves)
    if found.how is How.SAME_BOOKS:
        return (
            f"{names} post to {found.to} from now on. The next export there asks whether their values are carried over."
        )
    closing = ", ".join(str(each["export"]) for each in made.values())
    posted = f" Closing: {closing}; see Export History." if closing else ""
    return f"{names} post to {found.to} from now on.{posted} Opening values come next."


def _shown(
    visit: Visit,
    asked: Form,
    found: Plan | None = None,
    *,
    refused: Sequence[Problem] = (),
    not_closed: Sequence[dict[str, object]] = (),
) -> Response:
    connections = visit.heading.connections
    known, names = sites(visit.hub, visit.company).sites, names_of_sites(visit.hub, visit.company)
    to, by_name = asked.get("to"), {each.name: each.label for each in connections}
    label = by_name.get(to, "the accounting system")
    told = [problem_document(each) for each in (*refused, *(found.problems if found else ()))] + list(not_closed)
    entries = [each.closing for each in found.moves if each.closing is not None] if found else []
    currency = found.moves[0].currency if found and found.moves else visit.heading.currency
    return visit.html(
        "enabling/move.html",
        status=409 if refused or not_closed else 200,
        sites=known,
        chosen=set(asked.all("site")),
        connections=[(each.name, f"{each.name} ({each.label})") for each in connections],
        asked=asked,
        words=[(how.value, *words) for how, words in WORDS.items()],
        plan=found,
        same_books=found is not None and found.how is How.SAME_BOOKS,
        journals=ledger.journals(entries, names, currency),
        remedies=remedies.remedies(visit, told, connection=to, label=label),
        not_closed=bool(not_closed),
        waiting=waiting(visit.hub, visit.company),
        names=names,
        labels=by_name,
        here=visit.path("enable", "move"),
        back=back(visit),
    )
