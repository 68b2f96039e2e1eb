"""The two addresses of every sandbox that its accounting system does not have: its faults, and its ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.testing.sandbox.books import Books
from hub.testing.sandbox.desk import Desk
from hub.testing.sandbox.faults import CALLS, WRITE, Planned, UnknownFault
from hub.testing.sandbox.pages import journal_page, ledger_page, page, wants_page

FAULTS = "/_sandbox/faults"
LEDGER = "/_sandbox/ledger"

Json: TypeAlias = Any  # what json.loads() made of a body
Change = Callable[[Json], None]
"""Sets one thing of a sandbox; raises ValueError or TypeError with what is wrong with the value."""

_OF_A_FAULT = frozenset({"fault", "times", "seconds", "body", "on"})


def control_routes(desk: Desk, base_url: str, changes: Mapping[str, Change] | None = None) -> list[Route]:
    """Return the routes of a sandbox's controls. changes: what else may be set, by name."""
    controls = _Controls(desk, base_url, changes or {})
    return [
        Route(FAULTS, controls.faults, methods=["POST", "GET"]),
        Route(LEDGER, controls.ledger, methods=["GET"]),
        Route(f"{LEDGER}/journal", controls.journal, methods=["GET"]),
    ]


def switch(change: Callable[[bool], None]) -> Change:
    """Return a setting that is true or false."""

    def checked(value: Json) -> None:
        if not isinstance(value, bool):
            raise TypeError("true or false is needed")
        change(value)

    return checked


def seconds(change: Callable[[float], None]) -> Change:
    """Return a setting in seconds, 0 or more."""

    def checked(value: Json) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise TypeError("a number of seconds is needed, 0 or more")
        change(value)

    return checked


def texts(change: Callable[[list[str]], None]) -> Change:
    """Return a setting that is a list of texts."""

    def checked(value: Json) -> None:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise TypeError("a list of texts is needed")
        change(value)

    return checked


class _Controls:
    """Changes and shows a desk."""

    def __init__(self, desk: Desk, base_url: str, changes: Mapping[str, Change]) -> None:
        self._desk = desk
        self._base_url = base_url.rstrip("/")
        self._changes: Mapping[str, Change] = {
            "advance_seconds": seconds(desk.clock.advance),
            "closed_through": self._close,
            "limits": switch(self._set_limits),
            "clear": switch(self._clear),
            **changes,
        }

    async def faults(self, request: Request) -> Response:
        """Change what one JSON object says; a name that is not known changes nothing."""
        if request.method == "GET":
            return JSONResponse(self._standing())
        try:
            told = json.loads(await request.body())
        except ValueError:
            return _wrong(["one JSON object is needed"])
        if not isinstance(told, dict):
            return _wrong(["one JSON object is needed"])
        unknown = told.keys() - self._changes.keys() - _OF_A_FAULT
        if unknown:
            known = ", ".join(sorted({*self._changes, *_OF_A_FAULT}))
            return _wrong([f"{name} is not known; known are {known}" for name in sorted(unknown)])
        wrong = list(self._changed(told))
        return _wrong(wrong) if wrong else JSONResponse(self._standing())

    async def ledger(self, request: Request) -> Response:
        """Show a company's journals and trial balance."""
        books = self._desk.books(request.query_params.get("company", ""))
        if books is None:
            return _missing(self._desk.companies.values())
        if wants_page(request):
            others = [other for other in self._desk.companies.values() if other is not books]
            return ledger_page(books, others, f"{self._base_url}{LEDGER}")
        return JSONResponse(books.document())

    async def journal(self, request: Request) -> Response:
        """Show one journal."""
        books = self._desk.books(request.query_params.get("company", ""))
        journal = books.journals.get(request.query_params.get("id", "")) if books else None
        if books is None or journal is None:
            return page("No such journal", "<p>It was deleted, or never written.</p>", status=404)
        return journal_page(books, journal) if wants_page(request) else JSONResponse(books.journal_document(journal))

    def _changed(self, told: Mapping[str, Json]) -> Iterator[str]:
        """Make the changes; yield what is wrong with those that cannot be made."""
        for name, value in told.items():
            try:
                if name == "fault":
                    self._plan(told)
                elif name not in _OF_A_FAULT:
                    self._changes[name](value)
            except (ValueError, TypeError) as error:
                yield f"{name}: {error}"
        self._desk.settle()

    def _plan(self, told: Mapping[str, Json]) -> None:
        times, late, body, on = (
            told.get("times", 1),
            told.get("seconds", 0),
            told.get("body", ""),
            told.get("on", WRITE),
        )
        if isinstance(times, bool) or not isinstance(times, int):
            raise UnknownFault("times is a whole number")
        if isinstance(late, bool) or not isinstance(late, int | float) or late < 0:
            raise UnknownFault("seconds is a number, 0 or more")
        if not isinstance(body, str) or on not in CALLS:
            raise UnknownFault(f"body is a text, and on is one of {', '.join(CALLS)}")
        self._desk.faults.plan(str(told["fault"]), Planned(on=on, seconds=late, body=body), times=times)

    def _close(self, value: Json) -> None:
        closed = None if value is None else date.fromisoformat(value)
        for books in self._desk.companies.values():
            books.closed_through = closed

    def _set_limits(self, on: bool) -> None:  # noqa: FBT001 - a switch's own value
        self._desk.limits.on = on

    def _clear(self, yes: bool) -> None:  # noqa: FBT001 - a switch's own value
        if yes:
            self._desk.faults.clear()

    def _standing(self) -> dict[str, Json]:
        books = next(iter(self._desk.companies.values()))
        return {
            "now": self._desk.clock.now().isoformat(timespec="seconds"),
            "planned": dict(self._desk.faults.planned()),
            "fired": dict(self._desk.faults.fired),
            "faults": list(self._desk.faults.names),
            "limits": self._desk.limits.on,
            "closed_through": books.closed_through.isoformat() if books.closed_through else None,
        }


def _wrong(reasons: list[str]) -> Response:
    return JSONResponse({"errors": reasons}, status_code=400)


def _missing(companies: Iterable[Books]) -> Response:
    known = [books.company for books in companies]
    return JSONResponse({"errors": [f"there is no such company; there are {', '.join(known)}"]}, status_code=404)
