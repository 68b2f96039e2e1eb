"""What a token address grants or refuses, checked; tokens and secrets are in no repr.

NoGrant
└── GrantRefused
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from hub.api import OAuth2
from hub.plugins.calls import Unchecked, printable

LONGEST_TOKEN = 16_384  # characters
LONGEST_LIFE_S = 20 * 366 * 86_400
MOST_SAID = 200
ENDED = "invalid_grant"
"""The error of RFC 6749 for a code or refresh token that is used, expired or taken back."""
KEY_ENDED = frozenset({ENDED, "invalid_client", "unauthorized_client", "access_denied"})
"""Those for a client's key or certificate that is unknown there, expired or taken back."""


class NoGrant(Exception):
    """No tokens came of a call; sent: whether it may have reached the token address, which then may have used the grant."""

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class GrantRefused(NoGrant):
    """The token address said no; code: its error of RFC 6749."""

    def __init__(self, code: str, said: str) -> None:
        self.code = printable(code, MOST_SAID)
        told = printable(said, MOST_SAID)
        super().__init__(f"{told} ({self.code})" if told else self.code)

    @property
    def ended(self) -> bool:
        """Whether the grant itself is refused, so that only a person can sign in again."""
        return self.code == ENDED

    @property
    def key_ended(self) -> bool:
        """Whether a client that proves itself with a key is no longer let in."""
        return self.code in KEY_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The hub's own id and secret at an accounting system."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Tokens, and how long each is good; None where that is not told (seconds)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_s: int | None = None
    refresh_s: int | None = None
    hard_s: int | None = None


def granted(answer: Mapping[str, Unchecked], way: OAuth2, *, refresh: str = "") -> Granted:
    """Return what an answer of the token address grants; refresh: the token that stays where it names none. Raises NoGrant."""
    access, renewed = _access(answer), answer.get("refresh_token") or refresh
    if not _is_token(renewed):
        raise NoGrant("The answer holds no refresh token, without which nothing could be posted later.")
    return Granted(
        access=access,
        refresh=renewed,
        access_s=_life(answer, "expires_in"),
        refresh_s=_life(answer, way.refresh_expires_in) or way.refresh_life_s,
        hard_s=_life(answer, way.hard_expires_in),
    )


def granted_to_client(answer: Mapping[str, Unchecked]) -> Granted:
    """Return what an answer grants to a client by itself: an access token alone. Raises NoGrant."""
    return Granted(access=_access(answer), refresh="", access_s=_life(answer, "expires_in"))


def _access(answer: Mapping[str, Unchecked]) -> str:
    access, kind = answer.get("access_token"), answer.get("token_type", "Bearer")
    if not _is_token(access) or not isinstance(kind, str) or kind.casefold() != "bearer":
        raise NoGrant("The answer holds no access token.")
    return access


def _is_token(value: Unchecked) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TOKEN and value.isascii() and value.isprintable()


def _life(answer: Mapping[str, Unchecked], name: str) -> int | None:
    """Some servers write the number as text."""
    value = answer.get(name) if name else None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if type(value) is int and 0 < value <= LONGEST_LIFE_S else None
