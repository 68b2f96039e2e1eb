"""What people decide about postings: resume, accept what stands there, undo a duplicate."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any

from hub.api import ConnectorError, Receipt, ReceiptStatus, Recorded, Where
from hub.domain.canonical import canonical
from hub.domain.identity import Identity, posting_key, posting_reference
from hub.domain.posting import State
from hub.service.connections import OpenBooks
from hub.service.context import Hub, refuse
from hub.service.documents import opposite_document
from hub.service.frozen import export_row
from hub.service.posting.calling import recorded_document
from hub.service.posting.outcome import DUPLICATE, roll_up
from hub.service.posting.standings import columns, standing_of
from hub.service.prior_changes import take_over
from hub.service.scope import CompanyRows, reading, writing
from hub.service.settling import settle
from hub.store import Row
from hub.store.export_rows import NewPosting
from hub.store.posting_rows import PostingRows


def resume(hub: Hub, company: str, code: str) -> dict[str, Any]:
    """Take an export forward again after a person saw to what kept it; what waits is looked at at once."""
    with writing(hub, company) as rows:
        export = export_row(rows, code)
        now = hub.database.now(rows.connection)
        desk = PostingRows(rows.connection, rows.company_id)
        for row in rows.exports.postings(export["id"]):
            if row["kind"] in (export["phase"], DUPLICATE) and row["state"] in ("FROZEN", "UNKNOWN", "REJECTED"):
                after = hub.posting.rules.after_resume(standing_of(row), now)
                if not row["lease_owner"]:
                    desk.record(row["id"], row["fence"], **columns(after))
        rows.exports.audit("resume", code, {}, actor=hub.actor, now=hub.clock())
        roll_up(hub, rows, export)
    return settle(hub, company, code, None)


def accept(hub: Hub, company: str, code: str) -> dict[str, Any]:
    """Take over what the accounting system recorded otherwise than it was sent, as it stands there now."""
    with reading(hub, company) as rows:
        export = export_row(rows, code)
        differing = [row for row in rows.exports.postings(export["id"]) if row["state"] == State.MISMATCH]
        books = _books(hub, rows, export)
    if not differing:
        raise refuse(
            "nothing_to_accept", f"Nothing of export {code} differs in {export['label']}.", where=Where(export=code)
        )
    there = {row["id"]: _read(books, row) for row in differing}
    with writing(hub, company) as rows:
        export = export_row(rows, code)
        for row in differing:
            _accept_one(rows, row, there[row["id"]])
        rows.exports.audit(
            "accept", code, {"references": [row["reference"] for row in differing]}, actor=hub.actor, now=hub.clock()
        )
        roll_up(hub, rows, export)
        if export["phase"] == "post":
            changed = [row for row in rows.exports.postings(export["id"], "post") if row["id"] in there]
            take_over(rows, export, changed)
    return settle(hub, company, code, None)


def undo_duplicate(hub: Hub, company: str, code: str, journal: str) -> dict[str, Any]:
    """Post the opposite of a journal that stands there a second time; journal: its id there (R15)."""
    with writing(hub, company) as rows:
        export = export_row(rows, code)
        row = _duplicated(rows, export, journal)
        known = next(other for other in row["duplicates"] if other["id"] == journal)
        if not known.get("undone_by"):
            new = _opposite(rows, export, row)
            due_at = hub.database.now(rows.connection)
            rows.exports.add_postings(export["id"], export["connection_id"], [new], due_at)
            known["undone_by"] = new.reference
            rows.exports.set_posting(row["id"], duplicates=row["duplicates"])
            rows.exports.settle_sites(export["id"], unsettled=True, live=export["state"] != "UNDONE")
            detail = {"journal": journal, "reference": new.reference}
            rows.exports.audit("undo duplicate", code, detail, actor=hub.actor, now=hub.clock())
            roll_up(hub, rows, export)
    return settle(hub, company, code, None)


def _accept_one(rows: CompanyRows, row: Row, recorded: Recorded) -> None:
    there = recorded_document(recorded)
    rows.exports.set_posting(row["id"], state=State.POSTED.value, due_at=None, trouble=None, recorded=there)


def _read(books: OpenBooks, row: Row) -> Recorded:
    receipt = row["receipt"]
    known = Receipt(
        id=receipt["id"], number=receipt["number"], url=receipt["url"], status=ReceiptStatus(receipt["status"])
    )
    try:
        with books.session() as session:
            recorded = session.read(known)
    except ConnectorError as error:
        raise refuse("not_checked", f"{books.label} could not be asked: {error.message}", "Try again.") from error
    if recorded is None:
        raise refuse(
            "not_there",
            f"Journal {receipt['number'] or receipt['id']} is no longer in {books.label}.",
            "Undo the export.",
        )
    return recorded


def _duplicated(rows: CompanyRows, export: Row, journal: str) -> Row:
    for row in rows.exports.postings(export["id"]):
        if any(other["id"] == journal for other in row["duplicates"]):
            return row
    raise refuse(
        "no_duplicate",
        f"No second journal {journal} of export {export['code']} is known.",
        where=Where(export=export["code"]),
    )


def _opposite(rows: CompanyRows, export: Row, row: Row) -> NewPosting:
    part = 1 + len(rows.exports.postings(export["id"], DUPLICATE))
    identity = Identity(
        company_uuid=rows.setup.company_uuid,
        books=row["books"],
        count_date=export["count_date"],
        sites=tuple(sorted(rows.exports.sites(export["id"]))),
        sequence=export["sequence"],
    )
    document = opposite_document(json.loads(row["entry"]), posting_reference(identity, part, DUPLICATE))
    text = canonical(document)
    return NewPosting(
        books=row["books"],
        kind=DUPLICATE,
        part=part,
        reference=document["reference"],
        key=posting_key(identity, part, DUPLICATE),
        entry_date=date.fromisoformat(document["date"]),
        entry=text.decode(),
        sha256=sha256(text).hexdigest(),
    )


def _books(hub: Hub, rows: CompanyRows, export: Row) -> OpenBooks:
    row = next(one for one in rows.connections() if one["id"] == export["connection_id"])
    return OpenBooks(hub, row, rows)
