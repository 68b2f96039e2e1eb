"""Take exports forward: whatever is due of each of their postings, as far as it goes now."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from hub.api import Receipt
from hub.domain.posting import Action, Answer, Outcome
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.posting.calling import Told, look_up, send
from hub.service.posting.claiming import Claim, claim
from hub.service.posting.life import living
from hub.service.posting.outcome import is_settled, tell_observers
from hub.service.posting.recording import record, record_late
from hub.service.scope import reading, rows_in
from hub.store import Row
from hub.store.posting_rows import company_of_export, due_exports

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
TOO_LATE = "The call was not made in time, so nothing was sent."


def work(hub: Hub, export_id: int) -> None:
    """Take an export forward; safe to call at any time, by any number of workers (R10)."""
    with hub.database.read() as connection:
        found = company_of_export(connection, export_id)
        if found is None:
            return
        company, _ = found
        rows = rows_in(connection, company)
        export = rows.exports.by_id(export_id)
        row = next(one for one in rows.connections() if one["id"] == export["connection_id"])
        books = OpenBooks(hub, row, rows)
        postings = [posting["id"] for posting in rows.exports.postings(export_id)]
    if books.makes_files:
        return
    for posting_id in postings:
        if not hub.posting.stopping():
            _forward(hub, company, books, posting_id)
    if hub.registry.observers:
        _tell(hub, company, export)


def _tell(hub: Hub, company: str, before: Row) -> None:
    """Tell the plugins that listen where an export has come to rest since."""
    with reading(hub, company) as rows:
        after = rows.exports.by_id(before["id"])
    if is_settled(after["state"]) and after["state"] != before["state"]:
        tell_observers(hub, company, before["code"])


def due(hub: Hub, limit: int = MOST_AT_ONCE) -> Sequence[tuple[int, str]]:
    """Return the exports with something to do now, longest waiting first, each with its connection's id as text.

    Of each connection one comes before the second of any; of one that fails, one alone.
    """
    with hub.database.read() as connection:
        now = hub.database.now(connection)
        return due_exports(connection, now, living(connection, now), limit)


def _forward(hub: Hub, company: str, books: OpenBooks, posting_id: int) -> None:
    claimed = claim(hub, company, books, posting_id)
    while claimed is not None:
        told = _called(hub, company, books, claimed)
        claimed = record(hub, company, books, claimed, told)


def _called(hub: Hub, company: str, books: OpenBooks, claimed: Claim) -> Told:
    """Make the one call of a claim; outside any transaction."""
    late = partial(_late, hub, company, claimed)
    if claimed.action is Action.LOOK_UP:
        return look_up(books, claimed.entry, late, claimed.turn_at)
    until = hub.posting.monotonic() + hub.posting.rules.timing.call_s
    if not _in_time(hub, claimed):
        return Told(answer=Answer(outcome=Outcome.TRY_LATER, wait_s=1), message=TOO_LATE, code="too_late")
    return send(books, claimed.entry, late, until, claimed.turn_at)


def _in_time(hub: Hub, claimed: Claim) -> bool:
    """R7: whether the first byte may still leave, by the database's clock, asked right before it does."""
    with hub.database.read() as connection:
        return hub.database.now(connection) <= claimed.send_by


def _late(hub: Hub, company: str, claimed: Claim, method: str, receipt: Receipt) -> None:
    log.warning("%s() answered after its deadline for posting %s", method, claimed.entry.reference)
    record_late(hub, company, claimed, receipt)
