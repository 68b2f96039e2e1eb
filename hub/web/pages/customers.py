"""Customers: every company with its health and what needs attention, which is where support staff begin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from hub.domain.access import Feature
from hub.service.customers import HEALTHS, connectors_in_use, customers
from hub.web import states
from hub.web.editing import page_of
from hub.web.routes import page
from hub.web.row_edits import here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.service.customers import LastExport
    from hub.web.visit import Visit

AT = "/customers"
MOST_SHOWN = 3
"""Of what needs attention of one company; of more it says how much."""
BADGES: Mapping[str, str] = {
    "connected": "ok",
    "expiring": "warn",
    "failing": "bad",
    "paused": "plain",
    "never_exported": "plain",
    "not_connected": "waits",
}
KINDS: Mapping[str, str] = {"problem": "bad", "warning": "warn", "note": "note"}


@page("GET", AT, needs=Feature.SUPPORT)
def show(visit: Visit) -> Response:
    """List the companies that are looked for, a page at a time, those that need attention first."""
    asked = {name: visit.query.get(name).strip() for name in ("find", "connector", "health")}
    if asked["health"] not in (*HEALTHS, "attention"):
        asked["health"] = ""
    found = customers(visit.hub, **asked, page=page_of(visit.query))
    return visit.html(
        "support/customers.html",
        found=found,
        asked=asked,
        narrowed=any(asked.values()),
        connectors=connectors_in_use(visit.hub),
        healths=list(HEALTHS.items()),
        badges={name: (BADGES[name], words) for name, words in HEALTHS.items()},
        kinds=KINDS,
        most=MOST_SHOWN,
        state_of=_state,
        here=partial(here, visit),
    )


def _state(last: LastExport) -> str:
    _, words = states.state_of({"state": last.state, "phase": last.phase, "label": last.label})
    return words
