"""Requests signed with the access token of a sign-in, which is renewed ahead and, once, when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Protocol

import httpx2

from hub.api import ReconnectNeeded, TryLater

READING = "reading"
"""The request extension of a POST that only reads."""
READS = frozenset({"GET", "HEAD"})
REFUSED = 401
NEW_FOR_S = 60.0
"""An access token that was refused so soon after it was issued is not renewed again: another would be refused as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An access token as it stands.

    version: of the sign-in's tokens; age_s: since it was issued; renew_in_s: until it is to be renewed, None where it is
    not told how long it lives (seconds).
    """

    token: str = field(repr=False)
    version: int
    age_s: float
    renew_in_s: float | None


class Accesses(Protocol):
    """Where access tokens come from; whoever asks is never inside a transaction."""

    def access(self, *, refused: int | None = None) -> Access:
        """Return an access token with life left for a request, renewed where need be.

        refused: the version of one that the accounting system did not take, which is not returned again.
        Raises ReconnectNeeded and TryLater.
        """


class Signing(httpx2.Auth):
    """Signs the requests of one session; clock: monotonic seconds.

    After an answer 401 the token is renewed once. What only reads is sent again; a write is not: its answer goes to the
    session as it is, and `try_again` says that the next attempt has another token.
    """

    def __init__(self, accesses: Accesses, clock: Callable[[], float]) -> None:
        self._accesses = accesses
        self._clock = clock
        self._held: Access | None = None
        self._held_at = 0.0
        self.try_again = False

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send a request signed, and once more where it only reads and was refused."""
        access = self._access()
        response = yield _signed(request, access)
        if response.status_code != REFUSED or self._age_s(access) < NEW_FOR_S:
            return
        response.read()
        if _only_reads(request):
            yield _signed(request, self._hold(self._accesses.access(refused=access.version)))
            return
        self._renew_for_next(access)

    def _renew_for_next(self, access: Access) -> None:
        """Renew the token that a write was refused with, so that the hub's next attempt has another."""
        self.try_again = True
        try:
            self._hold(self._accesses.access(refused=access.version))
        except TryLater:
            pass  # the next attempt renews it
        except ReconnectNeeded:
            self.try_again = False

    def _access(self) -> Access:
        held = self._held
        if held is not None and (held.renew_in_s is None or self._clock() < self._held_at + held.renew_in_s):
            return held
        return self._hold(self._accesses.access())

    def _hold(self, access: Access) -> Access:
        self._held, self._held_at = access, self._clock()
        return access

    def _age_s(self, access: Access) -> float:
        return access.age_s + self._clock() - self._held_at


def _signed(request: httpx2.Request, access: Access) -> httpx2.Request:
    request.headers["Authorization"] = f"Bearer {access.token}"
    return request


def _only_reads(request: httpx2.Request) -> bool:
    return request.method in READS or request.extensions.get(READING) is True
