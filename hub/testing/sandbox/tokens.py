"""An OAuth 2 authorization server: codes, access and refresh tokens that expire, rotate and are revoked."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

INVALID_REQUEST = "invalid_request"
INVALID_CLIENT = "invalid_client"
INVALID_GRANT = "invalid_grant"


class Proof(StrEnum):
    """What the server does with PKCE (S256): it has never heard of it, checks it where it comes, or asks for it."""

    IGNORED = "ignored"
    OPTIONAL = "optional"
    REQUIRED = "required"


class TokenRefused(Exception):
    """A call to the authorization server that is refused, with the error as OAuth names it."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """How long things live, in seconds, and what a refresh does to the token that asked for it.

    rotate_after_s: a refresh token gets a successor once it is so old, 0 for at every refresh; grace_s: how long a token
    with a successor still answers with it; race_s: a token with a successor that is used within so much time, after its
    grace, ends the whole grant; hard_life_s: when a grant ends whatever is refreshed.
    """

    access_life_s: int
    refresh_life_s: int
    code_life_s: int = 300
    rotate_after_s: int = 0
    grace_s: int = 0
    race_s: int = 0
    hard_life_s: int | None = None
    proof: Proof = Proof.IGNORED
    access_prefix: str = "access-"
    refresh_prefix: str = "refresh-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientApp:
    """The app that signs people in: its redirect addresses are compared exactly."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Grant:
    """What a person allowed."""

    id: str
    scopes: tuple[str, ...]
    companies: tuple[str, ...]
    began_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What an app asks a person for."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    challenge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A pair of tokens; *_s: how long each still lives. refresh: empty where the grant has none."""

    access: str
    refresh: str
    access_s: int
    refresh_s: int
    hard_s: int | None
    grant: Grant


@dataclass(slots=True, kw_only=True)
class _Code:
    request: AuthorizationRequest
    grant: Grant
    until: datetime
    used: bool = False


@dataclass(slots=True, kw_only=True)
class _Refresh:
    grant: Grant
    issued_at: datetime
    until: datetime
    successor: str = ""
    replaced_at: datetime | None = None


