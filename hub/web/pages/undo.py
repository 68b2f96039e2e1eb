"""Undo of an export: its opposite entry is shown first, and what is then posted is what was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hub.domain.access import Feature
from hub.service.answering import undo_as_shown
from hub.service.context import Refused
from hub.service.criteria import names_of_sites
from hub.service.exporting import preview_undo
from hub.service.history import export_story
from hub.web import decisions, ledger, remedies
from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

Problems = Sequence[Mapping[str, Any]]  # Any: the JSON shape of a problem
AT = "/c/{company}/exports/{export}/undo"


@page("GET", AT, needs=Feature.EXPORT)
def preview(visit: Visit, export: str) -> Response:
    """Show the opposite entry of an export, with what has to be decided first."""
    if _is_undone(visit, export):
        return visit.go(visit.path("exports", export))
    decided = decisions.decided(visit.query)
    if decisions.is_new(visit.query):
        return visit.go(visit.path("exports", export, "undo", decide=decided))
    return _shown(visit, export, decided)


@page("POST", AT, needs=Feature.EXPORT)
def undo(visit: Visit, export: str) -> Response:
    """Undo what was shown; where it is otherwise by now, show it again."""
    if _is_undone(visit, export):
        return visit.go(visit.path("exports", export), told="Its undo was asked for before.")
    decided = decisions.decided(visit.form)
    yes = decisions.answered(decided, visit.form.all("yes"))
    try:
        done = undo_as_shown(visit.hub, visit.company, export, decided=decided, yes=yes, shown=visit.form.get("hash"))
    except Refused as error:
        if _is_undone(visit, export):
            return visit.go(visit.path("exports", export), told="Its undo was asked for before.")
        return _shown(visit, export, decided, visit.problems(error))
    if done["phase"] != "undo" and done["state"] != "UNDONE":
        return _shown(visit, export, decided, done["problems"])
    return visit.go(visit.path("exports", export), told=_told(done))


def _is_undone(visit: Visit, export: str) -> bool:
    """Whether an undo was asked for before; there is no such page for who may not see each site of the export."""
    story = export_story(visit.hub, visit.company, export)
    visit.only_if_sees(story["sites_of_lines"])
    return bool(story["phase"] == "undo" or story["state"] == "UNDONE")


def _told(done: Mapping[str, Any]) -> str:
    if done["state"] == "UNDONE":
        return "Undone. Its counts can be exported again."
    if done["state"] == "FILE_READY":
        return "The file with the opposite entry is ready: download it, import it, then confirm it here."
    return f"The opposite entry is on its way to {done['label']}."


def _shown(visit: Visit, export: str, decided: Sequence[str], refused: Problems = ()) -> Response:
    """Answer with the preview; refused: why the undo that was asked for was not done."""
    found = preview_undo(visit.hub, visit.company, export, decided)
    story = export_story(visit.hub, visit.company, export)
    names = names_of_sites(visit.hub, visit.company)
    connection, label = found["connection"], found["label"]
    known = {(problem["code"], problem["message"]) for problem in found["problems"]}
    new = [each for each in refused if (each["code"], each["message"]) not in known]
    return visit.html(
        "history/undo.html",
        status=409 if refused else 200,
        story=story,
        preview=found,
        refused=remedies.remedies(visit, new, connection=connection, label=label),
        again=bool(refused),
        remedies=remedies.remedies(visit, found["problems"], connection=connection, label=label),
        blocked=any(problem["blocking"] for problem in found["problems"]),
        journals=ledger.journals(found["entries"], names, found["currency"]),
        decided=decided,
        said=decisions.in_words(decided, names),
        names=names,
    )
