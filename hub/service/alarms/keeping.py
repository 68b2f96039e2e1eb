"""Alarms from their beginning to their end: each is opened once, logged once, and logged once more when it is over."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from hub.api import Level
from hub.service.alarms.found import Found
from hub.service.alarms.records import find_in_records
from hub.service.context import Hub
from hub.store import Row, Transaction
from hub.store.alarm_rows import change_alarm, close_alarms, forget_alarms, hold_alarms, open_alarm, open_alarms
from hub.store.customer_rows import test_copies

log = logging.getLogger(__name__)

RECORDS, NIGHT = "records", "night"
KEPT_FOR = timedelta(days=90)
"""How long an alarm that is over is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Which alarms began and which are over, by their keys."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def keep_records(hub: Hub) -> Changes:
    """Bring the alarms in line with what the hub's own records say now."""
    with hub.database.write() as connection:
        hold_alarms(connection)
        now = hub.database.now(connection)
        forget_alarms(connection, now - KEPT_FOR)
        before = open_alarms(connection, source=RECORDS)
        changes = _compare(hub, connection, before, find_in_records(hub, connection), RECORDS)
    _log(changes)
    return changes


def keep_night(hub: Hub, connection_id: int, found: Iterable[Found]) -> Changes:
    """Bring the alarms of one connection in line with what the night found."""
    with hub.database.write() as connection:
        hold_alarms(connection)
        before = open_alarms(connection, source=NIGHT, connection_id=connection_id)
        changes = _compare(hub, connection, before, found, NIGHT)
    _log(changes)
    return changes


def found_by_night(connection: Transaction) -> list[Found]:
    """Return what the last night's looks found and is still so."""
    copies = test_copies(connection)
    return [as_found(row) for row in open_alarms(connection, source=NIGHT) if row["company_id"] not in copies]


def as_found(row: Row) -> Found:
    """Return an alarm as what was found."""
    return Found(
        company_id=row["company_id"],
        connection_id=row["connection_id"],
        code=row["code"],
        level=Level(row["level"]),
        message=row["message"],
        fix=row["fix"],
        subject=row["subject"],
        part=str(row["id"]),
    )


def _compare(hub: Hub, connection: Transaction, before: list[Row], found: Iterable[Found], source: str) -> Changes:
    now = hub.database.now(connection)
    known = {row["key"]: row for row in before}
    present = {f"{source}:{each.key}": each for each in found}
    opened = []
    for key, each in present.items():
        said = {"message": each.message, "fix": each.fix, "level": each.level.value}
        if key in known:
            if any(known[key][name] != value for name, value in said.items()):
                change_alarm(connection, known[key]["id"], said)
            continue
        values = {
            "company_id": each.company_id,
            "connection_id": each.connection_id,
            "source": source,
            "key": key,
            "code": each.code,
            "subject": each.subject,
            "opened_at": now,
        }
        if open_alarm(connection, {**values, **said}):
            opened.append(key)
    over = {key: row["id"] for key, row in known.items() if key not in present}
    close_alarms(connection, list(over.values()), now)
    return Changes(opened=tuple(opened), closed=tuple(over))


def _log(changes: Changes) -> None:
    for key in changes.opened:
        log.warning("alarm: %s", key)
    for key in changes.closed:
        log.info("alarm is over: %s", key)
