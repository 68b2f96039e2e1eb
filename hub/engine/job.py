"""Jobs that are due by the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CRON_FIELDS = 5
CLOCKS_GO_BACK = timedelta(hours=3)  # more than any clock is ever put back


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to run every so many seconds, or by the wall clock of a time zone; once over all workers.

    cron: minute, hour, day, month, weekday. Each time it names runs once: one that the clocks skip in spring runs as
    much later as they were put forward, one that comes twice in autumn runs the first time. A run that comes due
    while no worker is up is made up for when one starts, the last one only, and for 23 hours.
    """

    name: str
    run: Callable[[], None]
    every_s: int | None = None
    cron: str | None = None
    time_zone: str | None = None

    def __post_init__(self) -> None:
        if not self.name or "/" in self.name:
            raise ValueError(f"a job's name must be given and have no slash: {self.name!r}")
        if (self.every_s is None) == (self.cron is None):
            raise ValueError(f"job {self.name}: give either every_s or cron")
        if self.every_s is not None and self.every_s < 1:
            raise ValueError(f"job {self.name}: it cannot run every {self.every_s} seconds")
        if self.cron is not None:
            self._check_cron(self.cron)

    def latest(self, now: datetime) -> datetime:
        """Return when this was due last, that instant included; both instants aware, the answer in UTC."""
        if self.every_s is not None:
            return datetime.fromtimestamp(int(now.timestamp()) // self.every_s * self.every_s, UTC)
        return self._latest_by_the_wall_clock(now)

    def _latest_by_the_wall_clock(self, now: datetime) -> datetime:
        from croniter import croniter

        zone = ZoneInfo(self.time_zone or "")
        here = now.astimezone(zone)
        put_back = _offset(now - CLOCKS_GO_BACK, zone) - _offset(now, zone)
        wall = here.replace(tzinfo=None, microsecond=0) + max(put_back, timedelta()) + timedelta(seconds=1)
        earlier = croniter(self.cron or "", wall)
        while True:
            due: datetime = earlier.get_prev(datetime).replace(tzinfo=zone, fold=0).astimezone(UTC)
            if due <= now:
                return due

    def _check_cron(self, cron: str) -> None:
        from croniter import croniter

        if self.time_zone is None:
            raise ValueError(f"job {self.name}: a time of day needs its time zone")
        ZoneInfo(self.time_zone)
        if len(cron.split()) != CRON_FIELDS:
            raise ValueError(f"job {self.name}: {cron!r} must have minute, hour, day, month and weekday")
        croniter(cron, datetime(2000, 1, 1)).get_next()  # noqa: DTZ001  # wall time; raises what never comes


def _offset(now: datetime, zone: ZoneInfo) -> timedelta:
    return now.astimezone(zone).utcoffset() or timedelta()
