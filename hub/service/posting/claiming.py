"""Take a posting for one call: on lease, under a fence number, the call written down before it is made (R2, R7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.api import JournalEntry
from hub.domain.posting import Action, Standing, State
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.pausing import pause_of
from hub.service.posting.desk import Desk, desk
from hub.service.posting.life import owner, sign
from hub.service.posting.outcome import roll_up
from hub.service.posting.standings import FrozenBytesChanged, columns, frozen_entry, standing_of
from hub.service.posting.traffic import Turn, turn
from hub.store import Row
from hub.store.posting_rows import looks_first

ALTERED = "altered"
PAUSED_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A posting taken for one call.

    send_by: the database's instant after which its first byte must not leave; quiet: an answer `absent` is to be believed;
    turn_at: when its first request's turn is, by the process's monotonic seconds, None where none is booked.
    """

    posting_id: int
    export_id: int
    action: Action
    fence: int
    attempt_id: int
    entry: JournalEntry
    send_by: datetime
    quiet: bool
    turn_at: float | None = None


def claim(hub: Hub, company: str, books: OpenBooks, posting_id: int) -> Claim | None:
    """Take a posting for the call that is due; None where none is due now, or another worker has it."""
    with desk(hub, company) as at:
        row = at.postings.found(posting_id)
        if row is None or _is_held(at, row):
            return None
        if row["lease_owner"]:
            row = _cut_off(at, row)
        standing = standing_of(row)
        action = hub.posting.rules.next_action(standing, at.now, look_first=looks_first(at.rows.connection))
        if action in (Action.REST, Action.WAIT):
            return None
        own = _turn(at, books, action)
        if own.later is not None:
            at.postings.postpone(posting_id, row["fence"], own.later)
            return None
        quiet = hub.posting.rules.is_quiet(standing, at.now, books.limits)
        return take(at, row, action, quiet=quiet, in_s=own.in_s)


def take(at: Desk, row: Row, action: Action, *, quiet: bool, in_s: float | None = None) -> Claim | None:
    """Take a posting on lease and write the call down; None where another worker was quicker or its bytes changed."""
    export = at.export_of(row)
    try:
        entry = frozen_entry(row, export)
    except FrozenBytesChanged as error:
        _park_altered(at, row, export, str(error))
        return None
    timing = at.hub.posting.rules.timing
    until = at.now + timedelta(seconds=timing.lease_s)
    sign(at.hub, at.rows.connection, at.now)
    taken = _taken(standing_of(row), action, until, at.now)
    fence = at.postings.take(row, owner=owner(at.hub), until=until, **taken)
    if fence is None:
        return None
    kind = "post" if action is Action.SEND else "find"
    attempt_id = at.postings.begin_attempt(row["id"], kind=kind, worker=at.hub.posting.worker, fence=fence, now=at.now)
    if action is Action.SEND:
        at.audit("send", export, reference=row["reference"], attempt=row["sends"] + 1, sha256=row["sha256"])
        roll_up(at.hub, at.rows, export)
    return Claim(
        posting_id=row["id"],
        export_id=row["export_id"],
        action=action,
        fence=fence,
        attempt_id=attempt_id,
        entry=entry,
        send_by=at.now + timedelta(seconds=timing.send_within_s),
        quiet=quiet,
        turn_at=None if in_s is None else at.hub.posting.monotonic() + in_s,
    )


def _taken(standing: Standing, action: Action, until: datetime, now: datetime) -> dict[str, object]:
    """Return the columns of a posting taken for a call, but for its lease."""
    if action is Action.SEND:
        standing = replace(standing, state=State.SENDING, sends=standing.sends + 1, sent_at=now)
    return _but_lease(columns(replace(standing, calls=standing.calls + 1, due_at=until)))


def _but_lease(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if not name.startswith("lease_")}


def _turn(at: Desk, books: OpenBooks, action: Action) -> Turn:
    """Return when the call may be made: not for a while where the company is paused; where a plugin is, it only looks."""
    if at.rows.company["mode"] == "paused" or (action is Action.SEND and _is_paused(at, books)):
        return Turn(later=at.now + timedelta(seconds=PAUSED_S))
    return turn(at, books)


def _is_paused(at: Desk, books: OpenBooks) -> bool:
    return pause_of(at.hub, at.rows.connection, at.rows.company_id, books.connector.info.id) is not None


def _is_held(at: Desk, row: Row) -> bool:
    return bool(row["lease_owner"] in at.alive and row["lease_until"] is not None and row["lease_until"] > at.now)


def _cut_off(at: Desk, row: Row) -> Row:
    """Take a posting out of the hands of a worker that died or stalled: what it was sending may have arrived."""
    after = at.hub.posting.rules.cut_off(standing_of(row), at.now)
    fence = at.postings.take(row, owner="", until=None, **_but_lease(columns(after)))
    message = f"The worker {row['lease_owner'].partition('/')[0]} stopped in mid-call."
    for attempt_id in at.postings.open_attempts(row["id"]):
        at.postings.end_attempt(attempt_id, at.now, outcome="unknown", message=message)
    if fence is not None and after.state != row["state"]:
        export = at.export_of(row)
        at.audit("taken over", export, reference=row["reference"], state=after.state.value, why=message)
        roll_up(at.hub, at.rows, export)
    return at.postings.one(row["id"])


def _park_altered(at: Desk, row: Row, export: Row, message: str) -> None:
    trouble = {"code": ALTERED, "message": message}
    at.postings.record(row["id"], row["fence"], needs_attention=ALTERED, due_at=None, trouble=trouble)
    at.audit("altered", export, reference=row["reference"])
