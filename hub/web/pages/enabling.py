"""Enable connector: the dry run of the last count against the accounting system as it is now, which posts nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hub.api import ConnectorError
from hub.domain.access import Feature
from hub.service.context import NotFound, Refused
from hub.service.criteria import names_of_sites
from hub.service.enabling.dry_runs import dry_run
from hub.service.enabling.steps import enabling
from hub.web import ledger, remedies
from hub.web.enabling import ENABLE
from hub.web.pages.connections_one import problems_of
from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = f"{ENABLE}/dry-run"
Preview = Mapping[str, Any]  # Any: the JSON shape of a preview


@page("GET", AT, needs=Feature.SETUP)
def show(visit: Visit) -> Response:
    """Show what the last dry run found, and offer another."""
    return _shown(visit)


@page("POST", AT, needs=Feature.SETUP)
def run(visit: Visit) -> Response:
    """Run it and show every line that it would post."""
    connection = _connection(visit)
    if not connection:
        return visit.go(visit.path("enable", "new"))
    try:
        found = dry_run(visit.hub, visit.company, connection)
    except NotFound:
        raise
    except (Refused, ConnectorError) as error:
        return _shown(visit, refused=problems_of(visit, error))
    return _shown(visit, found)


def _connection(visit: Visit) -> str:
    """Return the connection that the address names, the first where it names none, empty where there is none."""
    asked, names = visit.query.get("connection"), [each.name for each in visit.heading.connections]
    if asked and asked not in names:
        visit.missing()
    return asked or (names[0] if names else "")


def _shown(visit: Visit, found: Preview | None = None, refused: Sequence[dict[str, object]] = ()) -> Response:
    connection = _connection(visit)
    if not connection:
        return visit.go(visit.path("enable", "new"))
    standing = enabling(visit.hub, visit.company, connection)
    label = standing.connection["label"]
    problems = found["problems"] if found else [{"where": {}, **each} for each in refused]
    names = names_of_sites(visit.hub, visit.company)
    return visit.html(
        "enabling/dry_run.html",
        status=409 if refused else 200,
        connection=connection,
        label=label,
        enabling=standing,
        preview=found,
        journals=ledger.journals(found["entries"], names, found["currency"]) if found else [],
        remedies=remedies.remedies(visit, problems, connection=connection, label=label),
        here=visit.path("enable", "dry-run", connection=connection),
        steps=visit.path("enable", connection=connection),
    )
