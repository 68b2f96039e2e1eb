"""The sign-in of a sandbox: a page on which a person chooses a company and allows it, and the token addresses."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qsl, unquote_plus, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.testing.sandbox.desk import Desk
from hub.testing.sandbox.pages import page
from hub.testing.sandbox.tokens import (
    INVALID_CLIENT,
    INVALID_REQUEST,
    AuthorizationRequest,
    Issued,
    TokenDesk,
    TokenRefused,
)

SEE_OTHER = 303
DECISION, ALLOW, COMPANY = "sandbox_decision", "allow", "sandbox_company"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPaths:
    """Where the sign-in answers, below the base address; of `token` and `revoke` each may answer at several paths."""

    authorize: str
    token: tuple[str, ...]
    revoke: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStyle:
    """What differs between accounting systems.

    title, asks, allow: the page's heading, its sentence and its first button; one_company: whether a person chooses one
    company or any number; kept: further parameters of the callback; fields: further fields of a token answer, given the
    request's headers in lower case; statuses: of errors that are no 400; describes: whether errors have a description.
    """

    title: str
    asks: str
    allow: str = "Connect"
    one_company: bool = True
    kept: Callable[[Sequence[str]], Mapping[str, str]] = lambda _companies: {}
    fields: Callable[[Issued, Mapping[str, str]], Mapping[str, object]] = lambda _issued, _headers: {}
    statuses: Mapping[str, int] = field(default_factory=lambda: {INVALID_CLIENT: 401})
    describes: bool = True
    headers: Callable[[], Mapping[str, str]] = dict


def sign_in_routes(desk: Desk, tokens: TokenDesk, paths: SignInPaths, style: SignInStyle) -> list[Route]:
    """Return the routes of a sign-in."""
    counter = _SignIn(desk, tokens, style)
    return [
        Route(paths.authorize, counter.authorize, methods=["GET"]),
        Route(paths.authorize, counter.decide, methods=["POST"]),
        *(Route(path, counter.token, methods=["POST"]) for path in paths.token),
        *(Route(path, counter.revoke, methods=["POST"]) for path in paths.revoke),
    ]


class _SignIn:
    """Answers for an authorization server."""

    def __init__(self, desk: Desk, tokens: TokenDesk, style: SignInStyle) -> None:
        self._desk = desk
        self._tokens = tokens
        self._style = style

    async def authorize(self, request: Request) -> Response:
        """Show what an app asks for."""
        parameters = dict(request.query_params)
        asked = self._asked(parameters)
        return asked if isinstance(asked, Response) else self._consent(parameters)

    async def decide(self, request: Request) -> Response:
        """Send a person back with a code, or with a refusal."""
        told = parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True)
        parameters = dict(told)
        asked = self._asked(parameters)
        if isinstance(asked, Response):
            return asked
        if parameters.get(DECISION) != ALLOW:
            return _back(asked.redirect_uri, {"error": "access_denied", "state": asked.state})
        companies = [value for name, value in told if name == COMPANY and value in self._desk.companies]
        if not companies or (self._style.one_company and len(companies) > 1):
            return self._consent(parameters, "Choose a company.")
        code = self._tokens.allow(asked, companies)
        return _back(asked.redirect_uri, {"code": code, "state": asked.state, **self._style.kept(companies)})

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token."""
        form = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        try:
            self._check_client(request, form)
            issued = self._issued(form)
        except TokenRefused as refused:
            return self._refused(refused)
        body: dict[str, object] = {
            "access_token": issued.access,
            "token_type": "bearer",
            "expires_in": issued.access_s,
            **({"refresh_token": issued.refresh} if issued.refresh else {}),
            **self._style.fields(issued, dict(request.headers)),
        }
        return JSONResponse(body, headers={"Cache-Control": "no-store", "Pragma": "no-cache", **self._style.headers()})

    async def revoke(self, request: Request) -> Response:
        """End what a person allowed."""
        form = _form_or_json(await request.body())
        try:
            self._check_client(request, form)
            if not self._tokens.revoke(form.get("token", "")):
                raise TokenRefused(INVALID_REQUEST, "The token is not one that can be revoked")
        except TokenRefused as refused:
            return self._refused(refused)
        return Response(status_code=200, headers=dict(self._style.headers()))

    def _asked(self, parameters: Mapping[str, str]) -> AuthorizationRequest | Response:
        try:
            return self._tokens.asked(parameters)
        except ValueError as error:
            return page("This app cannot be connected", f"<p>{escape(str(error))}</p>", status=400)
        except TokenRefused as refused:
            told = {"error": refused.error, "error_description": refused.description}
            return _back(parameters["redirect_uri"], {**told, "state": parameters.get("state", "")})

    def _consent(self, parameters: Mapping[str, str], wrong: str = "") -> Response:
        kind = "radio" if self._style.one_company else "checkbox"
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in parameters.items()
            if name not in (DECISION, COMPANY)
        )
        choices = "".join(
            f'<p><label><input type="{kind}" name="{COMPANY}" value="{escape(books.company)}"{" checked" * (not number)}> '
            f"{escape(books.name)} ({escape(books.company)})</label></p>"
            for number, books in enumerate(self._desk.companies.values())
        )
        alert = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
        body = (
            f"<p>{escape(self._style.asks)}</p>{alert}"
            f'<form method="post">{hidden}<fieldset><legend>Company</legend>{choices}</fieldset>'
            f'<p><button name="{DECISION}" value="{ALLOW}">{escape(self._style.allow)}</button>'
            f'<button name="{DECISION}" value="deny">Cancel</button></p></form>'
            "<p>This is a sandbox on this machine: no password is asked for, and nothing leaves it.</p>"
        )
        return page(self._style.title, body)

    def _issued(self, form: Mapping[str, str]) -> Issued:
        kind = form.get("grant_type", "")
        if kind == "authorization_code":
            return self._tokens.exchange(
                form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
            )
        if kind == "refresh_token":
            return self._tokens.refresh(form.get("refresh_token", ""))
        raise TokenRefused("unsupported_grant_type", "grant_type is authorization_code or refresh_token")

    def _check_client(self, request: Request, form: Mapping[str, str]) -> None:
        client_id, secret = _basic(request.headers.get("authorization", "")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        encoded = unquote_plus(client_id), unquote_plus(secret)  # RFC 6749, 2.3.1; many clients do not
        if not (self._tokens.is_client(client_id, secret) or self._tokens.is_client(*encoded)):
            raise TokenRefused(INVALID_CLIENT)

    def _refused(self, refused: TokenRefused) -> Response:
        body = {"error": refused.error}
        if self._style.describes and refused.description:
            body["error_description"] = refused.description
        return JSONResponse(body, self._style.statuses.get(refused.error, 400), headers=dict(self._style.headers()))


def _back(redirect_uri: str, parameters: Mapping[str, str]) -> Response:
    told = urlencode({name: value for name, value in parameters.items() if value})
    return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{told}", status_code=SEE_OTHER)


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = b64decode(told.strip(), validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return "", ""
    return client_id, secret


def _form_or_json(body: bytes) -> Mapping[str, str]:
    text = body.decode(errors="replace")
    try:
        told = json.loads(text)
    except ValueError:
        return dict(parse_qsl(text, keep_blank_values=True))
    return {name: value for name, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}
