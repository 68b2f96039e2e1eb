"""A sandbox without a socket: a transport for httpx2 that calls the ASGI app in the same thread."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

import httpx2

from hub.testing.sandbox.front import AnswerLost

App = Callable[..., Awaitable[None]]
Message = MutableMapping[str, Any]  # Any: the ASGI specification's own message shape


class AppTransport(httpx2.BaseTransport):
    """Calls an app whose endpoints wait for nothing; one call at a time, from any thread.

    An answer that is lost raises httpx2.RemoteProtocolError, as a closed connection does.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; raises errors of httpx2."""
        body, told = request.read(), list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        with self._lock:
            try:
                _run(self._app(_scope(request), receive, send))
            except AnswerLost as lost:
                raise httpx2.RemoteProtocolError("The server closed the connection.", request=request) from lost
        return httpx2.Response(
            told[0]["status"], headers=told[0]["headers"], content=b"".join(each.get("body", b"") for each in told[1:])
        )


def _run(call: Awaitable[None]) -> None:
    """Run a coroutine that waits for nothing, without an event loop."""
    assert isinstance(call, Coroutine)
    try:
        call.send(None)
    except StopIteration:
        return
    call.close()
    raise RuntimeError("an endpoint of the sandbox waits for something, which needs a server")


def _scope(request: httpx2.Request) -> Message:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.split(b"?", maxsplit=1)[0],
        "root_path": "",
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 0),
    }
