"""What each night's look at a connection finds, the same look now, and a file for whoever finds out why it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.alarms.by_night import look_at
from hub.service.diagnostics import diagnostics_file
from hub.web.pages.connections import AT
from hub.web.pages.connections_one import back_to, done_with
from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit


@page("POST", f"{AT}/look", needs=Feature.SETUP)
def look(visit: Visit) -> Response:
    """Look at the connection now, as each night."""

    def looked(name: str) -> Response:
        found, changes = look_at(visit.hub, visit.company, name)
        told = f"{name} was looked at."
        if found.posted:
            told += f" Something was changed there since: see Export History ({len(found.posted)})."
        if changes.closed:
            told += f" {len(changes.closed)} of what was found before is over."
        return back_to(visit, name, told)

    return done_with(visit, looked)


@page("GET", f"{AT}/diagnostics", needs=Feature.SETUP)
def diagnostics(visit: Visit) -> Response:
    """Give a file with what is known of a connection, without secrets, amounts or names."""
    names = [each.name for each in visit.heading.connections]
    asked = visit.query.get("connection") or (names[0] if names else "")
    if asked not in names:
        visit.missing()
    name, content = diagnostics_file(visit.hub, visit.company, asked)
    return visit.file(content, name, "application/json")
