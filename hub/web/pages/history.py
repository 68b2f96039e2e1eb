"""Export History: what was exported, how each export stands, the evidence of every call, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hub.api import ConnectorError
from hub.domain.access import Feature
from hub.service import exporting
from hub.service.context import NotFound, Refused
from hub.service.criteria import names_of_sites
from hub.service.history import export_story, history
from hub.service.posting import deciding, watching
from hub.service.settling import settle
from hub.web import ledger, remedies, states
from hub.web.routes import Menu, page
from hub.web.row_edits import back

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

Story = Mapping[str, Any]  # Any: the JSON shape that export_story returns
AT = "/c/{company}/exports/{export}"
ORDER = ("post", "undo", "duplicate")
TOLD: Mapping[str, str] = {
    "POSTED": "Posted.",
    "UNDONE": "Undone. Its counts can be exported again.",
    "FILE_READY": "The file is ready: download it, import it, then confirm it here.",
    "REJECTED": "It was refused again: see below.",
    "MISMATCH": "It was recorded otherwise than it was sent: see below.",
}
ON_ITS_WAY = "It is on its way. Reload this page to see how far it is."


@page(
    "GET",
    "/c/{company}/exports",
    needs=Feature.VIEW,
    menu=Menu(section="Accounting", title="Export History", order=20),
)
def exports(visit: Visit) -> Response:
    """List the exports, newest first, a page at a time."""
    connection, state = visit.query.get("connection"), visit.query.get("state")
    if state not in states.FILTERS:
        state = ""
    assert visit.access is not None
    found = history(
        visit.hub,
        visit.company,
        connection or None,
        visit.access.sites,
        visit.query.get("before"),
        states=states.FILTERS[state][1] if state else (),
        look=state == "look",
    )
    return visit.html(
        "history/exports.html",
        found=[_listed(each) for each in found["exports"]],
        older=visit.path("exports", connection=connection, state=state, before=found["exports"][-1]["export"])
        if found["older"]
        else "",
        newest=visit.path("exports", connection=connection, state=state) if visit.query.get("before") else "",
        connection=connection,
        state=state,
        filters=states.FILTERS,
        names=names_of_sites(visit.hub, visit.company),
    )


def _listed(export: Story) -> dict[str, Any]:
    return {
        **export,
        "badge": states.state_of(export),
        "alarms": states.alarms(export),
        "receipts": [posting["receipt"] for posting in export["postings"] if posting["receipt"]],
    }


@page("GET", AT, needs=Feature.VIEW)
def show(visit: Visit, export: str) -> Response:
    """Show one export with its journals, every call made for it, and what can be done now."""
    return _shown(visit, export)


@page("GET", f"{AT}/files/{{name}}", needs=Feature.VIEW)
def file(visit: Visit, export: str, name: str) -> Response:
    """Give one of its files; `layout` in the address: in another layout than the connection's."""
    if not states.doings(_story(visit, export))["download"]:
        visit.missing()
    try:
        found = exporting.one_file(visit.hub, visit.company, export, name, visit.query.get("layout") or None)
    except NotFound:
        raise
    except Refused as error:
        return _shown(visit, export, visit.problems(error))
    return visit.file(found.content, found.name, found.media_type)


@page("POST", f"{AT}/confirm", needs=Feature.EXPORT)
def confirm(visit: Visit, export: str) -> Response:
    """Take a person's word that the files were imported."""
    before = _story(visit, export)
    exporting.confirm(visit.hub, visit.company, export)
    return _back(visit, export, "Undone. Its counts can be exported again." if before["phase"] == "undo" else "Posted.")


@page("POST", f"{AT}/make", needs=Feature.EXPORT)
def make(visit: Visit, export: str) -> Response:
    """Make the files of an export that could not be made before."""
    _story(visit, export)
    settle(visit.hub, visit.company, export, None)
    return _back(visit, export)


@page("POST", f"{AT}/resume", needs=Feature.EXPORT)
def resume(visit: Visit, export: str) -> Response:
    """Take an export forward again."""
    if not states.doings(_story(visit, export))["resume"]:
        return _back(visit, export)
    deciding.resume(visit.hub, visit.company, export)
    return _back(visit, export)


@page("POST", f"{AT}/accept", needs=Feature.EXPORT)
def accept(visit: Visit, export: str) -> Response:
    """Take over what stands there otherwise than it was sent."""
    if not states.doings(_story(visit, export))["accept"]:
        return _back(visit, export)
    try:
        deciding.accept(visit.hub, visit.company, export)
    except Refused as error:
        return _shown(visit, export, visit.problems(error))
    return _back(visit, export, "What stands there was taken over.")


