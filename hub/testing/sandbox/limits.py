"""How many calls a sandbox bears, in windows of its clock."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most so many calls in so many seconds; name: what the system calls the limit."""

    calls: int
    seconds: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """The window that is full, and after how many whole seconds it takes another call."""

    window: Window
    wait_s: int


class CallLimits:
    """Counts calls by a key, such as a company's id; `on` False lets everything pass."""

    def __init__(self, now: Callable[[], datetime], *windows: Window) -> None:
        self.on = True
        self.windows = windows
        self._now = now
        self._calls: dict[tuple[str, Window], deque[datetime]] = defaultdict(deque)

    def admit(self, key: str) -> Exceeded | None:
        """Count a call, or say which window is full; a refused call is not counted."""
        if not self.on:
            return None
        now = self._now()
        recent = [(window, self._recent(key, window, now)) for window in self.windows]
        for window, calls in recent:
            if len(calls) >= window.calls:
                free_at = calls[0] + timedelta(seconds=window.seconds)
                return Exceeded(window=window, wait_s=max(math.ceil((free_at - now).total_seconds()), 1))
        for _, calls in recent:
            calls.append(now)
        return None

    def left(self, key: str, window: Window) -> int:
        """Return how many calls a window still takes."""
        return window.calls - len(self._recent(key, window, self._now()))

    def _recent(self, key: str, window: Window, now: datetime) -> deque[datetime]:
        calls = self._calls[key, window]
        while calls and calls[0] <= now - timedelta(seconds=window.seconds):
            calls.popleft()
        return calls
