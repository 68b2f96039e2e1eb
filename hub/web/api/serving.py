"""How an operation is served: whose token it is, is found out first, then what was sent is read, then a thread answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, compile_path

from hub.api import ConnectorError
from hub.service.context import Hub, NotFound, Refused, problem_document
from hub.service.tokens import Token, TokenRefused, token_of
from hub.web.api.openapi import document
from hub.web.api.operations import ANY_FILE, DOCUMENT, Answer, Call, Operation, load_operations
from hub.web.api.problems import Declined, declined, problem
from hub.web.api.reading import bearer, read_body, read_parts, read_query
from hub.web.options import WebOptions
from hub.web.serving import session_at

if TYPE_CHECKING:
    from starlette.requests import Request

    from hub.web.security import Limit

Endpoint = Callable[["Request"], Awaitable[Response]]
REALM = 'Bearer realm="Inventory Hub"'
OF_WHAT_WAS_SENT: Mapping[str, tuple[str, ...]] = {
    "decision_unreadable": ("decide", "decisions"),
    "connection_needed": ("connection",),
}
"""Refusals that are about a field which was sent: 422, where others are about how things stand: 409."""


def routes(hub: Hub, options: WebOptions) -> list[Route]:
    """Return the routes of the API, one for each path, so that each knows all of its methods."""
    paths: dict[str, dict[str, Operation]] = {}
    for each in load_operations():
        paths.setdefault(each.address, {})[each.method] = each
    made = [Route(path, endpoint(methods, hub, options), methods=list(methods)) for path, methods in paths.items()]
    return [*made, Route(DOCUMENT, document_endpoint(hub, options), methods=["GET"])]


def limits() -> list[Limit]:
    """Return how much may be sent to each path."""
    most: dict[str, int] = {}
    for each in load_operations():
        most[each.address] = max(most.get(each.address, 0), each.most_bytes)
    return [(compile_path(path)[0], size) for path, size in most.items()]


def endpoint(methods: Mapping[str, Operation], hub: Hub, options: WebOptions) -> Endpoint:
    """Return what serves a path."""

    async def serve(request: Request) -> Response:
        wanted = methods["GET" if request.method == "HEAD" else request.method]
        request.state.route = wanted.address
        try:
            token = await run_in_threadpool(admitted, hub, request, wanted)
            query = read_query(request, wanted.query)
            body, upload = await read_body(request, wanted)
            call = Call(
                hub=replace(hub, actor=token.actor),
                company=token.company,
                parts=dict(request.path_params),
                query=query,
                body=body,
                upload=upload,
            )
            return await run_in_threadpool(answered, wanted, call, options)
        except Declined as error:
            return error.answer(request)

    return serve


def document_endpoint(hub: Hub, options: WebOptions) -> Endpoint:
    """Return what serves the OpenAPI document, to whoever is signed in or has a token."""

    async def serve(request: Request) -> Response:
        request.state.route = DOCUMENT
        try:
            await run_in_threadpool(_known, hub, options, request)
        except Declined as error:
            return error.answer(request)
        return JSONResponse(document())

    return serve


def admitted(hub: Hub, request: Request, wanted: Operation) -> Token:
    """Return the token that was sent, once it is for this company and operation; raises Declined.

    What is of another company is answered as what does not exist; the scope is looked at after that.
    """
    token = _token(hub, request)
    parts = read_parts(request)
    if parts["code"] != token.company:
        raise Declined(404)
    if wanted.scope not in token.scopes:
        needed = {"www-authenticate": f'{REALM}, error="insufficient_scope", scope="{wanted.scope}"'}
        told = f"This token is not for that: it lacks the scope {wanted.scope}."
        raise Declined(403, [problem("scope_missing", told)], headers=needed)
    return token


def answered(wanted: Operation, call: Call, options: WebOptions) -> Response:
    """Return an operation's answer; raises Declined."""
    acting = replace(call, hub=options.hand_over(call.hub)) if wanted.method == "POST" else call
    try:
        return _response(wanted, wanted.serve(acting))
    except NotFound as error:
        raise _not_found(wanted, error) from error
    except Refused as error:
        raise _refused(wanted, error) from error
    except ConnectorError as error:
        raise declined(502, error.code or "accounting_system", error.message) from error


def _token(hub: Hub, request: Request) -> Token:
    sent = bearer(request)
    if not sent:
        raise Declined(401, headers={"www-authenticate": REALM})
    address = request.client.host if request.client else "unknown"
    try:
        token = token_of(hub, sent, address=address)
    except TokenRefused as error:
        problems = [problem_document(each) for each in error.problems]
        if error.wait_s:
            raise Declined(429, problems, headers={"retry-after": str(error.wait_s)}) from error
        raise Declined(401, problems, headers={"www-authenticate": f'{REALM}, error="invalid_token"'}) from error
    request.state.program = token.id
    return token


def _known(hub: Hub, options: WebOptions, request: Request) -> None:
    session = session_at(request, hub, options)
    if session is None:
        _token(hub, request)
    else:
        request.state.person = session.person.id


def _response(wanted: Operation, answer: Answer) -> Response:
    headers = dict(answer.headers)
    if wanted.answers is bytes:
        return Response(answer.content, wanted.status, headers, media_type=ANY_FILE)
    return JSONResponse(answer.content, wanted.status, headers)


def _not_found(wanted: Operation, error: NotFound) -> Declined:
    """Return that what the path names is not there, or that the connection that was named is not."""
    if "{export}" in wanted.path:
        return Declined(404)
    return Declined(422, _placed(error, "connection"))


def _refused(wanted: Operation, error: Refused) -> Declined:
    named = {**wanted.query.model_fields, **(wanted.body.model_fields if wanted.body else {})}
    for each in error.problems:
        for field in OF_WHAT_WAS_SENT.get(each.code, ()):
            if field in named:
                return Declined(422, _placed(error, field))
    return Declined(409, [problem_document(each) for each in error.problems])


def _placed(error: Refused, field: str) -> Sequence[dict[str, object]]:
    return [{**problem_document(each), "where": {"field": field}} for each in error.problems]
