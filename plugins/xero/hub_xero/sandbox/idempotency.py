"""The key of a write: kept six minutes from its first call, compared with the request, its answer repeated, errors too.

Sources: XeroAPI/Xero-OpenAPI issue 571 and the vendor's prompt library (facts 2.4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

LIFE = timedelta(minutes=6)
LONGEST_KEY = 128

Request = tuple[str, str, str, bytes]  # method, path, query, body


@dataclass(slots=True, kw_only=True)
class Kept:
    """What is known of a key: the first call with it, and its answer, None while that is still on its way."""

    request: Request
    began_at: datetime
    answer: Response | None = None


class Keys:
    """The keys of the last six minutes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: dict[str, Kept] = {}

    def known(self, key: str) -> Kept | None:
        """Return what is known of a key, None where it was never used or is forgotten."""
        kept = self._kept.get(key)
        if kept is not None and kept.began_at + LIFE <= self._now():
            del self._kept[key]
            return None
        return kept

    def begin(self, key: str, request: Request) -> Kept:
        """Keep a key from now on."""
        self._kept[key] = Kept(request=request, began_at=self._now())
        return self._kept[key]


def mismatch(key: str) -> str:
    """Return what is said of a key that came with another request."""
    return f"Idempotency Key: {key} is used with a different request."
