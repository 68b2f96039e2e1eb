"""Freeze what was previewed, then make its files; confirm that they were imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.api import Problem, Where
from hub.domain.canonical import canonical
from hub.domain.decisions import Decisions
from hub.domain.identity import export_code, posting_key
from hub.domain.setup import Books
from hub.service.connecting.checks import was_checked
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, problem_document, refuse
from hub.service.frozen import export_document, export_row, newest_live
from hub.service.looking_back import look_back
from hub.service.posting.outcome import roll_up
from hub.service.previewing import Draft, checked, decisions_from, default_date, draft
from hub.service.prior_changes import as_decided
from hub.service.scope import CompanyRows, reading, writing
from hub.service.settling import settle, written
from hub.store.export_rows import NewExport, NewPosting, ValueTaken


def export(
    hub: Hub,
    company: str,
    count_date: date | None,
    connection: str | None = None,
    decisions: Sequence[str] = (),
    *,
    expected_hash: str | None = None,
    out: Path | None = None,
) -> dict[str, Any]:
    """Export a count date: freeze it, make its files, and answer with it; the same again answers with the same export.

    expected_hash: the preview's; other figures now are refused as `figures_changed`. out: a folder for the files.
    """
    decided = decisions_from(decisions)
    look_back(hub, company, count_date, connection, decided)
    with as_decided(hub, company, decided) as rows:
        books = rows.books(connection)
        day = _date(rows, books, count_date)
        drafted = draft(hub, rows, books, day, decided)
        existing = _existing(rows, books, day, drafted, expected_hash)
        known = decided.date is None and was_checked(hub, rows, books.name, drafted.hash)
    if existing is None:
        drafted = drafted if known else checked(drafted)
        problems = obstacles(drafted, expected_hash)
        if problems:
            return refused(day, problems)
        existing = _freeze(hub, company, drafted)
    return settle(hub, company, existing, out)


def obstacles(drafted: Draft, expected_hash: str | None) -> list[Problem]:
    """Return everything that keeps a draft from being frozen; all of it at once."""
    if expected_hash is not None and drafted.hash != expected_hash:
        return [figures_changed(drafted.books.name)]
    blocking = [problem for problem in drafted.problems if problem.blocking]
    return blocking + unacknowledged(drafted.problems, drafted.decisions)


def unacknowledged(problems: Sequence[Problem], decisions: Decisions) -> list[Problem]:
    """Return a `not_acknowledged` for each kind of warning that nobody said yes to."""
    waiting: dict[str, list[str]] = {}
    for problem in problems:
        if problem.level.value == "warning" and problem.code not in decisions.acknowledged:
            waiting.setdefault(problem.code, []).append(problem.message)
    return [
        Problem(
            level=problems[0].level.__class__("problem"),
            code="not_acknowledged",
            message=" ".join(messages),
            fix=f"Look at it, then say yes: acknowledge={code}",
        )
        for code, messages in waiting.items()
    ]


def figures_changed(connection: str) -> Problem:
    """Return the problem of a hash that no longer fits."""
    return refuse(
        "figures_changed",
        "The figures have changed since they were shown. Nothing was exported.",
        "Look at the preview again, then export it.",
        Where(connection=connection),
    ).problems[0]


def refused(day: date, problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the shape `export` of one that was not made."""
    return {
        "export": None,
        "state": "REFUSED",
        "count_date": day.isoformat(),
        "sequence": None,
        "postings": [],
        "problems": [problem_document(problem) for problem in problems],
    }


def exports(hub: Hub, company: str, connection: str | None = None) -> list[dict[str, Any]]:
    """List the exports, newest first."""
    with reading(hub, company) as rows:
        name = rows.books(connection).name if connection is not None else None
        return [export_document(rows, row, written(hub, company, rows, row)) for row in rows.exports.listed(name)]


def show_export(hub: Hub, company: str, code: str) -> dict[str, Any]:
    """Return one export."""
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        return export_document(rows, row, written(hub, company, rows, row))


def _date(rows: CompanyRows, books: Books, count_date: date | None) -> date:
    return count_date if count_date is not None else default_date(rows, books)


def _existing(rows: CompanyRows, books: Books, day: date, drafted: Draft, expected_hash: str | None) -> str | None:
    if expected_hash is not None:
        same = _same(rows, books, day, expected_hash)
        if same is not None:
            return same
    if drafted.facts.counts:
        return None
    row = newest_live(rows, books, day)
    if row is None:
        return None
    if expected_hash is not None:
        raise Refused([figures_changed(books.name)])
    return str(row["code"])


def _same(rows: CompanyRows, books: Books, day: date, hash_: str) -> str | None:
    live = (row for row in rows.exports.listed(books.name, day) if row["state"] != "UNDONE")
    return next((str(row["code"]) for row in live if row["hash"] == hash_), None)


def _freeze(hub: Hub, company: str, shown: Draft) -> str:
    with writing(hub, company) as rows:
        now = draft(hub, rows, shown.books, shown.facts.count_date, shown.decisions, closed=shown.closed)
        if now.hash != shown.hash:
            same = _same(rows, shown.books, shown.facts.count_date, shown.hash)
            if same is not None:
                return same
            raise Refused([figures_changed(shown.books.name)])
        blocking = [problem for problem in now.problems if problem.blocking]
        if blocking:
            raise Refused(blocking)
        code = export_code(now.identity)
        try:
            due_at = when_due(hub, rows, shown.open_books)
            new = _new_export(now, code)
            export_id = rows.exports.freeze(new, postings_of(now), due_at=due_at, actor=hub.actor, now=hub.clock())
        except ValueTaken as error:
            raise Refused([figures_changed(shown.books.name)]) from error
        detail = {"hash": now.hash, "decisions": list(now.decisions.texts), "sites": list(now.identity.sites)}
        rows.exports.audit("export", code, detail, actor=hub.actor, now=hub.clock())
        if not now.documents:
            roll_up(hub, rows, rows.exports.by_id(export_id))
    return code


def when_due(hub: Hub, rows: CompanyRows, books: OpenBooks) -> datetime | None:
    """Return when postings frozen now are to be posted, by the database's clock; None where files are made instead."""
    return None if books.makes_files else hub.database.now(rows.connection)


def _new_export(drafted: Draft, code: str) -> NewExport:
    settings = {name: str(value) for name, value in asdict(drafted.facts.setup.settings).items() if value is not None}
    return NewExport(
        connection=drafted.books.name,
        code=code,
        kind="adjustment",
        count_date=drafted.facts.count_date,
        sequence=drafted.identity.sequence,
        hash=drafted.hash,
        label=drafted.open_books.label,
        currency=drafted.books.currency,
        decisions=drafted.decisions.texts,
        settings=settings,
        counts={site: (count.ref, count.prior_date) for site, count in drafted.facts.counts.items()},
        claims=drafted.proposal.claims,
        sets=drafted.proposal.sets,
        taken=drafted.proposal.taken,
    )


def postings_of(drafted: Draft) -> list[NewPosting]:
    """Return the postings that a draft freezes: their canonical bytes are what is sent, on every attempt."""
    frozen = []
    for part, document in enumerate(drafted.documents, start=1):
        text = canonical(document)
        frozen.append(
            NewPosting(
                books=drafted.books.books,
                kind="post",
                part=part,
                reference=document["reference"],
                key=posting_key(drafted.identity, part, "post"),
                entry_date=date.fromisoformat(document["date"]),
                entry=text.decode(),
                sha256=sha256(text).hexdigest(),
            )
        )
    return frozen
