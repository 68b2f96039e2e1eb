"""What workers do by the clock: look after connections and what was posted, export by themselves, tell of alarms."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.api import ConnectorError
from hub.engine import Job
from hub.service.alarms.by_night import look_at
from hub.service.alarms.keeping import keep_records
from hub.service.automatic import export_automatically
from hub.service.context import Hub, Refused, codes_of
from hub.service.notices.digest import write_digests
from hub.service.notices.sending import send_due
from hub.service.posting.watching import check
from hub.store import Row
from hub.store.alarm_rows import connections_by_night

log = logging.getLogger(__name__)

NIGHT_FROM, NIGHT_TO = 1, 5  # o'clock, in the company's time zone
NOT_AGAIN_WITHIN = timedelta(hours=12)
NOT_LATER_THAN = timedelta(hours=36)
WATCH = "night watch"
AUTOMATIC_S = 30
WATCH_S = 900
ALARMS_S = 900
NOTICES_S = 60


def jobs(hub: Hub) -> tuple[Job, ...]:
    """Return what a worker does by the clock."""

    def job(name: str, every_s: int, work: Callable[[Hub], Sequence[str]]) -> Job:
        return Job(name=name, every_s=every_s, run=lambda: _logged(work(hub)))

    return (
        job("automatic exports", AUTOMATIC_S, export_automatically),
        job("night watch", WATCH_S, check_by_night),
        job("alarms", ALARMS_S, look_for_alarms),
        job("notices", NOTICES_S, send_due),
    )


def check_by_night(hub: Hub) -> list[str]:
    """Look at every connection whose night it is, or that was not looked at for too long; returns whose journals were checked.

    Where it could not be asked what stands there, that alone is tried again until the night is over.
    """
    own = replace(hub, actor=WATCH)
    checked = []
    with own.database.read() as connection:
        now, rows = own.database.now(connection), connections_by_night(connection)
    for row in rows:
        if hub.posting.stopping():
            break
        if is_night_watch(now, row["looked_at"], row["time_zone"]):
            done = _look(own, row)
        else:
            done = bool(row["called"]) and is_night_watch(now, row["checked_at"], row["time_zone"]) and _check(own, row)
        checked += [f"{row['company']}/{row['name']}"] if done else []
    return checked


def look_for_alarms(hub: Hub) -> list[str]:
    """Bring the alarms in line with the hub's records, and write down what people are to be told; returns how much."""
    keep_records(hub)
    written = write_digests(hub)
    return [f"{written} notices"] if written else []


def is_night_watch(now: datetime, checked_at: datetime | None, time_zone: str) -> bool:
    """Whether a connection is to be checked now: once a night of its company, or at once when it is overdue."""
    if checked_at is not None and now - checked_at < NOT_AGAIN_WITHIN:
        return False
    if checked_at is not None and now - checked_at > NOT_LATER_THAN:
        return True
    return NIGHT_FROM <= now.astimezone(ZoneInfo(time_zone)).hour < NIGHT_TO


def _look(hub: Hub, row: Row) -> bool:
    look, _ = look_at(hub, row["company"], row["name"])
    _tell(row, look.posted)
    return look.checked


def _check(hub: Hub, row: Row) -> bool:
    try:
        found = check(hub, row["company"], row["name"])
    except (ConnectorError, Refused) as error:  # the look at it has said so, once
        log.debug("%s of %s is not checked yet: %s", row["name"], row["company"], codes_of(error))
        return False
    _tell(row, found)
    return True


def _tell(row: Row, found: Sequence[dict[str, object]]) -> None:
    for each in found:
        log.warning("night watch: %s of %s: %s", each["reference"], row["company"], each["change"] or "found twice")


def _logged(done: Sequence[str]) -> None:
    if done:
        log.info("done: %s", ", ".join(done))
