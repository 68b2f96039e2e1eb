"""How a connector's customers sign in, as data: the hub runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel


class ClientIn(StrEnum):
    """Where a call to the token address carries the client's id and secret: HTTP Basic in the header, or the form."""

    HEADER = "header"
    BODY = "body"


class RevokeAs(StrEnum):
    """How a revocation carries its token: as a form (RFC 7009), or as a JSON object."""

    FORM = "form"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSignIn:
    """Nothing to sign in to, as for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """The authorization-code flow; addresses are absolute, scopes exactly as the vendor spells them.

    proof_key: whether it takes PKCE (S256); kept: names of the callback's parameters that are kept with the sign-in;
    token_headers: of calls to the token address. refresh_life_s: how long an unused refresh token lives where the answer
    does not say; refresh_expires_in, hard_expires_in: names of the answer's fields that say it, and when no renewal
    helps any more (all in seconds); grace_s: how long a refresh token that was used may be used again, since its answer
    was lost.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    revoke_url: str = ""
    proof_key: bool = True
    kept: tuple[str, ...] = ()
    client_in: ClientIn = ClientIn.HEADER
    revoke_as: RevokeAs = RevokeAs.FORM
    token_headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    refresh_life_s: int | None = None
    refresh_expires_in: str = ""
    hard_expires_in: str = ""
    grace_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertion:
    """OAuth 2.0 client credentials proven by a signed JWT (RFC 7523).

    The hub keeps the client's id, the id of its certificate (the JWT's `kid`) and the private key that a person types in,
    signs with the first of algorithms that fits the key (PS256 for RSA, ES256 for EC), asks for an access token and signs
    each request with it. The JWT's audience is token_url, and it names the scopes as a list.
    """

    token_url: str
    scopes: tuple[str, ...]
    algorithms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFields:
    """Secrets that a person types in, from which the connector signs each request: it is a SigningConnector.

    model: a pydantic model with hide_input_in_errors; its fields are SecretStr, or str for what is shown as it is typed. They
    go to the vault as a whole and are never shown again. The form is drawn from titles and descriptions; a field with
    json_schema_extra={"multiline": True} gets several lines, as a private key needs.
    """

    model: type[BaseModel]


SignIn = NoSignIn | OAuth2 | ClientAssertion | SecretFields
