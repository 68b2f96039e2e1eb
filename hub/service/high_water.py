"""How far the database has come, remembered outside it, so that one restored from an old back-up is noticed."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.api import Level, Problem
from hub.service.context import Hub
from hub.store.health_rows import Reached, event_instant, reached

if TYPE_CHECKING:
    from hub.store import Transaction

log = logging.getLogger(__name__)

FILE = "high_water.json"

Mark = dict[str, Any]
"""What the file holds: database_uuid, high_water and the newest audit event, {id, at} or null. Any: JSON's own types."""


class MarkUnreadable(Exception):
    """The file that remembers how far the database has come cannot be read."""


def remember(hub: Hub) -> None:
    """Write down how far the database has come, after a commit; never backward, and never over what tells of a restore.

    A mark that cannot be written is logged, as what was committed stands; the doctor tells of it.
    """
    with hub.database.read() as connection:
        now = reached(connection)
        try:
            before = mark(hub.home)
            if before is not None and restored(connection, before, now):
                return
        except MarkUnreadable as error:
            log.warning("the high-water mark cannot be read: %s", error)
            return
    if before is None or _moved(before, now):
        try:
            _write(hub.home / FILE, now)
        except OSError as error:
            log.warning("the high-water mark cannot be written: %s", error.strerror)


def mark(home: Path) -> Mark | None:
    """Return what was remembered, None where nothing was yet; raises MarkUnreadable."""
    try:
        found = json.loads((home / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise MarkUnreadable(f"{home / FILE}: {type(error).__name__}") from error
    if not _is_mark(found):
        raise MarkUnreadable(f"{home / FILE}: it is not a high-water mark")
    sound: Mark = found
    return sound


def restored(connection: Transaction, before: Mark, now: Reached) -> bool:
    """Whether the database is another one, or has lost what it had: it stands lower, or its newest event is gone."""
    if before["database_uuid"] != now.database_uuid or now.high_water < before["high_water"]:
        return True
    event = before["last_event"]
    return event is not None and event_instant(connection, event["id"]) != event["at"]


def examine(hub: Hub, connection: Transaction) -> list[Problem]:
    """Return what the mark tells of this database."""
    try:
        before = mark(hub.home)
    except MarkUnreadable:
        return [_unreadable(hub.home)]
    if before is None or not restored(connection, before, now := reached(connection)):
        return []
    other = before["database_uuid"] != now.database_uuid
    what = (
        "This is not the database that this home worked with last."
        if other
        else f"The database was restored from an older copy: it stands at step {now.high_water}, and this home has seen "
        f"step {before['high_water']}. What was exported, imported or confirmed since that copy is missing."
    )
    return [
        Problem(
            level=Level.PROBLEM,
            code="database_restored",
            message=what,
            fix="Export nothing yet. Bring back the newest copy if there is one. Else compare the files in "
            f"{hub.home / 'files'} and the journals in the accounting system (their references begin with IA) with hub exports, "
            f"repeat what is missing, and then remove {hub.home / FILE}.",
        )
    ]


def _unreadable(home: Path) -> Problem:
    return Problem(
        level=Level.WARNING,
        code="high_water_unreadable",
        message=f"The file {home / FILE} cannot be read, so a database restored from an old copy would not be noticed.",
        fix="Make it readable, or remove it if you know that the database was not restored: it is then written anew.",
    )


def _is_mark(found: object) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("database_uuid"), str):
        return False
    event = found.get("last_event")
    sound_event = event is None or (
        isinstance(event, dict) and type(event.get("id")) is int and isinstance(event.get("at"), str)
    )
    return type(found.get("high_water")) is int and "last_event" in found and sound_event


def _moved(before: Mark, now: Reached) -> bool:
    event = before["last_event"]
    newer = now.event is not None and (event is None or now.event[0] > event["id"])
    return now.high_water > before["high_water"] or newer


def _write(file: Path, now: Reached) -> None:
    event = {"id": now.event[0], "at": now.event[1]} if now.event is not None else None
    content = {"database_uuid": now.database_uuid, "high_water": now.high_water, "last_event": event}
    with tempfile.NamedTemporaryFile(
        "w", dir=file.parent, prefix=f".{FILE}.", delete=False, encoding="utf-8"
    ) as partial:
        partial.write(json.dumps(content, sort_keys=True) + "\n")
        partial.flush()
        os.fsync(partial.fileno())
    Path(partial.name).replace(file)
