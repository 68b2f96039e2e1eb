"""API tokens: made, shown once, listed with their last use, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from hub.domain.access import Feature, Scope
from hub.service.context import Refused, refuse
from hub.service.tokens import add_token, revoke_token, tokens
from hub.web.routes import Menu, page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/c/{company}/tokens"
WORDS: Mapping[Scope, tuple[str, str]] = {
    Scope.READ: ("Read", "counts on offer, previews, exports and their files"),
    Scope.IMPORT: ("Import", "counts, transfers and every other kind, the set-up’s too"),
    Scope.EXPORT: ("Export", "post or make files, undo, confirm"),
}
"""What each scope is called, and what it opens."""
STATES: Mapping[str, tuple[str, str]] = {
    "good": ("ok", "Good"),
    "expired": ("plain", "Ended"),
    "revoked": ("plain", "Revoked"),
}
"""A badge's kind and words."""


@page("GET", AT, needs=Feature.PEOPLE, menu=Menu(section="Company Setup", title="API tokens", order=50))
def show(visit: Visit) -> Response:
    """List the company's tokens, with the form for another."""
    return _shown(visit)


@page("POST", AT, needs=Feature.PEOPLE)
def add(visit: Visit) -> Response:
    """Make a token and show it, this once: it is in no address, no cookie and no log."""
    chosen = [scope for scope in Scope if scope.value in visit.form.all("scope")]
    try:
        secret = add_token(visit.hub, visit.company, visit.form.get("name"), chosen, _day(visit.form.get("expires")))
    except Refused as error:
        return _shown(visit, problems=visit.problems(error), status=422)
    return _shown(visit, secret=secret)


@page("POST", f"{AT}/revoke", needs=Feature.PEOPLE)
def revoke(visit: Visit) -> Response:
    """End a token for good."""
    name = visit.form.get("name")
    if not name:
        return visit.go(visit.path("tokens"))
    revoke_token(visit.hub, visit.company, name)
    return visit.go(visit.path("tokens"), told=f"The token {name} is revoked.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise refuse("not_a_date", "The last day is a date such as 2027-10-31.") from error


def _shown(
    visit: Visit, *, secret: str = "", problems: list[dict[str, object]] | None = None, status: int = 200
) -> Response:
    """Answer with the page; secret: the token that was just made; problems: why none was."""
    return visit.html(
        "tokens.html",
        status=status,
        tokens=tokens(visit.hub, visit.company),
        words={scope.value: words for scope, words in WORDS.items()},
        states=STATES,
        secret=secret,
        problems=problems or [],
        held=visit.form if problems else None,
    )
