"""The tab Criteria of an export: the count date is chosen; where there is none, it says why, and where that is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.domain.access import Feature
from hub.service.criteria import criteria
from hub.web.pages.maps import connection_of, label_of
from hub.web.remedies import Link
from hub.web.routes import Menu, page
from hub.web.row_edits import here
from hub.web.words import counted, day

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

Found = Mapping[str, Any]  # Any: the JSON shape that criteria returns

WHY: Mapping[str, tuple[str, str]] = {
    "hidden": (
        "The counts on offer include sites that you do not have access to",
        "Someone who has access to all of their sites can export them.",
    ),
    "site": ("No site posts to {label} yet", "Choose which of your sites post there."),
    "map": ("No GL Account is mapped yet", "Say which {label} account each GL Account is posted to."),
    "count": ("There is no count yet", "A count appears here once it is imported and approved."),
    "approval": ("No count is approved yet", "A count appears here once it is approved."),
    "newer": (
        "No approved count is newer than what the books carry already",
        "A count appears here once it is approved and later than its site’s opening values.",
    ),
    "all_exported": (
        "Nothing to export: every approved count is exported",
        "A count appears here once it is approved and newer than the last export of its site.",
    ),
}
"""Why there is no count date to choose: a title and a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that an export needs. kind, state: its badge; told: how far it is there."""

    what: str
    kind: str
    state: str
    told: str
    link: Link | None = None


@page(
    "GET",
    "/c/{company}/export",
    needs=Feature.EXPORT,
    menu=Menu(section="Accounting", title="{label} - Inventory Adjustments Export", order=10),
)
def choose(visit: Visit) -> Response:
    """Show the count dates on offer, the last one chosen."""
    connection = connection_of(visit)
    if not connection:
        return visit.html("export/no_connection.html")
    found = criteria(visit.hub, visit.company, connection)
    counts = [each for each in found["counts"] if visit.sees(each["sites"])]
    hidden = len(found["counts"]) - len(counts)
    missing = found["missing"] or ("" if counts else "hidden")
    label = label_of(visit, connection)
    asked = visit.query.get("count")
    chosen = asked if any(each["count_date"] == asked for each in counts) else counts[0]["count_date"] if counts else ""
    return visit.html(
        "export/criteria.html",
        connection=connection,
        label=label,
        here=lambda **changed: here(visit, **changed),
        trouble=next(each.trouble for each in visit.heading.connections if each.name == connection),
        counts=counts,
        chosen=chosen,
        options=[(each["count_date"], _option(each, found["sites"])) for each in counts],
        hidden=hidden,
        names=found["sites"],
        why=[text.format(label=label) for text in WHY[missing]] if missing else [],
        first=_link(visit, missing, connection),
        needs=list(_needs(visit, found, connection, label)) if missing else [],
        last=found["last"] if found["last"] and visit.sees(found["last"]["sites"]) else None,
        mode=found["mode"],
        paused=found["paused"],
    )


def _option(count: Found, names: Mapping[str, str]) -> str:
    sites: Sequence[str] = count["sites"]
    of = names.get(sites[0], sites[0]) if len(sites) == 1 else counted(len(sites), "site")
    return f"{day(count['count_date'])} · {of}"


def _link(visit: Visit, missing: str, connection: str) -> Link | None:
    """Return the way to where what is missing is put right, if the person may go there."""
    links: Mapping[str, tuple[Feature, Link]] = {
        "site": (
            Feature.SETUP,
            Link(visit.path("settings", "accounting", "sites", back=here(visit)), "Choose where each site posts to"),
        ),
        "map": (
            Feature.SETUP,
            Link(visit.path("setup", "account-maps", connection=connection, back=here(visit)), "Map the GL Accounts"),
        ),
        "approval": (Feature.IMPORT, _counts(visit, "Import the approved count")),
        "count": (Feature.IMPORT, _counts(visit, "Import a count")),
        "newer": (Feature.IMPORT, _counts(visit, "Import a count")),
        "all_exported": (Feature.IMPORT, _counts(visit, "Import a count")),
    }
    needs, link = links.get(missing, (None, None))
    return link if needs is not None and visit.may(needs) else None


def _counts(visit: Visit, words: str) -> Link:
    return Link(visit.path("imports", kind="counts", back=here(visit)), words)


def _needs(visit: Visit, found: Found, connection: str, label: str) -> Iterator[Need]:
    sites = [name for code, name in found["sites"].items() if visit.sees([code])]
    yield Need(
        what="A site that posts there",
        kind="ok" if sites else "warn",
        state="Chosen" if sites else "None",
        told=", ".join(sites) or f"No site posts to {label}.",
        link=None if sites else _link(visit, "site", connection),
    )
    complete = found["mapped"] == found["used"] > 0
    yield Need(
        what="A GL Account Map",
        kind="ok" if complete else "warn",
        state="Complete" if complete else "Incomplete" if found["mapped"] else "Empty",
        told=f"{found['mapped']} of {counted(found['used'], 'GL Account')} in use are mapped.",
        link=None if complete else _link(visit, "map", connection),
    )
    waiting = [each for each in found["open"] if visit.sees([each["site"]])]
    listed = ", ".join(f"{day(each['count_date'])} {each['name']}" for each in waiting)
    yield Need(
        what="An approved count",
        kind="warn" if waiting or not found["approved"] else "ok",
        state=f"{len(waiting)} not approved" if waiting else "Approved" if found["approved"] else "None",
        told=f"Not approved: {listed}." if waiting else "None waits for approval." if found["approved"] else "",
        link=_link(visit, "approval", connection) if waiting else None,
    )
    yield Need(
        what="One that is not exported yet", kind="plain", state="None left" if found["approved"] else "None", told=""
    )
