"""The authorization-code flow with Authlib. Nothing here keeps a token."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2ClientAuth, OAuthError
from authlib.oauth2.auth import TokenAuth
from authlib.oauth2.client import OAuth2Client

from hub.api import ClientIn, OAuth2, RevokeAs
from hub.plugins.sign_in.grants import Client, Granted, GrantRefused, NoGrant, granted

if TYPE_CHECKING:
    from hub.plugins.calls import Unchecked

VERIFIER_BYTES = 48
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
OWN_HEADERS = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
METHODS = {ClientIn.HEADER: "client_secret_basic", ClientIn.BODY: "client_secret_post"}
ERRORS = frozenset(
    {"invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "unauthorized_client", "access_denied"}
    | {"unsupported_grant_type", "unsupported_token_type"}
)
UNREADABLE = "Its token address answered with something that is no answer."
CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a person is sent to sign in; verifier: proves later that the same hub asked (PKCE), empty without it."""

    url: str
    verifier: str = field(repr=False)


class _AsItCame(TokenAuth):  # type: ignore[misc]  # Authlib has no types
    """Keeps an answer as it came: what each field must be is looked at in grants.py."""

    def set_token(self, token: Unchecked) -> None:
        """Keep an answer."""
        self.token = token


class _Flow(OAuth2Client):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client on the guarded HTTP client."""

    client_auth_class = OAuth2ClientAuth
    token_auth_class = _AsItCame
    oauth_error_class = OAuthError  # the usual one raises another error where a description has a letter beyond ASCII

    def __del__(self) -> None:
        """Nothing: the HTTP client is its owner's to close."""


def ask(way: OAuth2, client: Client, *, redirect_url: str, state: str) -> Asked:
    """Return where to send a person; state: what must come back with them."""
    verifier = secrets.token_urlsafe(VERIFIER_BYTES) if way.proof_key else ""
    flow = _Flow(
        None,
        client_id=client.id,
        redirect_uri=redirect_url,
        scope=" ".join(way.scopes),
        code_challenge_method="S256" if way.proof_key else None,
    )
    url, _ = flow.create_authorization_url(way.authorize_url, state=state, code_verifier=verifier or None)
    return Asked(url=url, verifier=verifier)


def exchange(
    http: httpx2.Client, way: OAuth2, client: Client, *, code: str, redirect_url: str, verifier: str
) -> Granted:
    """Exchange the code that came back with a person for tokens, once; raises NoGrant."""
    proof = {"code_verifier": verifier} if verifier else {}
    flow = _flow(http, way, client)
    answer = _answered(
        lambda: flow.fetch_token(
            way.token_url,
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect_url,
            headers=_headers(way),
            **proof,
        )
    )
    return granted(answer, way)


def renew(http: httpx2.Client, way: OAuth2, client: Client, refresh: str) -> Granted:
    """Exchange a refresh token for new tokens, once; raises NoGrant."""
    flow = _flow(http, way, client)
    answer = _answered(lambda: flow.refresh_token(way.token_url, refresh_token=refresh, headers=_headers(way)))
    return granted(answer, way, refresh=refresh)


def revoke(http: httpx2.Client, way: OAuth2, client: Client, token: str) -> bool:
    """Take a token back at the accounting system; returns whether it said that it did."""
    flow = _flow(http, way, client)
    try:
        if way.revoke_as is RevokeAs.JSON:
            auth = OAuth2ClientAuth(client.id, client.secret, METHODS[ClientIn.HEADER])
            answer = http.post(way.revoke_url, json={"token": token}, auth=auth, headers={"Accept": "application/json"})
        else:
            answer = flow.revoke_token(way.revoke_url, token=token, token_type_hint="refresh_token")
    except httpx2.HTTPError:
        return False
    return bool(answer.is_success)


def ask_as_client(http: httpx2.Client, token_url: str, proof: Mapping[str, str]) -> Mapping[str, Unchecked]:
    """Ask for an access token as a client whose proof is in the form alone, once; raises NoGrant."""
    flow, nothing_more = _Flow(http), httpx2.Auth()
    return _answered(
        lambda: flow.fetch_token(
            token_url, grant_type="client_credentials", headers=OWN_HEADERS, auth=nothing_more, **proof
        )
    )


def _answered(call: Callable[[], Unchecked]) -> Mapping[str, Unchecked]:
    """Return a token address's answer; raises NoGrant without a cause, since causes may hold what was sent."""
    try:
        answer: Mapping[str, Unchecked] = call()
    except AuthlibBaseError as error:
        refused = str(error.error or "")
        said = str(error.description or "")
        raise (GrantRefused(refused, said) if refused in ERRORS else NoGrant(UNREADABLE)) from None
    except httpx2.HTTPStatusError as error:
        status = error.response.status_code
        raise NoGrant(
            f"Its token address answered with an error ({status}).", sent=status not in CLIENT_ERRORS
        ) from None
    except httpx2.HTTPError as error:
        raise NoGrant("Its token address did not answer.", sent=not isinstance(error, NOT_SENT)) from None
    except (ValueError, TypeError, RecursionError):
        raise NoGrant(UNREADABLE) from None
    return answer


def _flow(http: httpx2.Client, way: OAuth2, client: Client) -> _Flow:
    method = METHODS[way.client_in] if client.secret else "none"
    return _Flow(
        http,
        client.id,
        client.secret,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )


def _headers(way: OAuth2) -> dict[str, str]:
    return {**OWN_HEADERS, **way.token_headers}
