"""What each recipient is to be told since the last time, in one message: nothing where nothing is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from hub.service.alarms.found import place_of
from hub.service.context import Hub
from hub.store import Row, Transaction
from hub.store.alarm_rows import open_alarms
from hub.store.notice_rows import add_notice, hold_recipient, recipient_rows, tell, to_tell

MOST_TOLD = 50
"""Alarms that one message names; of more it says how many."""


def write_digests(hub: Hub) -> int:
    """Write down a message for each recipient to whom something is new, and return how many."""
    with hub.database.read() as connection:
        waiting = [row["id"] for row in recipient_rows(connection) if to_tell(connection, row)]
    return sum(_write(hub, recipient_id) for recipient_id in waiting)


def _write(hub: Hub, recipient_id: int) -> int:
    """Write a recipient's message down together with what they were told, once even where two processes do."""
    with hub.database.write() as connection:
        recipient = hold_recipient(connection, recipient_id)
        if recipient is None:
            return 0
        now = hub.database.now(connection)
        found = to_tell(connection, recipient)
        new, over = [row for row in found if not row["told"]], [row for row in found if row["told"]]
        tell(connection, recipient_id, new=[row["id"] for row in new], over=[row["id"] for row in over])
        ended = _ended(connection, over)
        if not new and not ended:
            return 0
        content = digest(hub, new, ended, now)
        values = {"recipient_id": recipient_id, "code": uuid4().hex, "content": content, "made_at": now, "due_at": now}
        add_notice(connection, values)
    return 1


def digest(hub: Hub, new: Sequence[Row], over: Sequence[Row], now: datetime) -> dict[str, Any]:
    """Return what a message says: `new` and `over`, each alarm with whom it concerns, what to do, and the link."""
    return {
        "kind": "alarms",
        "made_at": now.isoformat(timespec="seconds"),
        "new": [_told(hub, row) for row in new[:MOST_TOLD]],
        "over": [_told(hub, row) for row in over[:MOST_TOLD]],
        "more": max(len(new) - MOST_TOLD, 0) + max(len(over) - MOST_TOLD, 0),
        "hub": hub.ways.public_url,
    }


def _ended(connection: Transaction, over: Sequence[Row]) -> list[Row]:
    """Return the alarms that are over and did not only become graver or lighter."""
    if not over:
        return []
    still = {_about(row) for row in open_alarms(connection)}
    return [row for row in over if _about(row) not in still]


def _about(row: Row) -> tuple[object, ...]:
    return row["company_id"], row["connection_id"], row["code"], row["subject"]


def _told(hub: Hub, row: Row) -> dict[str, str]:
    path, step = place_of(row["code"], row["company"], row["connection"] or "", row["subject"])
    return {
        "company": row["company"],
        "company_name": row["company_name"],
        "connection": row["connection"] or "",
        "code": row["code"],
        "level": row["level"],
        "what": row["message"],
        "to_do": row["fix"],
        "link": f"{hub.ways.public_url}{path}" if hub.ways.public_url else "",
        "step": step,
        "since": row["opened_at"].isoformat(timespec="seconds"),
    }
