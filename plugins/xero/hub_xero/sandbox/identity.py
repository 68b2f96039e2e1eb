"""Sign-in and connections: consent for several organisations at once, and the list of what was allowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.testing.sandbox import Desk, Grant, Issued, SignInPaths, SignInStyle, TokenDesk, sign_in_routes
from hub_xero.sandbox import answers, tokens
from hub_xero.sandbox.organisations import named_id

PATHS = SignInPaths(authorize="/identity/connect/authorize", token=("/connect/token",), revoke=("/connect/revocation",))


class Identity:
    """Answers for login.xero.com, identity.xero.com and /connections."""

    def __init__(self, desk: Desk, token_desk: TokenDesk, base_url: str) -> None:
        self._desk = desk
        self._tokens = token_desk
        self._base_url = base_url

    def routes(self) -> list[Route]:
        """Return the routes; paths are in lower case."""
        style = SignInStyle(
            title="Connect an app to Xero (sandbox)",
            asks="An app wants to read accounts, tracking and lock dates of your organisations, and to post manual journals to "
            "them. Which organisations may it use?",
            allow="Allow access",
            one_company=False,
            fields=self._fields,
            statuses={},  # invalid_client is 400 too
            describes=False,
        )
        return [
            *sign_in_routes(self._desk, self._tokens, PATHS, style),
            Route("/connections", self._connections, methods=["GET"]),
            Route("/connections/{id}", self._disconnect, methods=["DELETE"]),
            Route("/.well-known/openid-configuration", self._discovery, methods=["GET"]),
            Route("/.well-known/openid-configuration/jwks", self._jwks, methods=["GET"]),
        ]

    def _fields(self, issued: Issued, _headers: Mapping[str, str]) -> Mapping[str, object]:
        """Return the fields beside the tokens: exactly these, since Xero's own client takes no other."""
        grant, now = issued.grant, self._desk.clock.now()
        told = {"token_type": "Bearer", "scope": " ".join(grant.scopes)}
        if "openid" not in grant.scopes:
            return told
        return {"id_token": tokens.id_token(grant, self._base_url, self._tokens.client.id, now), **told}

    async def _connections(self, request: Request) -> Response:
        grant = self._grant(request)
        if isinstance(grant, Response):
            return grant
        event = tokens.event_id(grant)
        wanted = request.query_params.get("authEventId", event)
        rows = [
            {
                "id": _connection_id(grant, tenant),
                "authEventId": event,
                "tenantId": tenant,
                "tenantType": "ORGANISATION",
                "tenantName": self._desk.companies[tenant].name,
                "createdDateUtc": _precise(grant.began_at),
                "updatedDateUtc": _precise(grant.began_at),
            }
            for tenant in grant.companies
            if wanted.lower() == event
        ]
        return JSONResponse(rows)

    async def _disconnect(self, request: Request) -> Response:
        grant = self._grant(request)
        if isinstance(grant, Response):
            return grant
        left = tuple(tenant for tenant in grant.companies if _connection_id(grant, tenant) != request.path_params["id"])
        if len(left) == len(grant.companies):
            return answers.not_found()
        grant.companies = left
        return Response(status_code=204)

    def _grant(self, request: Request) -> Grant | Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._tokens.grant_of(token) if kind.lower() == "bearer" else None
        return grant or answers.refused_access(401, "Unauthorized", "AuthenticationUnsuccessful")

    async def _discovery(self, _request: Request) -> Response:
        return JSONResponse(tokens.discovery(self._base_url, self._tokens.client.scopes))

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse(tokens.key_set())


def _connection_id(grant: Grant, tenant: str) -> str:
    return named_id("connection", grant.id, tenant)


def _precise(instant: datetime) -> str:
    """Return an instant as /connections has it: seven digits of a second, and no zone."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond:06}0"
