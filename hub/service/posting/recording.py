"""Record what a call told: the posting, its export, the books and the audit row in one transaction (R12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.api import Receipt
from hub.domain.posting import Action, Answer, Outcome, Standing, State
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.posting.calling import Told, receipt_document, recorded_document
from hub.service.posting.claiming import Claim, take
from hub.service.posting.outcome import roll_up
from hub.service.posting.standings import columns, standing_of
from hub.service.posting.traffic import answered
from hub.service.scope import CompanyRows, writing
from hub.store import Row
from hub.store.posting_rows import PostingRows

SEEN = (State.POSTED, State.MISMATCH)


def record(hub: Hub, company: str, books: OpenBooks, claimed: Claim, told: Told) -> Claim | None:
    """Record an answer; returns the send that a look-up which found nothing leads to, already taken (R6)."""
    with writing(hub, company) as rows:
        desk = PostingRows(rows.connection, rows.company_id)
        now = hub.database.now(rows.connection)
        row = desk.one(claimed.posting_id)
        _end_attempt(desk, claimed.attempt_id, told, now)
        if row["fence"] != claimed.fence:
            _confirm_late(hub, rows, desk, row, told)
            return None
        answered(hub, desk, row["connection_id"], told.answer, trouble=told.message, now=now)
        if told.answer.outcome is Outcome.ABSENT and _sends(hub, claimed, row):
            return take(hub, rows, desk, row, Action.SEND, now, quiet=False)
        after = _after(hub, books, claimed, row, told.answer, now)
        values = columns(after) | _evidence(after, row, told)
        desk.record(row["id"], claimed.fence, **values)
        _settle(hub, rows, row, after, told)
    return None


def record_late(hub: Hub, company: str, claimed: Claim, receipt: Receipt) -> None:
    """Record the receipt of a call that answered after its deadline: it can only confirm (R13)."""
    told = Told(answer=Answer(outcome=Outcome.DONE), receipt=receipt, recorded=receipt.recorded)
    with writing(hub, company) as rows:
        desk = PostingRows(rows.connection, rows.company_id)
        row = desk.one(claimed.posting_id)
        if row["state"] in SEEN:
            _note_another(hub, rows, desk, row, told)
        elif row["lease_owner"] == "" and row["due_at"] is not None:
            desk.record(row["id"], row["fence"], due_at=hub.database.now(rows.connection))


def _sends(hub: Hub, claimed: Claim, row: Row) -> bool:
    return hub.posting.rules.sends_after_absent(standing_of(row), quiet=claimed.quiet)


def _after(hub: Hub, books: OpenBooks, claimed: Claim, row: Row, answer: Answer, now: datetime) -> Standing:
    rules, standing = hub.posting.rules, standing_of(row)
    if claimed.action is Action.SEND:
        return rules.after_send(standing, answer, now, books.limits)
    if answer.outcome is Outcome.ABSENT:
        return rules.after_absent(standing, now, books.limits, quiet=claimed.quiet)
    return rules.after_look_up(standing, answer, now)


def _confirm_late(hub: Hub, rows: CompanyRows, desk: PostingRows, row: Row, told: Told) -> None:
    """Record an answer of a worker that no longer holds the posting: it can say that it is there, and nothing else (R13)."""
    if told.receipt is None or told.recorded is None:
        return
    if row["state"] in SEEN:
        _note_another(hub, rows, desk, row, told)
        return
    standing = standing_of(row)
    if not hub.posting.rules.may_confirm(standing.state):
        return
    after = hub.posting.rules.after_seen(standing, told.answer)
    desk.take(row, owner="", until=None, **_unleased(columns(after) | _evidence(after, row, told)))
    _settle(hub, rows, row, after, told)


def _unleased(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not name.startswith("lease_")}


def _note_another(hub: Hub, rows: CompanyRows, desk: PostingRows, row: Row, told: Told) -> None:
    """Sound the alarm where an answer names another journal than the one that is known (R15)."""
    known = {(row["receipt"] or {}).get("id"), *(other["id"] for other in row["duplicates"])}
    found = [receipt for receipt in (told.receipt, *told.others) if receipt is not None and receipt.id not in known]
    if found:
        duplicates = [*row["duplicates"], *map(receipt_document, found)]
        desk.record(row["id"], row["fence"], duplicates=duplicates)
        export = rows.exports.by_id(row["export_id"])
        detail = {"reference": row["reference"], "journals": [receipt.id for receipt in found]}
        rows.exports.audit("duplicate there", export["code"], detail, actor=hub.actor, now=hub.clock())


def _settle(hub: Hub, rows: CompanyRows, row: Row, after: Standing, told: Told) -> None:
    """Audit a change of state and let the export follow."""
    export = rows.exports.by_id(row["export_id"])
    if (after.state, after.needs_attention) != (row["state"], row["needs_attention"]):
        detail: dict[str, object] = {"reference": row["reference"], "state": after.state.value}
        if told.receipt is not None:
            detail["journal"] = told.receipt.id
        if after.needs_attention or after.state is State.REJECTED:
            detail["why"] = after.needs_attention or told.message
        if told.others:
            detail["duplicates"] = [receipt.id for receipt in told.others]
        rows.exports.audit(after.state.value.lower(), export["code"], detail, actor=hub.actor, now=hub.clock())
    roll_up(hub, rows, export)


def _evidence(after: Standing, row: Row, told: Told) -> dict[str, Any]:
    """Return the columns that tell a person what happened: the journal and what is recorded, or the trouble."""
    if after.state in SEEN and told.receipt is not None and told.recorded is not None:
        return {
            "receipt": receipt_document(told.receipt),
            "recorded": recorded_document(told.recorded),
            "duplicates": [*row["duplicates"], *map(receipt_document, told.others)],
            "trouble": {"code": "differs", "message": " ".join(told.answer.differences)}
            if told.answer.differences
            else None,
        }
    if not told.message:
        return {}
    return {"trouble": {"code": told.code, "message": told.message, "request_id": told.request_id}}


def _end_attempt(desk: PostingRows, attempt_id: int, told: Told, now: datetime) -> None:
    receipts = [receipt_document(each) for each in (told.receipt, *told.others) if each is not None]
    desk.end_attempt(
        attempt_id,
        now,
        outcome=told.answer.outcome.value,
        code=told.code,
        message=told.message or " ".join(told.answer.differences),
        request_id=told.request_id,
        receipts=receipts,
    )