class TokenDesk:
    """Issues tokens and knows them again. offline: the scope that a refresh token needs, empty where none is needed."""

    def __init__(self, rules: TokenRules, client: ClientApp, now: Callable[[], datetime], *, offline: str = "") -> None:
        self.rules = rules
        self.client = client
        self._now = now
        self._offline = offline
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, tuple[Grant, datetime]] = {}
        self._refresh: dict[str, _Refresh] = {}

    def register(self, redirect_uris: Iterable[str]) -> None:
        """Add redirect addresses to the app."""
        self.client = replace(self.client, redirect_uris=(*self.client.redirect_uris, *redirect_uris))

    def asked(self, parameters: Mapping[str, str]) -> AuthorizationRequest:
        """Return what the parameters of an authorization request ask for.

        Raises TokenRefused, and ValueError where the redirect address cannot be trusted, so that nobody is sent there.
        """
        if parameters.get("client_id") != self.client.id:
            raise ValueError("The client_id is not one of an app that is known here.")
        redirect_uri = parameters.get("redirect_uri", "")
        if redirect_uri not in self.client.redirect_uris:
            raise ValueError("The redirect_uri is not, to the letter, one that the app has registered.")
        scopes = tuple(parameters.get("scope", "").split())
        if parameters.get("response_type") != "code":
            raise TokenRefused("unsupported_response_type", "response_type must be code")
        if not scopes or not set(scopes) <= set(self.client.scopes):
            raise TokenRefused("invalid_scope", "a scope is unknown, or there is none")
        return AuthorizationRequest(
            client_id=self.client.id,
            redirect_uri=redirect_uri,
            scopes=scopes,
            state=parameters.get("state", ""),
            challenge=self._challenge(parameters),
        )

    def allow(self, request: AuthorizationRequest, companies: Iterable[str]) -> str:
        """Return the code of a person's consent for some companies."""
        code = secrets.token_urlsafe(24)
        grant = self._granted(request.scopes, companies)
        until = self._now() + timedelta(seconds=self.rules.code_life_s)
        self._codes[code] = _Code(request=request, grant=grant, until=until)
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> Issued:
        """Return the tokens of a code, which works once; raises TokenRefused."""
        found = self._codes.get(code)
        if found is None or found.until <= self._now() or found.request.redirect_uri != redirect_uri:
            raise TokenRefused(INVALID_GRANT, "Invalid authorization code")
        if found.used:  # RFC 6749, 4.1.2: what it led to may be a thief's
            found.grant.revoked = True
            raise TokenRefused(INVALID_GRANT, "Invalid authorization code")
        if found.request.challenge and _challenge_of(verifier) != found.request.challenge:
            raise TokenRefused(INVALID_GRANT, "The code_verifier does not fit")
        found.used = True
        return self._issued(found.grant)

    def refresh(self, token: str) -> Issued:
        """Return new tokens for a refresh token; raises TokenRefused."""
        now, known = self._now(), self._refresh.get(token)
        if known is None or known.grant.revoked or known.until <= now or self._is_over(known.grant, now):
            raise TokenRefused(INVALID_GRANT, "Incorrect or invalid refresh token")
        if known.replaced_at is not None:
            return self._again(known, now)
        if now - known.issued_at < timedelta(seconds=self.rules.rotate_after_s):
            known.until = self._refresh_until(known.grant, now)
            return self._pair(known.grant, token)
        issued = self._issued(known.grant)
        known.successor, known.replaced_at = issued.refresh, now
        return issued

    def revoke(self, token: str) -> bool:
        """End the grant of an access or refresh token; False where there is no such token."""
        known = self._refresh.get(token)
        grant = known.grant if known is not None else self._access.get(token, (None,))[0]
        if grant is None or grant.revoked:
            return False
        grant.revoked = True
        return True

    def grant_of(self, access: str) -> Grant | None:
        """Return the grant of an access token that is alive, None of any other."""
        grant, until = self._access.get(access, (None, None))
        if grant is None or until is None or grant.revoked or until <= self._now():
            return None
        return grant

    def is_expired(self, access: str) -> bool:
        """Whether an access token was alive once and is too old now."""
        grant, until = self._access.get(access, (None, None))
        return grant is not None and until is not None and not grant.revoked and until <= self._now()

    def grant(self, scopes: Iterable[str], companies: Iterable[str]) -> Issued:
        """Return tokens as if a person had signed in and allowed it."""
        return self._issued(self._granted(scopes, companies))

    def expire(self) -> None:
        """Let every access token be too old from now on."""
        now = self._now()
        self._access = {token: (grant, min(until, now)) for token, (grant, until) in self._access.items()}

    def grants(self) -> list[Grant]:
        """Return what people have allowed and not ended."""
        known = [grant for grant, _ in self._access.values()]
        return [grant for grant in dict.fromkeys(known) if not grant.revoked]

    def is_client(self, client_id: str, secret: str) -> bool:
        """Whether these are the app's own id and secret."""
        return client_id == self.client.id and secrets.compare_digest(secret, self.client.secret)

    def _challenge(self, parameters: Mapping[str, str]) -> str:
        challenge = parameters.get("code_challenge", "")
        if self.rules.proof is Proof.IGNORED:
            return ""
        if challenge and parameters.get("code_challenge_method") != "S256":
            raise TokenRefused(INVALID_REQUEST, "code_challenge_method must be S256")
        if not challenge and self.rules.proof is Proof.REQUIRED:
            raise TokenRefused(INVALID_REQUEST, "code_challenge is needed")
        return challenge

    def _granted(self, scopes: Iterable[str], companies: Iterable[str]) -> Grant:
        return Grant(id=secrets.token_hex(8), scopes=tuple(scopes), companies=tuple(companies), began_at=self._now())

    def _again(self, known: _Refresh, now: datetime) -> Issued:
        """Answer a token that has a successor: with it during its grace, else with a refusal, and soon after with the end."""
        assert known.replaced_at is not None
        age = now - known.replaced_at
        successor = self._refresh[known.successor]
        if age < timedelta(seconds=self.rules.grace_s) and successor.replaced_at is None:
            return self._pair(known.grant, known.successor)
        if age < timedelta(seconds=self.rules.race_s):
            known.grant.revoked = True
        raise TokenRefused(INVALID_GRANT, "Incorrect or invalid refresh token")

    def _issued(self, grant: Grant) -> Issued:
        if self._offline and self._offline not in grant.scopes:
            return self._pair(grant, "")
        token, now = f"{self.rules.refresh_prefix}{secrets.token_urlsafe(32)}", self._now()
        self._refresh[token] = _Refresh(grant=grant, issued_at=now, until=self._refresh_until(grant, now))
        return self._pair(grant, token)

    def _pair(self, grant: Grant, refresh: str) -> Issued:
        now = self._now()
        access = f"{self.rules.access_prefix}{secrets.token_urlsafe(32)}"
        self._access[access] = (grant, now + timedelta(seconds=self.rules.access_life_s))
        return Issued(
            access=access,
            refresh=refresh,
            access_s=self.rules.access_life_s,
            refresh_s=int((self._refresh[refresh].until - now).total_seconds()) if refresh else 0,
            hard_s=self._hard_s(grant, now),
            grant=grant,
        )

    def _refresh_until(self, grant: Grant, now: datetime) -> datetime:
        until = now + timedelta(seconds=self.rules.refresh_life_s)
        hard_s = self._hard_s(grant, now)
        return until if hard_s is None else min(until, now + timedelta(seconds=hard_s))

    def _hard_s(self, grant: Grant, now: datetime) -> int | None:
        if self.rules.hard_life_s is None:
            return None
        return int((grant.began_at + timedelta(seconds=self.rules.hard_life_s) - now).total_seconds())

    def _is_over(self, grant: Grant, now: datetime) -> bool:
        hard_s = self._hard_s(grant, now)
        return hard_s is not None and hard_s <= 0


def _challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
