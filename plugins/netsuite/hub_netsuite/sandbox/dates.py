"""Days as NetSuite takes and tells them: through Pacific time, cut off in the time zone of the user."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
_INSTANT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def day_of(told: str, zone: ZoneInfo) -> date:
    """Return the day that an xsd:dateTime means to a user: without an offset it is Pacific time. Raises ValueError."""
    if not _INSTANT.fullmatch(told):
        raise ValueError(f"{told} is not a valid dateTime")
    instant = datetime.fromisoformat(told)
    return (instant if instant.tzinfo else instant.replace(tzinfo=PACIFIC)).astimezone(zone).date()


def day_text(day: date, zone: ZoneInfo) -> str:
    """Return a day as an xsd:dateTime: the user's midnight, in Pacific time."""
    return instant_text(datetime.combine(day, time(), tzinfo=zone))


def instant_text(instant: datetime) -> str:
    """Return an instant in Pacific time, as every answer has it."""
    return instant.astimezone(PACIFIC).isoformat(timespec="milliseconds")
