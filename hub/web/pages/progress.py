"""An export on its way and what came of it: shown as it moves, then the journal's number or the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.context import NotFound
from hub.service.criteria import names_of_sites
from hub.service.history import export_story, standing
from hub.web import progress, remedies, states
from hub.web.following import Look, Standing, follow
from hub.web.routes import page
from hub.web.serving import session_at

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit


@page("GET", "/c/{company}/export/progress/{export}", needs=Feature.EXPORT)
def show(visit: Visit, export: str) -> Response:
    """Show how far an export has come; its undo has a page of its own in Export History."""
    now = standing(visit.hub, visit.company, export)
    story = export_story(visit.hub, visit.company, export)
    visit.only_if_sees(story["sites_of_lines"])
    if story["phase"] == "undo":
        return visit.go(visit.path("exports", export))
    connection, label = story["connection"], story["label"]
    can = states.doings(story)
    told = [problem for problem in story["problems"] if problem["level"] != "note" or problem["fix"]]
    return visit.html(
        "export/progress.html",
        story=story,
        badge=states.state_of(story),
        journal_badge=lambda journal: states.state_of_posting(journal["state"], label),
        headline=progress.headline(story),
        steps=progress.steps(story),
        changed=progress.changed_accounts(story),
        journals=[journal for journal in story["journals"] if journal["kind"] == "post"],
        remedies=remedies.remedies(visit, told, connection=connection, label=label),
        can=can,
        resumes=progress.may_be_resumed(story),
        mended_in_history=progress.may_be_mended(story),
        names=names_of_sites(visit.hub, visit.company),
        mark=now["mark"],
        still=visit.query.get("still") == "yes",
    )


@page("GET", "/c/{company}/exports/{export}/events", needs=Feature.VIEW, follows=True)
def events(visit: Visit, export: str) -> Response:
    """Tell whenever an export has moved on, as server-sent events; `mark` in the address: what the page shows already."""
    sites = export_story(visit.hub, visit.company, export)["sites_of_lines"]
    visit.only_if_sees(sites)
    seen = visit.request.headers.get("last-event-id") or visit.query.get("mark")
    streams = visit.request.app.state.streams
    return follow(streams, _look(visit, export, sites), seen, visit.options.stopping)


def _look(visit: Visit, export: str, sites: Sequence[str]) -> Look:
    """Return what looks where an export stands, for as long as who follows it is signed in and may see these sites."""

    def look() -> Standing | None:
        session = session_at(visit.request, visit.hub, visit.options, used=False)
        access = session.person.access_to(visit.company) if session else None
        if access is None or not access.may(Feature.VIEW) or not access.sees(sites):
            return None
        try:
            found = standing(visit.hub, visit.company, export)
        except NotFound:
            return None
        return Standing(mark=found["mark"], moving=found["moving"])

    return look
