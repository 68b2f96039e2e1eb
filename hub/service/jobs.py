"""What workers do by the clock: look after what was posted, export by themselves, tidy up."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.api import ConnectorError
from hub.service.companies import companies
from hub.service.context import Hub, Refused
from hub.service.posting.watching import check
from hub.service.scope import reading
from hub.store.traffic_rows import known_traffic

log = logging.getLogger(__name__)

NIGHT_FROM, NIGHT_TO = 1, 5  # o'clock, in the company's time zone
NOT_AGAIN_WITHIN = timedelta(hours=12)
NOT_LATER_THAN = timedelta(hours=36)
WATCH = "night watch"


def check_by_night(hub: Hub) -> list[str]:
    """Check every connection whose night it is, or that was not checked for too long; returns what was checked."""
    own = replace(hub, actor=WATCH)
    checked = []
    for company, connection in _due(own):
        try:
            found = check(own, company, connection)
        except (ConnectorError, Refused) as error:
            log.warning("the night watch could not check %s of %s: %s", connection, company, error)
            continue
        checked.append(f"{company}/{connection}")
        for each in found:
            log.warning("night watch: %s of %s: %s", each["reference"], company, each["change"] or "found twice")
    return checked


def is_night_watch(now: datetime, checked_at: datetime | None, time_zone: str) -> bool:
    """Whether a connection is to be checked now: once a night of its company, or at once when it is overdue."""
    if checked_at is not None and now - checked_at < NOT_AGAIN_WITHIN:
        return False
    if checked_at is not None and now - checked_at > NOT_LATER_THAN:
        return True
    return NIGHT_FROM <= now.astimezone(ZoneInfo(time_zone)).hour < NIGHT_TO


def _due(hub: Hub) -> Iterator[tuple[str, str]]:
    for company in companies(hub):
        with reading(hub, str(company["code"])) as rows:
            now = hub.database.now(rows.connection)
            for row in rows.connections():
                known = known_traffic(rows.connection, rows.company_id, row["id"])
                if known is not None and is_night_watch(now, known["checked_at"], rows.company["time_zone"]):
                    yield str(company["code"]), row["name"]
