"""Look after what was posted (R15): each night, one cheap question what changed, and the last journal of every site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from hub.api import Capability, Receipt, ReceiptStatus, Recorded
from hub.domain.comparing import differences
from hub.plugins import GuardedSession
from hub.service.connections import OpenBooks
from hub.service.context import Hub
from hub.service.frozen import export_row
from hub.service.posting.calling import receipt_document, recorded_document
from hub.service.posting.standings import frozen_entry
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.posting_rows import PostingRows, looks_first
from hub.store.traffic_rows import change_traffic, known_traffic, traffic

LOOK_BACK = timedelta(days=35)
OVERLAP = timedelta(hours=1)
STANDS = ("POSTED", "MISMATCH")
DOUBTED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the check found of one posting.

    change: empty where it stands as recorded, else `edited` or `deleted`; recorded: as it stands there; others: further journals.
    """

    posting_id: int
    change: str = ""
    recorded: Recorded | None = None
    others: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """What to look at in one connection's books."""

    books: OpenBooks
    connection_id: int
    since: datetime
    posted: Mapping[str, tuple[Row, Row]]
    doubted: Sequence[tuple[Row, Row]]


def check(hub: Hub, company: str, connection: str) -> list[dict[str, Any]]:
    """Check what was posted to a connection and record what was edited, deleted or doubled there; returns what was found.

    Raises ConnectorError where the accounting system cannot be asked; nothing is recorded then, nor where the process is
    told to stop meanwhile.
    """
    with reading(hub, company) as rows:
        watch = _watch(hub, rows, connection)
        started = hub.database.now(rows.connection)
    if watch is None:
        return []
    with watch.books.session() as session:
        findings = list(takewhile(lambda _: not hub.posting.stopping(), _findings(session, watch)))
    if hub.posting.stopping():
        return []
    with writing(hub, company) as rows:
        traffic(rows.connection, rows.company_id, watch.connection_id)
        change_traffic(rows.connection, rows.company_id, watch.connection_id, checked_at=started)
        return [told for finding in findings if (told := _record(hub, rows, finding, started)) is not None]


def look_again(hub: Hub, company: str, code: str, books: OpenBooks) -> None:
    """Look at what stands there of one export and record it, as each night.

    Raises ConnectorError where the accounting system cannot be asked.
    """
    with reading(hub, company) as rows:
        export = export_row(rows, code)
        postings = rows.exports.postings(export["id"], "post")
        now = hub.database.now(rows.connection)
    standing = [posting for posting in postings if posting["state"] in STANDS and posting["receipt"]]
    if books.makes_files or not standing:
        return
    with books.session() as session:
        findings = [_searched(session, posting, export) for posting in standing]
    with writing(hub, company) as rows:
        for finding in findings:
            _record(hub, rows, finding, now)


def check_export(hub: Hub, company: str, code: str) -> list[dict[str, Any]]:
    """Look for every journal of one export there now and record what is found, as each night; returns what was found.

    Raises ConnectorError where the accounting system cannot be asked; nothing is recorded then.
    """
    with reading(hub, company) as rows:
        export = export_row(rows, code)
        books = OpenBooks(hub, next(one for one in rows.connections() if one["id"] == export["connection_id"]), rows)
        known = [row for row in rows.exports.postings(export["id"]) if row["receipt"] or row["duplicates"]]
        now = hub.database.now(rows.connection)
    if books.makes_files or not known:
        return []
    with books.session() as session:
        findings = [_searched(session, posting, export) for posting in known]
    with writing(hub, company) as rows:
        return [told for finding in findings if (told := _record(hub, rows, finding, now)) is not None]


def _watch(hub: Hub, rows: CompanyRows, connection: str) -> _Watch | None:
    row = rows.connection_row(connection)
    books = OpenBooks(hub, row, rows)
    if books.makes_files:
        return None
    now = hub.database.now(rows.connection)
    desk = PostingRows(rows.connection, rows.company_id)
    checked_at = _checked_at(rows, row["id"])
    known = desk.of_connection(row["id"], (*STANDS, "REJECTED", "UNDONE"))
    posted = [posting for posting in known if posting["kind"] == "post" and posting["state"] in STANDS]
    newest = set(desk.newest_of_sites(row["id"]))
    exports = {posting["export_id"]: rows.exports.by_id(posting["export_id"]) for posting in known}
    since, restored = now - DOUBTED_FOR, looks_first(rows.connection)
    doubted = [
        posting
        for posting in known
        if (posting in posted and posting["export_id"] in newest)
        or (posting["receipt"] and posting["checked_at"] is None)
        or any(not other.get("undone_by") for other in posting["duplicates"])
        or _was_doubted(desk, posting, since)
        or (restored and _was_given_up(posting, exports[posting["export_id"]], since))
    ]
    return _Watch(
        books=books,
        connection_id=row["id"],
        since=(checked_at or now - LOOK_BACK) - OVERLAP,
        posted={
            str(posting["receipt"]["id"]): (posting, exports[posting["export_id"]])
            for posting in posted
            if posting["receipt"]
        },
        doubted=[(posting, exports[posting["export_id"]]) for posting in doubted],
    )