@page("POST", f"{AT}/check", needs=Feature.EXPORT)
def check(visit: Visit, export: str) -> Response:
    """Look what stands there now."""
    label = _story(visit, export)["label"]
    try:
        found = watching.check_export(visit.hub, visit.company, export)
    except ConnectorError as error:
        return _shown(visit, export, [_not_asked(label, error)])
    told = "See below what is otherwise." if found else f"Checked with {label}: nothing is otherwise than before."
    return _back(visit, export, told)


@page("POST", f"{AT}/duplicate", needs=Feature.EXPORT)
def duplicate(visit: Visit, export: str) -> Response:
    """Post the opposite of a journal that stands there a second time."""
    _story(visit, export)
    try:
        deciding.undo_duplicate(visit.hub, visit.company, export, visit.form.get("journal"))
    except Refused as error:
        return _shown(visit, export, visit.problems(error))
    return _back(visit, export)


@page("POST", f"{AT}/withdraw", needs=Feature.EXPORT)
def withdraw(visit: Visit, export: str) -> Response:
    """Take back an undo of which nothing arrived."""
    _story(visit, export)
    try:
        exporting.undo(visit.hub, visit.company, export, withdraw=True)
    except Refused as error:
        return _shown(visit, export, visit.problems(error))
    return _back(visit, export, "The undo was withdrawn. The export stands.")


def _story(visit: Visit, export: str) -> Story:
    """Return all of an export; there is no such page for who may not see each site that its lines name."""
    story = export_story(visit.hub, visit.company, export)
    visit.only_if_sees(story["sites_of_lines"])
    return story


def _back(visit: Visit, export: str, told: str = "") -> Response:
    if visit.query.get("at") == "progress":
        return visit.go(visit.path("export", "progress", export))
    if not told:
        state = export_story(visit.hub, visit.company, export)["state"]
        told = TOLD.get(state, ON_ITS_WAY)
    return visit.go(visit.path("exports", export, back=back(visit)), told=told)


def _not_asked(label: str, error: ConnectorError) -> dict[str, object]:
    return {
        "level": "problem",
        "code": "not_checked",
        "message": f"{label} could not be asked: {error.message}",
        "fix": "Try again in a while. Nothing was changed.",
        "where": {},
    }


def _shown(visit: Visit, export: str, refused: list[dict[str, object]] | None = None) -> Response:
    """Answer with an export's page; refused: why what was asked for was not done."""
    story = _story(visit, export)
    connection, label = story["connection"], story["label"]
    may, names = visit.may_all(Feature.EXPORT, story["sites_of_lines"]), names_of_sites(visit.hub, visit.company)
    return visit.html(
        "history/export.html",
        status=409 if refused else 200,
        story=story,
        badge=states.state_of(story),
        remedies=remedies.remedies(visit, story["problems"], connection=connection, label=label),
        refused=remedies.remedies(visit, refused or [], connection=connection, label=label),
        journals=_journals(story, names),
        back=back(visit),
        doing=lambda name: visit.path("exports", export, name, back=back(visit)),
        can={doing: may and possible for doing, possible in states.doings(story).items()},
        downloads=states.doings(story)["download"],
        names=names,
        calls=states.CALLS,
        outcomes=states.OUTCOMES,
        steps=visit.path("audit", thing=export) if visit.may(Feature.AUDIT) else "",
    )


def _journals(story: Story, names: Mapping[str, str]) -> list[dict[str, Any]]:
    ordered = sorted(story["journals"], key=lambda each: (ORDER.index(each["kind"]), each["part"]))
    return [_journal(journal, story, names) for journal in ordered]


def _journal(journal: Story, story: Story, names: Mapping[str, str]) -> dict[str, Any]:
    prefix = f"{journal['kind']}-{journal['part']}-"
    several = sum(each["kind"] == journal["kind"] for each in story["journals"]) > 1
    title = states.JOURNALS[journal["kind"]] + (f" {journal['part']}" if several else "")
    return {
        **journal,
        "title": title,
        "badge": states.state_of_posting(journal["state"], story["label"]),
        "shown": ledger.journal(journal["entry"], names, story["currency"], prefix=prefix),
        "current": journal["kind"] == story["phase"],
    }
