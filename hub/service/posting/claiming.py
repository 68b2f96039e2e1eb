"""Take a posting for one call: on lease, under a fence number, the call written down before it is made (R2, R7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.api import JournalEntry
from hub.domain.posting import Action, Standing, State
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.posting.life import living, owner, sign
from hub.service.posting.outcome import roll_up
from hub.service.posting.standings import FrozenBytesChanged, columns, frozen_entry, standing_of
from hub.service.posting.traffic import gate
from hub.service.scope import CompanyRows, writing
from hub.store import Row
from hub.store.posting_rows import PostingRows, looks_first

ALTERED = "altered"
PAUSED_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A posting taken for one call.

    send_by: the database's instant after which its first byte must not leave; quiet: an answer `absent` is to be believed.
    """

    posting_id: int
    export_id: int
    action: Action
    fence: int
    attempt_id: int
    entry: JournalEntry
    send_by: datetime
    quiet: bool


def claim(hub: Hub, company: str, books: OpenBooks, posting_id: int) -> Claim | None:
    """Take a posting for the call that is due; None where none is due now, or another worker has it."""
    with writing(hub, company) as rows:
        desk = PostingRows(rows.connection, rows.company_id)
        now = hub.database.now(rows.connection)
        alive = living(rows.connection, now)
        row = desk.one(posting_id)
        if _held(row, alive, now):
            return None
        if row["lease_owner"]:
            row = _cut_off(hub, rows, desk, row, now)
        standing = standing_of(row)
        action = hub.posting.rules.next_action(standing, now, look_first=looks_first(rows.connection))
        if action in (Action.REST, Action.WAIT):
            return None
        later = _later(hub, rows, desk, books, alive, now)
        if later is not None:
            desk.postpone(posting_id, row["fence"], later)
            return None
        return take(hub, rows, desk, row, action, now, quiet=hub.posting.rules.is_quiet(standing, now, books.limits))


def take(
    hub: Hub, rows: CompanyRows, desk: PostingRows, row: Row, action: Action, now: datetime, *, quiet: bool
) -> Claim | None:
    """Take a posting on lease and write the call down; None where another worker was quicker or its bytes changed."""
    export = rows.exports.by_id(row["export_id"])
    try:
        entry = frozen_entry(row, export)
    except FrozenBytesChanged as error:
        _park_altered(hub, rows, desk, row, export, str(error))
        return None
    timing = hub.posting.rules.timing
    until = now + timedelta(seconds=timing.lease_s)
    sign(hub, rows.connection, now)
    fence = desk.take(row, owner=owner(hub), until=until, **taken_columns(standing_of(row), action, until, now))
    if fence is None:
        return None
    kind = "post" if action is Action.SEND else "find"
    attempt_id = desk.begin_attempt(row["id"], kind=kind, worker=hub.posting.worker, fence=fence, now=now)
    if action is Action.SEND:
        detail = {"reference": row["reference"], "attempt": row["sends"] + 1, "sha256": row["sha256"]}
        rows.exports.audit("send", export["code"], detail, actor=hub.actor, now=hub.clock())
        roll_up(hub, rows, export)
    return Claim(
        posting_id=row["id"],
        export_id=row["export_id"],
        action=action,
        fence=fence,
        attempt_id=attempt_id,
        entry=entry,
        send_by=now + timedelta(seconds=timing.send_within_s),
        quiet=quiet,
    )


def taken_columns(standing: Standing, action: Action, until: datetime, now: datetime) -> dict[str, object]:
    """Return the columns of a posting taken for a call, but for its lease."""
    if action is Action.SEND:
        standing = replace(standing, state=State.SENDING, sends=standing.sends + 1, sent_at=now)
    values = columns(replace(standing, calls=standing.calls + 1, due_at=until))
    return {name: value for name, value in values.items() if not name.startswith("lease_")}


def _later(
    hub: Hub, rows: CompanyRows, desk: PostingRows, books: OpenBooks, alive: frozenset[str], now: datetime
) -> datetime | None:
    """Return when to look again, where no call may be made now."""
    if rows.company["mode"] == "paused":
        return now + timedelta(seconds=PAUSED_S)
    return gate(hub, desk, books.id, books.limits, alive=alive, now=now)


def _held(row: Row, alive: frozenset[str], now: datetime) -> bool:
    return bool(row["lease_owner"] in alive and row["lease_until"] is not None and row["lease_until"] > now)


def _cut_off(hub: Hub, rows: CompanyRows, desk: PostingRows, row: Row, now: datetime) -> Row:
    """Take a posting out of the hands of a worker that died or stalled: what it was sending may have arrived."""
    after = hub.posting.rules.cut_off(standing_of(row), now)
    values = columns(after)
    del values["lease_owner"], values["lease_until"]
    fence = desk.take(row, owner="", until=None, **values)
    message = f"The worker {row['lease_owner'].partition('/')[0]} stopped in mid-call."
    for attempt_id in desk.open_attempts(row["id"]):
        desk.end_attempt(attempt_id, now, outcome="unknown", message=message)
    export = rows.exports.by_id(row["export_id"])
    if fence is not None and after.state != row["state"]:
        detail = {"reference": row["reference"], "state": after.state.value, "why": message}
        rows.exports.audit("taken over", export["code"], detail, actor=hub.actor, now=hub.clock())
        roll_up(hub, rows, export)
    return desk.one(row["id"])


def _park_altered(hub: Hub, rows: CompanyRows, desk: PostingRows, row: Row, export: Row, message: str) -> None:
    trouble = {"code": ALTERED, "message": message}
    desk.record(row["id"], row["fence"], needs_attention=ALTERED, due_at=None, trouble=trouble)
    rows.exports.audit("altered", export["code"], {"reference": row["reference"]}, actor=hub.actor, now=hub.clock())
