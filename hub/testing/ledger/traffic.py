"""How many calls the ledger bears, in a minute and at once."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from hub.api import Limits
from hub.testing.ledger.refusals import LedgerRefused

WINDOW = timedelta(minutes=1)


class Traffic:
    """Counts calls, and refuses those above the limits; safe for threads."""

    def __init__(self, limits: Limits, now: Callable[[], datetime]) -> None:
        self.calls = 0
        self.throttled = 0
        self.most_at_once = 0
        self._limits = limits
        self._now = now
        self._lock = threading.Lock()
        self._at_once = 0
        self._recent: deque[datetime] = deque()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Let one call in for as long as it lasts; raises LedgerRefused `throttled` above a limit."""
        with self._lock:
            self.calls += 1
            self._check()
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def _check(self) -> None:
        if self._limits.calls_at_once is not None and self._at_once >= self._limits.calls_at_once:
            self._throttle("Too many calls at once.", 1)
        if self._limits.calls_per_minute is None:
            return
        now = self._now()
        while self._recent and self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        if len(self._recent) >= self._limits.calls_per_minute:
            wait = self._recent[0] + WINDOW - now
            self._throttle("Too many calls in a minute.", math.ceil(wait.total_seconds()))
        self._recent.append(now)

    def _throttle(self, message: str, retry_after_s: int) -> None:
        self.throttled += 1
        raise LedgerRefused("throttled", message, retry_after_s=retry_after_s)
