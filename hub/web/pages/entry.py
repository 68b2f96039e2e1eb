"""The tab Inventory Adjustments for Export: every line and every problem is shown first, and what was shown is exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.domain.access import Feature
from hub.service.answering import export_as_shown
from hub.service.context import NotFound, Refused
from hub.service.criteria import accounts_of, names_of_sites, sites_of_date
from hub.service.previewing import preview
from hub.web import decisions, ledger, remedies
from hub.web.editing import Choices, Option, choices
from hub.web.pages.maps import connection_of
from hub.web.routes import page
from hub.web.words import counted

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

Preview = Mapping[str, Any]  # Any: the JSON shape `preview`
Problems = Sequence[Mapping[str, Any]]  # Any: the JSON shape of a problem
AT = "/c/{company}/export/entry"


@page("GET", AT, needs=Feature.EXPORT)
def show(visit: Visit) -> Response:
    """Show what would be exported, with everything that stands in the way and what can be done about it."""
    connection, day = connection_of(visit), _day(visit)
    if not connection or day is None:
        return visit.go(visit.path("export", connection=connection))
    decided = _decided(visit, connection)
    if decisions.is_new(visit.query):
        return visit.go(_path(visit, day, connection, decided))
    return _shown(visit, day, connection, decided)


@page("POST", AT, needs=Feature.EXPORT)
def export(visit: Visit) -> Response:
    """Export what was shown; where it is otherwise by now, or something is in the way, show it again and send nothing."""
    connection, day = connection_of(visit), _day(visit)
    if not connection or day is None:
        return visit.go(visit.path("export", connection=connection))
    decided = _decided(visit, connection)
    ticked = visit.form.all("yes")
    yes = decisions.answered(decided, ticked)
    _only_if_sees(visit, day, connection, decided)
    try:
        shown = visit.form.get("hash")
        done = export_as_shown(visit.hub, visit.company, day, connection, decided=decided, yes=yes, shown=shown)
    except NotFound:
        raise
    except Refused as error:
        return _shown(visit, day, connection, decided, refused=visit.problems(error))
    if done["export"] is None:
        return _shown(visit, day, connection, decided, refused=done["problems"], ticked=ticked)
    by = done["created_by"]
    told = (
        ""
        if by == visit.person.name
        else f"{by} had exported it already: this is that export, and nothing was sent twice."
    )
    return visit.go(visit.path("export", "progress", done["export"]), told=told)


def _day(visit: Visit) -> date | None:
    try:
        return date.fromisoformat(visit.query.get("count"))
    except ValueError:
        return None


def _decided(visit: Visit, connection: str) -> list[str]:
    typed = any(True for _ in visit.query.under("prior_account:"))
    return decisions.decided(visit.query, _accounts(visit, connection) if typed else None)


def _accounts(visit: Visit, connection: str) -> Choices:
    found = accounts_of(visit.hub, visit.company, connection)
    return choices((Option(value=value, words=title) for value, title in found), 1)


def _path(visit: Visit, day: date, connection: str, decided: Sequence[str]) -> str:
    return visit.path("export", "entry", count=day.isoformat(), connection=connection, decide=decided)


def _only_if_sees(
    visit: Visit, day: date, connection: str, decided: Sequence[str], found: Preview | None = None
) -> None:
    """Answer that there is no such page to who may not see each site of the count and of the entries' lines."""
    if visit.access is None or visit.access.sites is None:
        return
    visit.only_if_sees(sites_of_date(visit.hub, visit.company, connection, day))
    found = found or preview(visit.hub, visit.company, day, connection, decided)
    visit.only_if_sees({line["site"] for entry in found["entries"] for line in entry["lines"]})


def _shown(
    visit: Visit,
    day: date,
    connection: str,
    decided: Sequence[str],
    *,
    refused: Problems = (),
    ticked: Sequence[str] = (),
) -> Response:
    """Answer with the preview; refused: why what was asked for was not exported; ticked: the boxes that were."""
    found = preview(visit.hub, visit.company, day, connection, decided)
    _only_if_sees(visit, day, connection, decided, found)
    names, label = names_of_sites(visit.hub, visit.company), found["label"]
    known = {(problem["code"], problem["message"]) for problem in found["problems"]}
    told = remedies.remedies(visit, found["problems"], connection=connection, label=label)
    new = [each for each in refused if (each["code"], each["message"]) not in known and each["code"] not in ANSWERED]
    asked = [remedy for remedy in told if remedy.ask and remedy.ask.kind == "account"]
    journals = ledger.journals(found["entries"], names, found["currency"])
    return visit.html(
        "export/entry.html",
        status=409 if refused else 200,
        preview=found,
        connection=connection,
        here=_path(visit, day, connection, decided),
        without=lambda text: _path(visit, day, connection, [each for each in decided if each != text]),
        decided=decided,
        said=decisions.in_words(decided, names),
        journals=journals,
        lines=sum(journal.lines for journal in journals),
        waiting=[
            (ledger.anchor(f"{index}-", number), number)
            for index, journal in enumerate(journals, start=1)
            for number in journal.account_missing
        ],
        remedies=told,
        refused=remedies.remedies(visit, new, connection=connection, label=label),
        again=bool(refused),
        changed=any(problem["code"] == "figures_changed" for problem in refused),
        ticked=ticked,
        why=_why(told),
        blocked=any(remedy.level == "problem" for remedy in told) or _exported(found) != "",
        exported=_exported(found),
        accounts=_accounts(visit, connection) if asked else None,
        names=names,
    )


ANSWERED = ("not_acknowledged", "figures_changed")
"""Refusals that the page says in its own words: a box to tick, or figures to look at again."""


def _why(told: Sequence[remedies.Remedy]) -> str:
    """Say what Export waits for, empty where it waits for nothing."""
    problems = sum(len(remedy.said) + remedy.more for remedy in told if remedy.level == "problem")
    ticks = sum(1 for remedy in told if remedy.yes)
    waits = [f"put {counted(problems, 'problem')} right"] if problems else []
    waits += [f"answer {counted(ticks, 'warning')}"] if ticks else []
    said = " and ".join(waits)
    return f"{said[0].upper()}{said[1:]} to export." if said else ""


def _exported(found: Preview) -> str:
    """Return the code of the export that has exported this count already, empty where none has."""
    codes = [problem["where"]["export"] for problem in found["problems"] if problem["code"] == "already_exported"]
    return str(codes[0]) if codes else ""
