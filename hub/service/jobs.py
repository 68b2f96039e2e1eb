"""What workers do by the clock: look after what was posted, export by themselves, tidy up."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.api import ConnectorError
from hub.service.companies import companies
from hub.service.context import Hub, Refused, codes_of
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
        if hub.posting.stopping():
            break
        try:
            found = check(own, company, connection)
        except (ConnectorError, Refused) as error:
            log.warning("the night watch could not check %s of %s: %s", connection, company, codes_of(error))
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


def _due(hub: Hub) -> list[tuple[str, str]]:
    customers = [str(company["code"]) for company in companies(hub) if not company["test"]]
    return [(code, name) for customer in customers for code, name in _due_of(hub, customer)]


def _due_of(hub: Hub, company: str) -> list[tuple[str, str]]:
    with reading(hub, company) as rows:
        now = hub.database.now(rows.connection)
        known = {row["name"]: known_traffic(rows.connection, rows.company_id, row["id"]) for row in rows.connections()}
        return [
            (company, name)
            for name, calls in known.items()
            if calls is not None and is_night_watch(now, calls["checked_at"], rows.company["time_zone"])
        ]
