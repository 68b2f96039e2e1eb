"""What programs are told when something is not done: RFC 9457 problem details, with every problem listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from hub.intake.report import shown
from hub.web.api.strict_json import Path

if TYPE_CHECKING:
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
MOST_LISTED = 1_000
TOLD: Mapping[int, tuple[str, str]] = {
    400: ("not_readable", "What was sent could not be read. Nothing was changed."),
    401: ("token_missing", "Send a token that is good: Authorization: Bearer …"),
    403: ("scope_missing", "This token is not for that."),
    404: ("not_found", "There is no such thing here, or it is not for this token."),
    405: ("method", "This address does not take this method."),
    409: ("not_now", "It was not done, because of what is listed."),
    413: ("too_large", "What was sent is larger than is taken here. Nothing was changed."),
    415: ("content_type", "What was sent is not of a kind that is taken here. Nothing was changed."),
    422: ("not_right", "What was sent is not right. Nothing was changed."),
    429: ("token_often", "Too many wrong tokens came from this address."),
    500: ("failed", "The hub made a mistake. Sending the same again is safe: nothing is posted twice."),
    502: (
        "accounting_system",
        "The accounting system, or the plugin for it, did not do its part. Sending the same again is safe.",
    ),
}
"""A code and a sentence for each status, where nothing more exact is known."""

Problem = Mapping[str, Any]  # Any: the JSON shape of a preview's problems


class Declined(Exception):
    """What was asked for is not done.

    problems: each of them, of the first thousand; found: how many there are; headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        problems: Sequence[Problem] = (),
        *,
        found: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.problems = problems[:MOST_LISTED]
        self.found = len(problems) if found is None else found
        self.headers = headers

    def answer(self, request: Request) -> Response:
        """Return the answer that lists the problems."""
        return told(request, self.status, problems=self.problems, found=self.found, headers=self.headers)


def problem(code: str, message: str, **where: str | int) -> Problem:
    """Return one problem in the shape in which all are listed; where: `field`, `row` and what else tells its place."""
    parts = {name: shown(value) if isinstance(value, str) else value for name, value in where.items()}
    return {"level": "problem", "blocking": True, "code": code, "message": message, "fix": "", "where": parts}


def declined(status: int, code: str, message: str, **where: str | int) -> Declined:
    """Return that something is not done for one reason."""
    return Declined(status, [problem(code, message, **where)])


def place(path: Path) -> dict[str, str | int]:
    """Return where a value of a body stands; the items of an array of rows are counted from 1."""
    if path and isinstance(path[0], int):
        return {"row": path[0] + 1, "field": "/".join(map(str, path[1:])) or "body"}
    return {"field": "/".join(map(str, path)) or "body"}


def told(
    request: Request,
    status: int,
    *,
    detail: str = "",
    problems: Sequence[Problem] = (),
    found: int = 0,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an answer of problem details; its `instance` is the number of the request, as it stands in the log."""
    code, usual = TOLD.get(status, TOLD[400])
    first = problems[0]["message"] if len(problems) == 1 else usual
    listed = list(problems) or [problem(code, detail or usual, **({"field": "body"} if status == 413 else {}))]
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or first,
        "instance": str(getattr(request.state, "id", "")),
        "problems": listed,
        "problem_count": max(found, len(listed)),
    }
    return JSONResponse(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)
