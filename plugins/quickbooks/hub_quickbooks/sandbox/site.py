"""A whole sandbox under one base address: sign-in, accounting API, pages, and its controls."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.testing.clock import Clock
from hub.testing.sandbox import (
    CallLimits,
    ClientApp,
    Desk,
    Faults,
    Front,
    Issued,
    MovableClock,
    SignInPaths,
    SignInStyle,
    TokenDesk,
    TokenRules,
    Window,
    control_routes,
    journal_page,
    page,
    seconds,
    sign_in_routes,
    switch,
    texts,
)
from hub_quickbooks import places
from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.company import Company
from hub_quickbooks.sandbox.counter import FAULTS, Counter, response, trace
from hub_quickbooks.sandbox.refusals import Refused, fault_body
from hub_quickbooks.sandbox.sample import RESTAURANT, SAMPLES

CLIENT_ID = "ABquickbooksSandboxOnThisMachine"
CLIENT_SECRET = "not-a-secret-of-anybody"
DAY_S = 86_400
SCOPES = (places.SCOPE, "openid", "profile", "email", "phone", "address")
RULES = TokenRules(
    access_life_s=3_600,
    refresh_life_s=places.REFRESH_LIFE_S,
    code_life_s=600,
    rotate_after_s=DAY_S,
    race_s=60,
    hard_life_s=5 * 365 * DAY_S,
    refresh_prefix="AB11",
)
DISCOVERY = ("openid_configuration", "openid_sandbox_configuration", "openid-configuration")
USER_INFO = "/v1/openid_connect/userinfo"
KEYS = "/op/v1/jwks"


class Site:
    """One sandbox; all of its state may be looked at and changed by tests."""

    def __init__(self, base_url: str, *, clock: Clock | None, redirect_uris: Sequence[str]) -> None:
        self.base_url = base_url
        self.clock = clock or MovableClock()
        now = self.clock.now()
        self.companies = {sample.realm: Company(sample, number, now) for number, sample in enumerate(SAMPLES)}
        self.desk = Desk(
            clock=self.clock,
            companies=[company.books for company in self.companies.values()],
            faults=Faults(FAULTS),
            limits=CallLimits(self.clock.now, Window(calls=500, seconds=60), Window(calls=10, seconds=1)),
        )
        client = ClientApp(id=CLIENT_ID, secret=CLIENT_SECRET, redirect_uris=tuple(redirect_uris), scopes=SCOPES)
        self.tokens = TokenDesk(RULES, client, self.clock.now)
        self.counter = Counter(self.desk, self.tokens, self.companies, self._pause)
        self.signed_in = self.tokens.grant((places.SCOPE,), (RESTAURANT,))
        self.app = Front(self.desk, base_url, self._routes(), self._not_found)

    def credentials(self) -> Mapping[str, str]:
        """Return what a client needs to talk to it without a browser; another consent each time."""
        client = self.tokens.client
        return {
            "base_url": self.base_url,
            "client_id": client.id,
            "client_secret": client.secret,
            "refresh_token": self.tokens.grant((places.SCOPE,), (RESTAURANT,)).refresh,
            "company_id": RESTAURANT,
            "redirect_uris": " ".join(client.redirect_uris),
        }

    def _routes(self) -> list[Route]:
        controls = {
            "warn_duplicate_journal_number": switch(self._set_warning),
            "requestid_window_seconds": seconds(self._set_window),
            "refresh_rotation_seconds": seconds(self._set_rotation),
            "strict_refresh": switch(self._set_strict),
            "redirect_uris": texts(self.tokens.register),
        }
        paths = SignInPaths(
            authorize=places.AUTHORIZE, token=(places.TOKEN,), revoke=(places.REVOKE, "/oauth2/v1/tokens/revoke")
        )
        style = SignInStyle(
            title="Connect to the QuickBooks Online sandbox",
            asks="An app asks to see and change the accounting of a company.",
            kept=lambda companies: {places.REALM: companies[0]},
            fields=_token_fields,
            headers=trace,
        )
        return [
            *(
                Route(f"/.well-known/{name}{end}", self._discovery, methods=["GET"])
                for name in DISCOVERY
                for end in ("", "/")
            ),
            *sign_in_routes(self.desk, self.tokens, paths, style),
            Route(USER_INFO, self._user_info, methods=["GET"]),
            Route(KEYS, self._keys, methods=["GET"]),
            Route("/app/journal", self._journal, methods=["GET"]),
            Route("/v3/company/{realm}/{rest:path}", self.counter.answer, methods=["GET", "POST"]),
            *control_routes(self.desk, self.base_url, controls),
        ]

    async def _discovery(self, _request: Request) -> Response:
        base = self.base_url
        return JSONResponse(
            {
                "issuer": f"{base}/op/v1",
                "authorization_endpoint": f"{base}{places.AUTHORIZE}",
                "token_endpoint": f"{base}{places.TOKEN}",
                "userinfo_endpoint": f"{base}{USER_INFO}",
                "revocation_endpoint": f"{base}{places.REVOKE}",
                "jwks_uri": f"{base}{KEYS}",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": list(SCOPES),
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": []})  # no id_token is given, so there is nothing to verify

    async def _user_info(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").partition(" ")[2]
        grant = self.tokens.grant_of(token)
        if grant is None:
            return JSONResponse({"error": "invalid_token"}, 401, headers=trace())
        person = {"sub": grant.id, "email": "sandbox@example.com", "emailVerified": True}
        return JSONResponse({**person, "givenName": "Sam", "familyName": "Sandbox"}, headers=trace())

    async def _journal(self, request: Request) -> Response:
        """Show a journal at the address that the vendor's own links have."""
        id_ = request.query_params.get("txnId", "")
        for books in self.desk.companies.values():
            if id_ in books.journals:
                return journal_page(books, books.journals[id_])
        return page("No such journal", "<p>It was deleted, or never written.</p>", status=404)

    def _not_found(self, request: Request) -> Response:
        wrong = refusals.Wrong(code="404", message="Not Found", detail=f"Nothing is at {request.url.path}")
        body = fault_body(Refused(wrong, status=404), self.clock.now(), as_gateway=False)
        return response(request, body, 404)

    async def _pause(self, slow_s: float) -> None:
        """Take a while: as long as it says where the machine's clock runs, else the test's clock moves on."""
        if isinstance(self.clock, MovableClock):
            await asyncio.sleep(slow_s)
        else:
            self.clock.advance(slow_s)

    def _set_warning(self, on: bool) -> None:  # noqa: FBT001 - a switch's own value
        for company in self.companies.values():
            company.choices.warn_duplicate_journal_number = on

    def _set_window(self, window_s: float) -> None:
        self.counter.request_id_window_s = window_s

    def _set_rotation(self, rotation_s: float) -> None:
        self.tokens.rules = replace(self.tokens.rules, rotate_after_s=int(rotation_s))

    def _set_strict(self, on: bool) -> None:  # noqa: FBT001 - a switch's own value
        """Strict: a refresh token dies when it gets a successor, and a race may end the sign-in. Else it lives a day more."""
        grace_s, race_s = (0, RULES.race_s) if on else (DAY_S, 0)
        self.tokens.rules = replace(self.tokens.rules, grace_s=grace_s, race_s=race_s)


def _token_fields(issued: Issued, headers: Mapping[str, str]) -> Mapping[str, object]:
    told: dict[str, object] = {"x_refresh_token_expires_in": issued.refresh_s}
    if headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true":
        told["x_refresh_token_hard_expires_in"] = issued.hard_s
    return told
