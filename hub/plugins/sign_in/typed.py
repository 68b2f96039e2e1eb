"""Requests signed from secrets that a person typed in, each anew: its session has the signed request and no secret."""

from __future__ import annotations

from collections.abc import Callable, Generator

import httpx2


class SigningTyped(httpx2.Auth):
    """Signs the requests of one session; sign: the connector's, with the secrets at hand. An answer 401 is the session's."""

    requires_request_body = True
    try_again = False

    def __init__(self, sign: Callable[[httpx2.Request], httpx2.Request]) -> None:
        self._sign = sign

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send a request signed."""
        signed = self._sign(request)
        signed.extensions = {**request.extensions, **signed.extensions}
        yield signed
