"""How a connector's customers sign in, as data: the hub runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSignIn:
    """Nothing to sign in to, as for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """The authorization-code flow; addresses are absolute, scopes exactly as the vendor spells them."""

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    revoke_url: str = ""
    proof_key: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertion:
    """OAuth 2.0 client credentials proven by a signed JWT; algorithms in order of preference, such as PS256."""

    token_url: str
    scopes: tuple[str, ...]
    algorithms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFields:
    """Secrets that a person types in; the model's fields are pydantic SecretStr and go to the vault."""

    model: type[BaseModel]


SignIn = NoSignIn | OAuth2 | ClientAssertion | SecretFields
