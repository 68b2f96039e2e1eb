"""What keeps a browser safe: headers, the Host and Origin checked, cookies, tokens in forms, and limits on what is sent."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from hub.web.options import WebOptions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",
}
STATIC, KEPT = "/static/", "public, max-age=31536000, immutable"
"""Files of ours are kept by browsers when they are asked for with what they hold; see rendering.static."""
HSTS = "max-age=31536000"
SESSION, FORM, TOLD = "session", "form", "told"
"""The cookies: who is signed in; what ties the forms of somebody who is not; what to tell on the next page."""

Limit = tuple[re.Pattern[str], int]


class Guard:
    """Refuses what is not for this app or too large, and puts the safe headers on every answer."""

    def __init__(self, app: ASGIApp, *, options: WebOptions, limits: Sequence[Limit], most_bytes: int) -> None:
        """Wrap an app; limits: the paths that take more than most_bytes, and how much."""
        self.app = app
        self.options = options
        self.limits = limits
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        app = self.app if self.options.knows(Headers(scope=scope).get("host", "")) else UNKNOWN_HOST
        await app(scope, self._limited(scope, receive), self._secured(scope, send))

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """Return what reads the body and stops at the limit, before more of it is kept."""
        most = next((most for path, most in self.limits if path.fullmatch(scope["path"])), self.most_bytes)
        length = Headers(scope=scope).get("content-length", "")
        promised = int(length) if length.isascii() and length.isdigit() else 0
        came = 0

        async def read() -> Message:
            nonlocal came
            if promised > most:
                raise TooLarge(most)
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise TooLarge(most)
            return message

        return read

    def _secured(self, scope: Scope, send: Send) -> Send:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith(STATIC) and scope["query_string"] and message["status"] in (200, 304):
                    headers["cache-control"] = KEPT
                add_headers(headers, self.options)
            await send(message)

        return secured


UNKNOWN_HOST = PlainTextResponse("The hub is not reached by this name. Its operator sets HUB_PUBLIC_URL.", 421)


class TooLarge(HTTPException):
    """What was sent is larger than it may be."""

    def __init__(self, most: int) -> None:
        size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1_000} kB"
        super().__init__(413, f"What was sent is larger than the {size} that are taken here.")


def add_headers(headers: MutableHeaders, options: WebOptions) -> None:
    """Put the safe headers on an answer, where it has not its own."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if options.secure:
        headers.setdefault("strict-transport-security", HSTS)


def check_origin(request: Request, options: WebOptions) -> None:
    """Refuse a form that a browser sent from another site's page; raises HTTPException."""
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(400, FOREIGN)
    origin = headers.get("origin")
    if origin is not None and origin.casefold() != options.origin(headers.get("host", "")):
        raise HTTPException(400, FOREIGN)


FOREIGN = "This form was sent from another site's page. Nothing was changed."
STALE = "This form is from an earlier sign-in. Nothing was changed. Go back, load the page again and send it once more."


def check_token(sent: str, secret: str | None) -> None:
    """Refuse a form without the token that its page was given; raises HTTPException."""
    if secret is None or not hmac.compare_digest(sent.encode(errors="replace"), token_of(secret).encode()):
        raise HTTPException(400, STALE)


def token_of(secret: str) -> str:
    """Return the token that forms carry, made from what only this browser's cookie holds."""
    return signed(secret, "form")


def signed(secret: str, text: str) -> str:
    """Return a seal over a text that only who has the secret can make."""
    return hmac.new(secret.encode(), text.encode(errors="replace"), hashlib.sha256).hexdigest()


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def cookie(request: Request, name: str, options: WebOptions) -> str | None:
    """Return what a cookie of this app holds, None where there is none."""
    return request.cookies.get(_cookie_name(name, options)) or None


def set_cookie(response: Response, name: str, value: str, options: WebOptions) -> None:
    """Give the browser a cookie until it is closed; an empty value takes it away."""
    response.set_cookie(
        _cookie_name(name, options),
        value,
        max_age=None if value else 0,
        path="/",
        secure=options.secure,
        httponly=True,
        samesite="lax",
    )


def local_path(path: str) -> str:
    """Return a path of this app, `/` for anything else."""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if safe and not parts.scheme and not parts.netloc else "/"


def _cookie_name(name: str, options: WebOptions) -> str:
    return f"__Host-hub-{name}" if options.secure else f"hub-{name}"
