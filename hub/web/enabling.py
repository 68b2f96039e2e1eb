"""The steps of enabling a connector as the pages show them: their words, where each is taken, and the way back to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from hub.service.enabling.steps import Enabling, Standing, Step, enabling
from hub.web.remedies import Remedy, remedies
from hub.web.security import cookie

if TYPE_CHECKING:
    from hub.web.visit import Visit

ENABLE = "/c/{company}/enable"
COME_BACK = "/connections/callback"
"""Where people come back to from an accounting system: exactly this, behind the hub's address."""
PLACE = "enabling"
"""The cookie that says whose steps a person left for the accounting system's sign-in; the steps themselves are in no cookie."""

TITLES: Mapping[Step, str] = {
    Step.CONNECTOR: "Choose the connector",
    Step.SIGN_IN: "Sign in",
    Step.COMPANY: "Choose the company",
    Step.CHART: "Read the chart of accounts",
    Step.ACCOUNTS: "Map GL Accounts",
    Step.SITES: "Map sites",
    Step.OPENING: "Opening values",
    Step.DRY_RUN: "Dry run of the last count",
    Step.ACCESS: "Choose who may export",
}


TAKEN: Mapping[str, Step] = {
    "connect": Step.SIGN_IN,
    "share": Step.SIGN_IN,
    "secrets": Step.SIGN_IN,
    "test": Step.SIGN_IN,
    "companies": Step.COMPANY,
    "chart": Step.CHART,
}
"""By the last part of the address that a form was sent to: the step that it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A step as the checklist shows it. state: done, now, todo, or stuck: what was just tried did not come through.

    at: its address."""

    number: int
    step: Step
    title: str
    state: str
    said: str
    at: str
    missing: tuple[Remedy, ...]


def in_flow(visit: Visit) -> bool:
    """Whether a page is one of the steps, or what a person left them for and comes back from."""
    path = visit.page.path
    return path == ENABLE or path.startswith(f"{ENABLE}/") or (path == COME_BACK and bool(came_from(visit)))


def keep_place(visit: Visit, connection: str) -> None:
    """Remember, until the browser is closed, whether a person leaves for a sign-in from the steps."""
    visit.keep(PLACE, quote(f"{visit.company}/{connection}", safe="") if in_flow(visit) else "")


def came_from(visit: Visit) -> str:
    """Return the connection whose steps a person left for a sign-in, empty where they did not."""
    company, _, connection = unquote(cookie(visit.request, PLACE, visit.options) or "").partition("/")
    names = [each.name for each in visit.heading.connections] if company and company == visit.company else []
    return connection if connection in names else ""


def its_page(visit: Visit, connection: str, step: str = "") -> str:
    """Return where a connection is shown: its steps, or its own page."""
    if in_flow(visit):
        return visit.path("enable", connection=connection, step=step)
    return visit.path("setup", "connections", "one", connection=connection)


def act(visit: Visit) -> Callable[..., str]:
    """Return what makes the addresses that a connection's forms are sent to."""
    base = ("enable",) if in_flow(visit) else ("setup", "connections")
    return lambda action, **query: visit.path(*base, action, **query)


def flow(visit: Visit, connection: str, *, stuck: bool = False) -> dict[str, Any]:  # Any: what a template uses
    """Return what the steps of a connection are shown with; `step` in the address: another than the next one.

    stuck: what was just tried did not come through, so that its step is shown again whatever was stored.
    """
    found = enabling(visit.hub, visit.company, connection)
    tried = TAKEN.get(visit.page.path.rpartition("/")[2]) if stuck else None
    shown = [_shown(visit, found, each, tried) for each in enumerate(found.steps, start=1)]
    asked = visit.query.get("step") if visit.request.method == "GET" else ""
    known = {each.step.value: each for each in shown}
    current = known.get(tried or asked) or known[(found.now or Step.ACCESS).value]
    several = [(each.name, visit.path("enable", connection=each.name)) for each in visit.heading.connections]
    return {
        "enabling": found,
        "checklist": shown,
        "current": current,
        "connection": connection,
        "back_here": visit.path("enable", connection=connection),
        "several": several if len(several) > 1 else [],
    }


def _shown(visit: Visit, found: Enabling, numbered: tuple[int, Standing], tried: Step | None) -> Shown:
    number, standing = numbered
    connection = found.connection["name"]
    step = standing.step
    state = "done" if standing.done else "now" if step == found.now and tried is None else "todo"
    return Shown(
        number=number,
        step=step,
        title=_title(found, step),
        state="stuck" if step == tried else state,
        said=standing.said,
        at=visit.path("enable", connection=connection, step=step.value),
        missing=tuple(remedies(visit, standing.missing, connection=connection, label=found.connection["label"])),
    )


def _title(found: Enabling, step: Step) -> str:
    if step is Step.SIGN_IN and found.connection["types_secrets"]:
        return "Type in its secrets"
    if step is Step.CHART and not found.connection["signs_in"]:
        return "Import the chart of accounts"
    return TITLES[step]
