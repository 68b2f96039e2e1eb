"""Record what a call told: the posting, its export, the books and the audit row in one transaction (R12)."""

from __future__ import annotations

from typing import Any

from hub.api import Receipt, ReceiptStatus
from hub.domain.posting import Action, Answer, Outcome, Standing, State
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.posting.calling import Told, receipt_document, recorded_document
from hub.service.posting.claiming import Claim, take
from hub.service.posting.desk import Desk, desk
from hub.service.posting.outcome import roll_up
from hub.service.posting.standings import columns, standing_of
from hub.service.posting.traffic import answered
from hub.store import Row

SEEN = (State.POSTED, State.MISMATCH)


def record(hub: Hub, company: str, books: OpenBooks, claimed: Claim, told: Told) -> Claim | None:
    """Record an answer; returns the send that a look-up which found nothing leads to, already taken (R6)."""
    with desk(hub, company) as at:
        row = at.postings.found(claimed.posting_id)
        if row is None:
            _note_withdrawn(at, claimed, told)
            return None
        _end_attempt(at, claimed.attempt_id, told)
        if row["fence"] != claimed.fence:
            _confirm_late(at, row, told)
            return None
        answered(at, books, told.answer, trouble=told.message)
        standing = standing_of(row)
        absent = told.answer.outcome is Outcome.ABSENT
        if absent and hub.posting.rules.sends_after_absent(standing, quiet=claimed.quiet):
            return take(at, row, Action.SEND, quiet=False)
        after = _after(at, books, claimed, standing, told.answer)
        at.postings.record(row["id"], claimed.fence, **columns(after), **_evidence(after, row, told))
        _follow(at, row, after, told)
    return None


def record_late(hub: Hub, company: str, claimed: Claim, receipt: Receipt) -> None:
    """Record the receipt of a call that answered after its deadline: it can only confirm (R13), by a look-up at once."""
    told = Told(answer=Answer(outcome=Outcome.DONE), receipt=receipt, recorded=receipt.recorded)
    with desk(hub, company) as at:
        row = at.postings.found(claimed.posting_id)
        if row is None:
            _note_withdrawn(at, claimed, told)
        elif row["state"] in SEEN:
            _note_another(at, row, told)
        elif row["lease_owner"] == "" and row["due_at"] is not None:
            at.postings.record(row["id"], row["fence"], due_at=at.now)


def _after(at: Desk, books: OpenBooks, claimed: Claim, standing: Standing, answer: Answer) -> Standing:
    rules = at.hub.posting.rules
    if claimed.action is Action.SEND:
        return rules.after_send(standing, answer, at.now, books.limits)
    if answer.outcome is Outcome.ABSENT:
        return rules.after_absent(standing, at.now, books.limits, quiet=claimed.quiet)
    return rules.after_look_up(standing, answer, at.now)


def _confirm_late(at: Desk, row: Row, told: Told) -> None:
    """Record an answer of a worker that no longer holds the posting: it can say that it is there, and nothing else (R13)."""
    if told.receipt is None or told.recorded is None:
        return
    standing = standing_of(row)
    if not at.hub.posting.rules.may_confirm(standing.state):
        _note_another(at, row, told)
        return
    after = at.hub.posting.rules.after_seen(standing, told.answer)
    values = {**columns(after), **_evidence(after, row, told)}
    del values["lease_owner"], values["lease_until"]
    at.postings.take(row, owner="", until=None, **values)
    _follow(at, row, after, told)


def _note_withdrawn(at: Desk, claimed: Claim, told: Told) -> None:
    """Keep for the record that a journal stands there whose undo was withdrawn while its call was given up."""
    if told.receipt is not None:
        export = at.rows.exports.by_id(claimed.export_id)
        at.audit("duplicate there", export, reference=claimed.entry.reference, journals=[told.receipt.id])


def _note_another(at: Desk, row: Row, told: Told) -> None:
    """Sound the alarm where an answer names another journal than the one that is known (R15)."""
    known = {(row["receipt"] or {}).get("id"), *(other["id"] for other in row["duplicates"])}
    found = [receipt for receipt in (told.receipt, *told.others) if receipt is not None and receipt.id not in known]
    if found:
        duplicates = [*row["duplicates"], *map(receipt_document, found)]
        at.postings.record(row["id"], row["fence"], duplicates=duplicates)
        journals = [receipt.id for receipt in found]
        at.audit("duplicate there", at.export_of(row), reference=row["reference"], journals=journals)


def _follow(at: Desk, row: Row, after: Standing, told: Told) -> None:
    """Audit a change of state and let the export follow."""
    export = at.export_of(row)
    if (after.state, after.needs_attention) != (row["state"], row["needs_attention"]):
        detail: dict[str, object] = {"reference": row["reference"], "state": after.state.value}
        if told.receipt is not None:
            detail["journal"] = told.receipt.id
        if after.needs_attention or after.state is State.REJECTED:
            detail["why"] = after.needs_attention or told.message
        if told.others:
            detail["duplicates"] = [receipt.id for receipt in told.others]
        at.audit(after.state.value.lower(), export, **detail)
    roll_up(at.hub, at.rows, export)


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
            "changed_there": "deleted" if told.recorded.status is ReceiptStatus.VOID else "",
        }
    if not told.message:
        return {}
    return {"trouble": {"code": told.code, "message": told.message, "request_id": told.request_id}}


def _end_attempt(at: Desk, attempt_id: int, told: Told) -> None:
    receipts = [receipt_document(each) for each in (told.receipt, *told.others) if each is not None]
    at.postings.end_attempt(
        attempt_id,
        at.now,
        outcome=told.answer.outcome.value,
        code=told.code,
        message=told.message or " ".join(told.answer.differences),
        request_id=told.request_id,
        receipts=receipts,
    )
