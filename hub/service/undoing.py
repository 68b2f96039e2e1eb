"""Undo by the opposite entry through the same path, or by withdrawing a file that nobody imported; and confirm imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.api import ConnectorError, JournalEntry, Level, Problem, Where
from hub.domain.canonical import canonical
from hub.domain.decisions import Decisions
from hub.domain.identity import Identity, posting_key, posting_reference
from hub.domain.posting import State
from hub.service.connections import OpenBooks
from hub.service.context import Hub, problem_document, refuse
from hub.service.documents import Document, journal_entry, opposite_document, preview_hash
from hub.service.freezing import unacknowledged, when_due
from hub.service.frozen import export_document, export_row
from hub.service.posting.lost_sends import in_the_way_of_giving_up
from hub.service.posting.outcome import release, roll_up
from hub.service.posting.recorded import standing_document
from hub.service.posting.standings import may_arrive
from hub.service.posting.watching import look_again
from hub.service.previewing import decisions_from, open_connection, preflight, preview_document
from hub.service.scope import CompanyRows, reading, writing
from hub.service.settling import settle, written
from hub.store import Row
from hub.store.export_rows import NewPosting
from hub.store.posting_rows import looks_first

STANDS_THERE = ("POSTED", "MISMATCH")
WAITING = ("FROZEN", "FILE_READY", "REJECTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoDraft:
    """The opposite entries of an export, with what stands in their way; closed: those, by index, dated as decided."""

    row: Row
    books_name: str
    books_id: str
    identity: Identity
    open_books: OpenBooks
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    decisions: Decisions
    closed: frozenset[int] = frozenset()

    @property
    def hash(self) -> str:
        """What a person confirms."""
        return preview_hash(self.books_name, self.books_id, self.decisions.texts, self.documents)

    def entries(self) -> list[JournalEntry | None]:
        """The entries as a session is handed them."""
        return [
            journal_entry(
                document,
                key=posting_key(self.identity, part, "undo"),
                part=part,
                count_date=self.row["count_date"],
                currency=self.row["currency"],
            )
            for part, document in enumerate(self.documents, start=1)
        ]


def preview_undo(hub: Hub, company: str, code: str, decisions: Sequence[str] = ()) -> dict[str, Any]:
    """Preview the undo of an export: its opposite entries; none where an unimported file is withdrawn."""
    decided = decisions_from(decisions)
    with reading(hub, company) as rows:
        drafted = _draft(hub, rows, export_row(rows, code), decided)
    drafted = _checked(_looked_at(hub, company, code, drafted))
    return preview_document(
        label=drafted.row["label"],
        count_date=drafted.row["count_date"],
        connection=drafted.books_name,
        currency=drafted.row["currency"],
        hash_=drafted.hash,
        entries=drafted.documents,
        problems=drafted.problems,
    )


def undo(
    hub: Hub,
    company: str,
    code: str,
    decisions: Sequence[str] = (),
    *,
    out: Path | None = None,
    withdraw: bool = False,
) -> dict[str, Any]:
    """Undo the newest live export of its sites; pressing it again answers with the same.

    withdraw: take back an undo whose file was not imported, so that the export stands again.
    """
    decided = decisions_from(decisions)
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        done = row["state"] == "UNDONE" or (row["phase"] == "undo" and not withdraw)
        drafted = None if done or withdraw else _draft(hub, rows, row, decided)
    if withdraw:
        return _withdraw_undo(hub, company, code)
    if drafted is None:
        return settle(hub, company, code, out)
    drafted = _checked(_looked_at(hub, company, code, drafted))
    blocking = [problem for problem in drafted.problems if problem.blocking]
    problems = blocking + unacknowledged(drafted.problems, decided)
    if problems:
        return _standing(hub, company, code) | {"problems": [problem_document(problem) for problem in problems]}
    _freeze(hub, company, code, drafted)
    return settle(hub, company, code, out)


def confirm(hub: Hub, company: str, code: str) -> dict[str, Any]:
    """Say that an export's files were imported; saying it again changes nothing."""
    with writing(hub, company) as rows:
        row = export_row(rows, code)
        if row["state"] == "FILE_READY":
            _confirm(hub, rows, row)
        elif row["state"] != ("POSTED" if row["phase"] == "post" else "UNDONE"):
            raise refuse(
                "nothing_to_confirm",
                f"Export {code} has no file that waits to be confirmed.",
                "Export it again to make its file.",
                Where(export=code),
            )
        elif row["state"] == "UNDONE" and not rows.exports.postings(row["id"], "undo"):
            raise refuse("nothing_to_confirm", f"The file of export {code} was withdrawn.", where=Where(export=code))
    return _standing(hub, company, code)


