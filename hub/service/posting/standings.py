"""A posting's row as the rules see it, and back."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from hub.api import JournalEntry
from hub.domain.posting import Standing, State
from hub.service.documents import journal_entry
from hub.store import Row


class FrozenBytesChanged(Exception):
    """A frozen entry no longer has the checksum it was frozen with: the database was altered."""


def standing_of(row: Row) -> Standing:
    """Return a posting as the rules see it."""
    return Standing(
        state=State(row["state"]),
        sends=row["sends"],
        calls=row["calls"],
        sent_at=row["sent_at"],
        due_at=row["due_at"],
        uncertain=row["uncertain"],
        needs_attention=row["needs_attention"],
    )


def columns(standing: Standing) -> dict[str, Any]:
    """Return the columns of a posting that stands like this and is held by nobody."""
    return {
        "state": standing.state.value,
        "sends": standing.sends,
        "calls": standing.calls,
        "sent_at": standing.sent_at,
        "due_at": standing.due_at,
        "uncertain": standing.uncertain,
        "needs_attention": standing.needs_attention,
        "lease_owner": "",
        "lease_until": None,
    }


def frozen_entry(posting: Row, export: Row) -> JournalEntry:
    """Return a posting's entry from its frozen bytes (R1); raises FrozenBytesChanged where they are not those."""
    if sha256(posting["entry"].encode()).hexdigest() != posting["sha256"]:
        raise FrozenBytesChanged(
            f"Posting {posting['reference']} of export {export['code']} was altered after it was frozen."
        )
    return journal_entry(
        json.loads(posting["entry"]),
        key=posting["key"],
        part=posting["part"],
        count_date=export["count_date"],
        currency=export["currency"],
    )


def may_arrive(posting: Row) -> bool:
    """Whether a posting that is not known to stand there may have been written, or may be at any moment."""
    return bool(posting["state"] in ("SENDING", "UNKNOWN") or posting["uncertain"] or posting["lease_owner"])
