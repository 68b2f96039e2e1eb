"""What is answered when there is no page: in the hub's own words, with a number to ask about, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.web.api import problems
from hub.web.options import WebOptions
from hub.web.rendering import environment
from hub.web.security import add_headers
from hub.web.serving import OwnPasswordNeeded, SignInNeeded

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

log = logging.getLogger("hub.web")

API = "/api/"
TOLD: Mapping[int, tuple[str, str]] = {
    400: ("This could not be read", "What was sent could not be read. Nothing was changed."),
    404: ("There is no such page", "It may have been moved or removed, or it is not yours to see."),
    405: ("There is no such page", "This address does not take what was sent to it."),
    413: ("Too large", "What was sent is larger than is taken here. Nothing was changed."),
    429: ("Too many tries", "Please wait a little before the next one."),
    500: (
        "Something went wrong on our side",
        "The hub made a mistake. Trying again is safe. Look at Export History before you enter anything by hand.",
    ),
}
"""A title and a sentence for each status; a sentence of the error's own takes its place, but for 404 and 500."""


def add_handlers(app: FastAPI, options: WebOptions) -> None:
    """Have the app answer every error with a page of its own; below /api with an RFC 9457 document."""

    async def failed(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        own = str(error.detail) if isinstance(error, HTTPException) and status not in (404, 405) else ""
        headers = error.headers if isinstance(error, HTTPException) else None
        if status == 500:
            log.error("failed", exc_info=error, extra={"request": getattr(request.state, "id", "")})
        answer = await run_in_threadpool(told, request, 404 if status == 403 else status, own)
        answer.headers.update(headers or {})
        add_headers(MutableHeaders(raw=answer.raw_headers), options)
        return answer

    app.add_exception_handler(HTTPException, failed)
    app.add_exception_handler(Exception, failed)
    app.add_exception_handler(SignInNeeded, sign_in)
    app.add_exception_handler(OwnPasswordNeeded, choose_password)


def told(request: Request, status: int, own: str = "") -> Response:
    """Return the answer for a status; own: what the error itself says, in place of the usual sentence."""
    title, usual = TOLD.get(status, TOLD[400])
    number = str(getattr(request.state, "id", ""))
    sentence = own if own and own not in _PHRASES else usual
    if request.url.path.startswith(API):
        return problems.told(request, status, detail=own if own not in _PHRASES else "")
    shown = (
        environment().get_template("error.html").render(title=title, sentence=sentence, number=number, status=status)
    )
    return HTMLResponse(shown, status)


async def sign_in(_request: Request, error: Exception) -> Response:
    """Send whoever is not signed in to the page where they can, and back afterwards."""
    assert isinstance(error, SignInNeeded)
    after = f"?next={quote(error.path, safe='')}" if error.path != "/" else ""
    return RedirectResponse(f"/sign-in{after}", status_code=303)


async def choose_password(_request: Request, _error: Exception) -> Response:
    """Send whoever has a one-time password to where they choose their own."""
    return RedirectResponse("/account/first-password", status_code=303)


_PHRASES = frozenset({"Bad Request", "Not Found", "Method Not Allowed", "Internal Server Error"})