def _confirm(hub: Hub, rows: CompanyRows, row: Row) -> None:
    state = "UNDONE" if row["phase"] == "undo" else "POSTED"
    for posting in rows.exports.postings(row["id"], row["phase"]):
        rows.exports.set_posting(posting["id"], state="POSTED")
    roll_up(hub, rows, row)
    rows.exports.audit("confirm", row["code"], {"state": state}, actor=hub.actor, now=hub.clock())


def _draft(hub: Hub, rows: CompanyRows, row: Row, decisions: Decisions) -> UndoDraft:
    name = rows.ids.connection_names[row["connection_id"]]
    books = rows.setup.books[name]
    sites = rows.exports.sites(row["id"])
    identity = Identity(
        company_uuid=rows.setup.company_uuid,
        books=books.books,
        count_date=row["count_date"],
        sites=tuple(sorted(sites)),
        sequence=row["sequence"],
    )
    posted = [
        posting
        for posting in rows.exports.postings(row["id"], "post")
        if posting["state"] in STANDS_THERE and posting["changed_there"] != "deleted"
    ]
    documents = tuple(
        opposite_document(standing_document(posting), posting_reference(identity, posting["part"], "undo"))
        for posting in posted
    )
    newer = rows.exports.newest_live(list(sites), after=row["id"])
    problems = _in_progress(rows, row, name) or _standing_in_the_way(rows, row, sites, newer)
    return UndoDraft(
        row=row,
        books_name=name,
        books_id=books.books,
        identity=identity,
        open_books=open_connection(hub, rows, books),
        documents=documents,
        problems=problems,
        decisions=decisions,
    )


def _looked_at(hub: Hub, company: str, code: str, drafted: UndoDraft) -> UndoDraft:
    """Return the draft of what stands there now: its opposite is posted, even where it was edited a minute ago."""
    if any(problem.blocking for problem in drafted.problems):
        return drafted
    told: list[Problem] = []
    try:
        look_again(hub, company, code, drafted.open_books)
    except ConnectorError as error:
        problem = Problem(
            level=Level.WARNING,
            code="not_checked",
            message=f"{drafted.open_books.label} could not be asked what stands there: {error.message}",
            fix="Try again, or say yes to undo what was posted, as far as it is known.",
            where=Where(export=code, connection=drafted.books_name),
        )
        told.append(problem)
    unseen = in_the_way_of_giving_up(hub, company, code, drafted.open_books)
    with reading(hub, company) as rows:
        again = _draft(hub, rows, export_row(rows, code), drafted.decisions)
    return replace(again, problems=(*again.problems, *told, *unseen))


def _in_progress(rows: CompanyRows, row: Row, connection: str) -> tuple[Problem, ...]:
    """Return that some of an export may still arrive: only what certainly stands there, or does not, can be undone."""
    if not any(may_arrive(posting) for posting in rows.exports.postings(row["id"])):
        return ()
    problem = Problem(
        level=Level.PROBLEM,
        code="export_in_progress",
        message=f"Whether all of export {row['code']} has arrived in {row['label']} is not known yet.",
        fix="Wait until it is, then undo it.",
        where=Where(export=row["code"], connection=connection),
    )
    return (problem,)


def _standing_in_the_way(
    rows: CompanyRows, row: Row, sites: Mapping[str, Row], newer: Row | None
) -> tuple[Problem, ...]:
    """Return what was built on an export since: a newer one, or opening values of its sites."""
    if newer is not None:
        return (_newer_stands(row, newer),)
    opened = set(rows.exports.carried_since(row["id"]))
    if row["kind"] == "closing" and row["state"] == "POSTED":
        opened |= {site for site in sites if rows.setup.sites[site].opening_date is not None}
    return tuple(_opening_stands(rows, row, site) for site in sorted(opened))


def _opening_stands(rows: CompanyRows, row: Row, site: str) -> Problem:
    name = rows.setup.sites[site].name
    return Problem(
        level=Level.PROBLEM,
        code="opening_stands",
        message=f"{name} was given opening values after export {row['code']}, and they take its place.",
        fix="Correct what is wrong with the next count of the site.",
        where=Where(site=site, export=row["code"]),
    )


def _newer_stands(row: Row, newer: Row) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="newer_export_stands",
        message=f"Export {newer['code']} of {newer['count_date']} came after {row['code']} and builds on it.",
        fix=f"Undo {newer['code']} first.",
        where=Where(export=newer["code"]),
    )


