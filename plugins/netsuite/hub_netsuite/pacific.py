"""NetSuite's dates, which travel as instants with the offset of its home, the Pacific time zone (facts 2.3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/Los_Angeles")
_WEST = time(4)
"""Midnight in the time zone of the user whose role signs in: no zone west of the Pacific one is further away than this."""


@lru_cache(maxsize=1_000)
def as_sent(day: date) -> str:
    """Return a day as it is sent: its midnight with the Pacific offset of that day, as documented."""
    return datetime.combine(day, time(), HOME).isoformat(timespec="milliseconds")


@lru_cache(maxsize=1_000)
def as_told(told: str) -> date:
    """Return the day that is meant by an instant, which is midnight in the user's zone, told in Pacific time.

    East of the Pacific that is the evening before, west of it the early morning. Raises ValueError.
    """
    instant = datetime.fromisoformat(told)
    if instant.tzinfo is not None:
        instant = instant.astimezone(HOME)
    return instant.date() if instant.time() <= _WEST else instant.date() + timedelta(days=1)
