"""A sandbox's clock: it runs with the machine's, and can be moved on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    """The machine's time plus what it was advanced by."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the aware instant it shows."""
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass; raises ValueError for less than nothing."""
        if seconds < 0:
            raise ValueError(f"time does not pass backwards ({seconds} s)")
        self._ahead += timedelta(seconds=seconds)
