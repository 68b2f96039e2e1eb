"""How a page is served: who is there is found out first, then what was sent is read, then the page answers in a thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from hub.service.context import Hub, NotFound, Refused
from hub.service.signing_in import Session, session_of
from hub.web.forms import fit, query, read_form
from hub.web.options import WebOptions
from hub.web.routes import Page
from hub.web.security import SESSION, check_origin, check_token, cookie
from hub.web.visit import Visit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


class SignInNeeded(Exception):
    """Nobody is signed in; path: where to go afterwards."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class OwnPasswordNeeded(Exception):
    """Who is signed in has a one-time password, and has to choose their own before anything else."""


def endpoint(page: Page, hub: Hub, options: WebOptions) -> Callable[[Request], Awaitable[Response]]:
    """Return what serves a page; no database and no template is waited for on the event loop."""

    async def get(request: Request) -> Response:
        request.state.route = page.path
        return await run_in_threadpool(lambda: answer(arrive(page, hub, options, request)))

    async def post(request: Request) -> Response:
        request.state.route = page.path
        check_origin(request, options)
        visit = await run_in_threadpool(arrive, page, hub, options, request)
        try:
            visit.form = await read_form(request)
            check_token(visit.form.exact("csrf"), visit.held)
            return await run_in_threadpool(lambda: answer(visit.acting()))
        finally:
            await request.close()  # the files that were sent

    return get if page.method == "GET" else post


def arrive(page: Page, hub: Hub, options: WebOptions, request: Request) -> Visit:
    """Return the visit, once it is known who is there and may see the page.

    Raises SignInNeeded, OwnPasswordNeeded, HTTPException.
    """
    parts = {name: fit(value) for name, value in request.path_params.items()}
    session = session_at(request, hub, options, used=not page.follows)
    visit = Visit(request=request, page=page, hub=hub, options=options, session=session, query=query(request))
    if session is None:
        if not page.for_all:
            raise SignInNeeded(_here(request, page))
        return visit
    request.state.person = session.person.id
    visit.hub = replace(hub, actor=session.person.name)
    if session.person.once and not (page.for_all or page.for_once):
        raise OwnPasswordNeeded
    if page.needs is not None and not page.of_company and not session.person.support:
        raise HTTPException(404)
    if page.needs is not None and page.of_company:
        visit.company = parts["company"]
        visit.access = session.person.access_to(visit.company)
        if not visit.may(page.needs) or (session.person.support and not _has_company(visit)):
            raise HTTPException(404)
    return visit


def _has_company(visit: Visit) -> bool:
    """Whether there is a company of the code in the path, which support may type as they like."""
    try:
        return bool(visit.heading.code)
    except NotFound:
        return False


def session_at(request: Request, hub: Hub, options: WebOptions, *, used: bool = True) -> Session | None:
    """Return the session that a request belongs to, None where it has none that is good; used: see session_of."""
    token = cookie(request, SESSION, options)
    return session_of(hub, token, used=used) if token else None


def answer(visit: Visit) -> Response:
    """Return the page's answer; what it was refused is listed on a page of its own."""
    parts = {name: value for name, value in visit.request.path_params.items() if name != "company"}
    try:
        return visit.finish(visit.page.serve(visit, **parts))
    except NotFound as error:
        raise HTTPException(404) from error
    except Refused as error:
        return visit.finish(visit.html("refused.html", status=409, problems=visit.problems(error)))


def _here(request: Request, page: Page) -> str:
    if page.method != "GET" or request.url.path == "/":
        return "/"
    asked = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path) + asked
