"""What people decide about postings: resume, accept what stands there, undo a duplicate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
from hub.service.posting.recorded import standing_document
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
        differing = _differing(rows, export)
        books = _books(hub, rows, export)
    if not differing:
        raise refuse(
            "nothing_to_accept", f"Nothing of export {code} differs in {export['label']}.", where=Where(export=code)
        )
    looked = {row["id"]: _read(books, row["receipt"]) for row in differing}
    there = {known: recorded_document(recorded) for known, recorded in looked.items() if recorded is not None}
    with writing(hub, company) as rows:
        export = export_row(rows, code)
        differing = [row for row in _differing(rows, export) if row["id"] in looked]
        gone = [row for row in differing if row["id"] not in there]
        if gone:
            _note_gone(hub, rows, export, gone)
        else:
            _accept(hub, rows, export, differing, there)
    if gone:
        raise refuse("not_there", _no_longer(gone[0]["receipt"], books.label), "Undo the export.", Where(export=code))
    return settle(hub, company, code, None)


def undo_duplicate(hub: Hub, company: str, code: str, journal: str) -> dict[str, Any]:
    """Post the opposite of a journal that stands there a second time, as it stands there; journal: its id there (R15)."""
    with reading(hub, company) as rows:
        export = export_row(rows, code)
        known = _known(_duplicated(rows, export, journal), journal)
        books = _books(hub, rows, export)
    if not known.get("undone_by"):
        there = _read(books, known)
        if there is not None and there.status is ReceiptStatus.DRAFT:
            raise refuse(
                "duplicate_is_draft",
                f"Journal {known['number'] or journal} is a draft in {books.label}, so it is not on the books.",
                "Delete it there, then run hub check.",
                Where(export=code),
            )
        with writing(hub, company) as rows:
            _undo_duplicate(hub, rows, code, journal, there)
        if there is None:
            raise refuse("not_there", _no_longer(known, books.label), "Nothing is left to undo.", Where(export=code))
    return settle(hub, company, code, None)


def _differing(rows: CompanyRows, export: Row) -> list[Row]:
    return [row for row in rows.exports.postings(export["id"]) if row["state"] == State.MISMATCH]


def _accept(
    hub: Hub, rows: CompanyRows, export: Row, differing: Sequence[Row], there: Mapping[int, Mapping[str, Any]]
) -> None:
    _refuse_other_amounts(export, [row for row in differing if row["kind"] != "post"], there)
    for row in differing:
        seen = {"recorded": there[row["id"]]}
        rows.exports.set_posting(row["id"], state=State.POSTED.value, due_at=None, trouble=None, **seen)
    detail = {"references": [row["reference"] for row in differing]}
    rows.exports.audit("accept", export["code"], detail, actor=hub.actor, now=hub.clock())
    roll_up(hub, rows, export)
    if export["phase"] == "post":
        take_over(rows, export, [row for row in rows.exports.postings(export["id"], "post") if row["id"] in there])
    for row in differing:
        rows.exports.set_posting(row["id"], accepted=there[row["id"]])


def _refuse_other_amounts(export: Row, differing: Sequence[Row], there: Mapping[int, Mapping[str, Any]]) -> None:
    """Refuse to take over an opposite entry with other amounts, an undo's or a duplicate's: a rest would stay on the books."""
    for row in differing:
        entry = json.loads(row["entry"])
        if standing_document({"entry": row["entry"], "recorded": there[row["id"]]})["lines"] != entry["lines"]:
            raise refuse(
                "undo_differs",
                f"Journal {row['reference']} there does not take off {_what(row, export)}, amount for amount.",
                f"Correct it in {export['label']} to what was sent, then accept it.",
                Where(export=export["code"]),
            )


def _what(row: Row, export: Row) -> str:
    if row["kind"] == DUPLICATE:
        return f"the second journal of export {export['code']}"
    return f"what export {export['code']} posted"


def _note_gone(hub: Hub, rows: CompanyRows, export: Row, gone: Sequence[Row]) -> None:
    """Note that journals were deleted or voided there, so that an undo does not post their opposite."""
    for row in gone:
        rows.exports.set_posting(row["id"], changed_there="deleted")
        detail = {"reference": row["reference"], "change": "deleted", "journals": []}
        rows.exports.audit("checked there", export["code"], detail, actor=hub.actor, now=hub.clock())


def _undo_duplicate(hub: Hub, rows: CompanyRows, code: str, journal: str, there: Recorded | None) -> None:
    """Freeze the opposite of a duplicate, or forget one that is no longer there; unless somebody else did meanwhile."""
    export = export_row(rows, code)
    row = _duplicated(rows, export, journal)
    known = _known(row, journal)
    if known.get("undone_by"):
        return
    detail = {"journal": journal}
    if there is None:
        rows.exports.set_posting(row["id"], duplicates=[other for other in row["duplicates"] if other is not known])
        rows.exports.audit("duplicate gone", code, detail, actor=hub.actor, now=hub.clock())
        return
    _refuse_beside_another(rows, export)
    new = _opposite(rows, export, row, there)
    rows.exports.add_postings(export["id"], export["connection_id"], [new], hub.database.now(rows.connection))
    known["undone_by"] = new.reference
    rows.exports.set_posting(row["id"], duplicates=row["duplicates"])
    rows.exports.settle_sites(export["id"], unsettled=True, live=export["state"] != "UNDONE")
    rows.exports.audit("undo duplicate", code, {**detail, "reference": new.reference}, actor=hub.actor, now=hub.clock())
    roll_up(hub, rows, export)


def _refuse_beside_another(rows: CompanyRows, export: Row) -> None:
    """Refuse to post for sites of which another export is under way (R16)."""
    others = [
        one for one in rows.facts.unsettled(list(rows.exports.sites(export["id"]))) if one.export != export["code"]
    ]
    if others:
        raise refuse(
            "export_in_progress",
            f"Export {others[0].export} ({others[0].count_date}) of the same site has not come to rest yet.",
            "Settle that one first, then take the duplicate off the books.",
            Where(site=others[0].site, export=others[0].export),
        )


def _read(books: OpenBooks, receipt: Mapping[str, Any]) -> Recorded | None:
    """Return a journal as it stands there now, None where it was deleted or voided; refuses where it cannot be asked."""
    known = Receipt(
        id=receipt["id"], number=receipt["number"], url=receipt["url"], status=ReceiptStatus(receipt["status"])
    )
    try:
        with books.session() as session:
            recorded = session.read(known)
    except ConnectorError as error:
        raise refuse("not_checked", f"{books.label} could not be asked: {error.message}", "Try again.") from error
    return None if recorded is None or recorded.status is ReceiptStatus.VOID else recorded


def _no_longer(receipt: Mapping[str, Any], label: str) -> str:
    return f"Journal {receipt['number'] or receipt['id']} is no longer in {label}, or was voided there."


def _known(row: Row, journal: str) -> dict[str, Any]:
    found: dict[str, Any] = next(other for other in row["duplicates"] if other["id"] == journal)
    return found


def _duplicated(rows: CompanyRows, export: Row, journal: str) -> Row:
    for row in rows.exports.postings(export["id"]):
        if any(other["id"] == journal for other in row["duplicates"]):
            return row
    raise refuse(
        "no_duplicate",
        f"No second journal {journal} of export {export['code']} is known.",
        where=Where(export=export["code"]),
    )


def _opposite(rows: CompanyRows, export: Row, row: Row, there: Recorded) -> NewPosting:
    """Return the opposite of a journal as it stands there, which need not be what was frozen."""
    part = 1 + len(rows.exports.postings(export["id"], DUPLICATE))
    identity = Identity(
        company_uuid=rows.setup.company_uuid,
        books=row["books"],
        count_date=export["count_date"],
        sites=tuple(sorted(rows.exports.sites(export["id"]))),
        sequence=export["sequence"],
    )
    standing = standing_document({"entry": row["entry"], "recorded": recorded_document(there)})
    document = opposite_document(standing, posting_reference(identity, part, DUPLICATE))
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
