"""Who may call the ledger: tokens that expire, and an access that its owner can take back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hub.testing.ledger.refusals import LedgerRefused

BEARER = "Bearer "


class Access:
    """Anyone may call until the first token is issued; from then on a call carries one that is alive."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._alive_until: dict[str, datetime | None] = {}
        self._asks = False
        self._revoked = False

    def issue(self, life_s: float | None) -> str:
        """Return a new token, alive for so many seconds or until it is revoked."""
        token = f"fake-token-{len(self._alive_until) + 1}"
        self._alive_until[token] = None if life_s is None else self._now() + timedelta(seconds=life_s)
        self._asks = True
        return token

    def revoke(self) -> None:
        """Take back every token; nobody may call before grant()."""
        self._revoked = True
        self._alive_until = dict.fromkeys(self._alive_until, self._now())

    def grant(self) -> None:
        """Let calls in again: those with a token issued since, or anyone where none was ever issued."""
        self._revoked = False

    def check(self, authorization: str) -> None:
        """Raise LedgerRefused where a call's Authorization header does not let it in."""
        if self._revoked:
            raise LedgerRefused("access_revoked", "Access was taken back; connect again.")
        if not self._asks:
            return
        token = authorization.removeprefix(BEARER)
        if not authorization.startswith(BEARER) or token not in self._alive_until:
            raise LedgerRefused("token_invalid", "There is no such token.")
        until = self._alive_until[token]
        if until is not None and until <= self._now():
            raise LedgerRefused("token_invalid", "The token has expired.")