def _was_doubted(desk: PostingRows, posting: Row, since: datetime) -> bool:
    """Whether a call for a posting sent not long ago was not simply answered, so that it may stand there once more."""
    if posting["sent_at"] is None or posting["sent_at"] < since:
        return False
    calls = desk.attempts([posting["id"]])
    return any(call["kind"] == "post" and call["outcome"] not in ("done", "try_later") for call in calls)


def _was_given_up(posting: Row, export: Row, since: datetime) -> bool:
    """Whether a posting counts as never posted since not long ago: a send that a restore forgot may still arrive (R17)."""
    return posting["receipt"] is None and (export["settled_at"] is None or export["settled_at"] >= since)


def _checked_at(rows: CompanyRows, connection_id: int) -> datetime | None:
    found = known_traffic(rows.connection, rows.company_id, connection_id)
    return found["checked_at"] if found is not None else None


def _findings(session: GuardedSession, watch: _Watch) -> Iterator[Finding]:
    looked_at = set()
    for posting, export in watch.doubted:
        yield _searched(session, posting, export)
        looked_at.add(posting["id"])
    for posting, export in _changed(session, watch):
        if posting["id"] not in looked_at:
            yield _read(session, posting, export, ())


def _changed(session: GuardedSession, watch: _Watch) -> Iterable[tuple[Row, Row]]:
    """Return what the system says was changed, each with its export; where it cannot tell, nothing more is looked at."""
    if not watch.books.connector.can(Capability.CHANGED_SINCE):
        return ()
    changed = {receipt.id for receipt in session.changed_since(watch.since)}
    return [pair for id_, pair in watch.posted.items() if id_ in changed]


def _searched(session: GuardedSession, posting: Row, export: Row) -> Finding:
    """Search for a posting's reference: it stands there once, or not at all where it was refused or given up."""
    found = [one for one in session.find(frozen_entry(posting, export)) if one.status is not ReceiptStatus.VOID]
    receipt = posting["receipt"]
    if posting["state"] not in STANDS or receipt is None:
        return Finding(posting_id=posting["id"], others=tuple(found))
    return _read(session, posting, export, tuple(one for one in found if one.id != receipt["id"]))


def _read(session: GuardedSession, posting: Row, export: Row, others: tuple[Receipt, ...]) -> Finding:
    receipt = posting["receipt"]
    known = Receipt(id=receipt["id"], number=receipt["number"], url=receipt["url"], status=ReceiptStatus.POSTED)
    recorded = session.read(known)
    if recorded is None or recorded.status is ReceiptStatus.VOID:
        return Finding(posting_id=posting["id"], change="deleted", others=others)
    change = "edited" if _edited(recorded, posting, export) else ""
    return Finding(posting_id=posting["id"], change=change, recorded=recorded, others=others)


def _edited(recorded: Recorded, posting: Row, export: Row) -> bool:
    """Whether a journal stands otherwise than the books follow: than was accepted, or else frozen.

    An approval since, and memos, change nothing.
    """
    accepted = posting["accepted"]
    if accepted is None:
        return bool(differences(frozen_entry(posting, export), recorded))
    now = recorded_document(recorded)
    same = all(now[name] == accepted.get(name, now[name]) for name in ("date", "currency"))
    return not same or sorted(map(_line, now["lines"])) != sorted(map(_line, accepted["lines"]))


def _line(line: Mapping[str, Any]) -> tuple[str, ...]:
    account = line["account_id"] or line["account_number"] or line["account_name"]
    return account, line["side"], line["amount"]


def _record(hub: Hub, rows: CompanyRows, finding: Finding, now: datetime) -> dict[str, Any] | None:
    desk = PostingRows(rows.connection, rows.company_id)
    row = desk.one(finding.posting_id)
    export = rows.exports.by_id(row["export_id"])
    known = {(row["receipt"] or {}).get("id"), *(other["id"] for other in row["duplicates"])}
    new = [receipt_document(other) for other in finding.others if other.id not in known]
    gone = _undone_there(row, finding)
    values: dict[str, Any] = {"checked_at": now}
    if new or gone:
        values["duplicates"] = [*(other for other in row["duplicates"] if other["id"] not in gone), *new]
    change = (
        "" if (finding.change, row["state"]) == ("edited", "MISMATCH") else finding.change
    )  # that it differs is told
    if change != row["changed_there"] and row["state"] in STANDS:
        values["changed_there"] = change
    if finding.recorded is not None:
        values["recorded"] = recorded_document(finding.recorded)
    rows.exports.set_posting(row["id"], **values)
    told = {name: value for name, value in values.items() if name in ("changed_there", "duplicates")}
    if not told:
        return None
    detail = {"reference": row["reference"], "change": finding.change, "journals": [other["id"] for other in new]}
    rows.exports.audit("checked there", export["code"], detail, actor=hub.actor, now=hub.clock())
    return {
        "export": export["code"],
        "reference": row["reference"],
        "change": finding.change,
        "duplicates": [other["id"] for other in new],
    }


def _undone_there(row: Row, finding: Finding) -> set[str]:
    """Return the known duplicates that are no longer there and were not undone by the hub."""
    there = {other.id for other in finding.others}
    return {other["id"] for other in row["duplicates"] if other["id"] not in there and not other.get("undone_by")}
