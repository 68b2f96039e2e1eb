"""Time that a test moves itself, so that twenty-five minutes pass in no time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Clock(Protocol):
    """What the fake ledger and the lossy transport ask of a clock."""

    def now(self) -> datetime:
        """Return the aware instant it shows."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""


class VirtualClock:
    """A clock that stands still until it is moved; threads may share it."""

    def __init__(self, start: datetime = START) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant")
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the aware instant it shows."""
        return self._now

    def seconds(self) -> float:
        """Return it as seconds, for what measures time rather than tells it, such as the hub's guarded client."""
        return self._now.timestamp()

    def advance(self, seconds: float) -> None:
        """Let time pass; raises ValueError for less than nothing, for which there is jump()."""
        if seconds < 0:
            raise ValueError(f"time does not pass backwards ({seconds} s); jump() sets a clock back")
        self.jump(seconds)

    def jump(self, seconds: float) -> None:
        """Set the clock forward or back, as an operator or a time server does."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
