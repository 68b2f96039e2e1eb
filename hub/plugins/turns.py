"""Calls one after another at the rate that an accounting system bears."""

from __future__ import annotations

from collections.abc import Callable

import httpx2


class NoTurn(httpx2.ConnectError):
    """The rate that the accounting system bears left no turn for this request soon enough; nothing was sent."""


class InTurn(httpx2.BaseTransport):
    """Waits for each request's turn before it is sent through another transport; turn: False where none comes soon."""

    def __init__(self, inner: httpx2.BaseTransport, turn: Callable[[], bool]) -> None:
        self._inner = inner
        self._turn = turn

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request when its turn has come."""
        if not self._turn():
            raise NoTurn("too many calls to this accounting system wait for their turn", request=request)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()
