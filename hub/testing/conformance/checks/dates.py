"""Business dates: the day that was chosen, wherever the machine stands."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from hub.testing.conformance.check import Grade, check
from hub.testing.conformance.trial import Trial

ENDS = (date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29))
FAR_EAST, FAR_WEST = "XXX-14", "XXX+12"  # as POSIX writes zones: hours west of Greenwich


@check(
    "dates.business_date",
    Grade.BRONZE,
    protects="The date decides the month in which the cost is counted; today is almost never the right one.",
    mend="Send entry.date, not entry.count_date and not today's date.",
)
def business_date(trial: Trial) -> None:
    """A journal has the entry's date, not that of the count and not today's."""
    for day in ENDS:
        trial.posts(date=day)


@check(
    "dates.time_zone",
    Grade.BRONZE,
    protects="A date that goes through a time zone becomes the day before on half of all machines.",
    mend="Write a date with isoformat() or its own year, month and day; never make a datetime of it.",
)
def time_zone(trial: Trial) -> None:
    """The date is the same on a machine in the far east and in the far west."""
    for zone in (FAR_EAST, FAR_WEST):
        with machine_in(zone):
            trial.posts(date=date(2026, 10, 31))


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """Let this process be in a time zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
