"""The ASGI app around a sandbox's routes: it can close the socket instead of answering."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from starlette import types
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router

from hub.testing.sandbox.desk import Desk

Message = Mapping[str, Any]  # Any: the ASGI specification's own message shape
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Route = Callable[[Message, Receive, Send], Awaitable[None]]
NotFound = Callable[[Request], Response]


class AnswerLost(Exception):
    """The caller hears nothing: its connection is closed without an answer."""


class Front:
    """A sandbox as an ASGI app.

    routes: with asynchronous endpoints; one that raises AnswerLost closes the connection. not_found: answers what has no
    route; base_url: a folder in it is taken off each path; any_case: paths are taken in any case, routes being in lower case.
    Before every request what was due by then is written.
    """

    def __init__(
        self, desk: Desk, base_url: str, routes: Iterable[BaseRoute], not_found: NotFound, *, any_case: bool = False
    ) -> None:
        async def nothing_there(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
            await not_found(Request(scope, receive))(scope, receive, send)

        self._desk = desk
        self._folder = urlsplit(base_url).path.rstrip("/")
        self._any_case = any_case
        self._router = Router(list(routes), redirect_slashes=False, default=nothing_there)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        route = cast(
            "Route", self._router
        )  # Starlette's messages are the same, only declared as ones that may be changed
        if scope["type"] != "http":
            await route(scope, receive, send)
            return
        self._desk.settle()
        try:
            await route(self._below_folder(scope), receive, send)
        except AnswerLost:
            await _hang_up(receive, send)

    def _below_folder(self, scope: Message) -> Message:
        path = scope["path"]
        if self._folder and path.startswith(f"{self._folder}/"):
            path = path[len(self._folder) :]
        path = path.lower() if self._any_case else path
        return dict(scope) if path == scope["path"] else {**scope, "path": path, "raw_path": None}


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the server's socket, which ASGI has no word for: uvicorn's `send` belongs to what holds the transport.

    Raises AnswerLost where there is no socket, as in tests within one process.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise AnswerLost
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