def _checked(drafted: UndoDraft) -> UndoDraft:
    asked = preflight(drafted.open_books, drafted.entries())
    if drafted.decisions.date is not None:
        closed = frozenset(index for index, problem in asked if problem.code == "period_closed")
        drafted = _dated(drafted, closed or frozenset(range(len(drafted.documents))))
        asked = preflight(drafted.open_books, drafted.entries())
    found = [replace(problem, where=replace(problem.where, connection=drafted.books_name)) for _, problem in asked]
    return replace(drafted, problems=(*drafted.problems, *dict.fromkeys(found)))


def _dated(drafted: UndoDraft, closed: frozenset[int]) -> UndoDraft:
    day = drafted.decisions.date
    if day is None:
        return drafted
    documents = tuple(
        {**document, "date": day.isoformat()} if index in closed else document
        for index, document in enumerate(drafted.documents)
    )
    return replace(drafted, documents=documents, closed=closed)


def _freeze(hub: Hub, company: str, code: str, shown: UndoDraft) -> None:
    with writing(hub, company) as rows:
        row = export_row(rows, code)
        now = _dated(_draft(hub, rows, row, shown.decisions), shown.closed)
        if row["phase"] == "undo" or row["state"] == "UNDONE":
            return
        if now.hash != shown.hash or any(problem.blocking for problem in now.problems):
            raise refuse(
                "figures_changed", "The export has changed since it was shown. Nothing was undone.", "Look again."
            )
        rows.exports.audit("undo", code, {"hash": now.hash}, actor=hub.actor, now=hub.clock())
        _never_send(rows, row)
        if not now.documents:
            rows.exports.set_export(row["id"], state="UNDONE", settled_at=hub.clock())
            release(rows, row)
            return
        rows.exports.set_export(row["id"], phase="undo", state="FROZEN", undo_hash=now.hash)
        due_at = when_due(hub, rows, now.open_books)
        rows.exports.add_postings(row["id"], row["connection_id"], _postings(now), due_at)
        rows.exports.settle_sites(row["id"], unsettled=True)


def _never_send(rows: CompanyRows, row: Row) -> None:
    """Take what certainly never arrived out of the way of the workers."""
    for posting in rows.exports.postings(row["id"], "post"):
        if posting["state"] not in STANDS_THERE or posting["changed_there"] == "deleted":
            rows.exports.set_posting(
                posting["id"], state="UNDONE", due_at=None, needs_attention="", fence=posting["fence"] + 1
            )


def _withdraw_undo(hub: Hub, company: str, code: str) -> dict[str, Any]:
    with writing(hub, company) as rows:
        row = export_row(rows, code)
        postings = rows.exports.postings(row["id"])
        undos = [posting for posting in postings if posting["kind"] == "undo"]
        whole = all(posting["state"] in STANDS_THERE for posting in postings if posting["kind"] == "post")
        waits = all(posting["state"] in WAITING and not may_arrive(posting) for posting in undos)
        if row["phase"] != "undo" or not (undos and whole and waits):
            raise refuse("nothing_to_withdraw", f"Export {code} has no undo that waits.", where=Where(export=code))
        _refuse_to_forget(rows, row)
        rows.exports.drop_undo(row["id"])
        rows.exports.set_export(row["id"], phase="post", undo_hash=None)
        roll_up(hub, rows, rows.exports.by_id(row["id"]))
        rows.exports.audit("withdraw undo", code, {}, actor=hub.actor, now=hub.clock())
    return _standing(hub, company, code)


def _refuse_to_forget(rows: CompanyRows, row: Row) -> None:
    """Refuse to withdraw an undo that a restored database does not know to have been sent: it would be forgotten (R17)."""
    if row["state"] != State.FILE_READY and looks_first(rows.connection):
        code = row["code"]
        raise refuse(
            "restored",
            f"The database was restored from an older copy, so it is not certain that the undo of {code} was never sent.",
            f"Run hub resume {code}: it is looked for, and sent only where it is not there.",
            Where(export=code),
        )


def _standing(hub: Hub, company: str, code: str) -> dict[str, Any]:
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        return export_document(rows, row, written(hub, company, rows, row))


def _postings(drafted: UndoDraft) -> list[NewPosting]:
    frozen = []
    for part, document in enumerate(drafted.documents, start=1):
        text = canonical(document)
        frozen.append(
            NewPosting(
                books=drafted.books_id,
                kind="undo",
                part=part,
                reference=document["reference"],
                key=posting_key(drafted.identity, part, "undo"),
                entry_date=date.fromisoformat(document["date"]),
                entry=text.decode(),
                sha256=sha256(text).hexdigest(),
            )
        )
    return frozen
