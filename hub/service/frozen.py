"""What was frozen, shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.api import Level, Problem, Where, from_minor
from hub.domain.setup import Books, Mode
from hub.service.context import Hub, not_found, problem_document
from hub.service.pausing import pause_in
from hub.service.posting.outcome import DUPLICATE
from hub.service.posting.telling import state_problems
from hub.service.scope import CompanyRows
from hub.store import Row
from hub.store.pause_rows import pause_that_holds

if TYPE_CHECKING:
    from hub.service.documents import Document


def export_row(rows: CompanyRows, code: str) -> Row:
    """Return an export by its code, or refuse."""
    found = rows.exports.by_code(code)
    if found is None:
        raise not_found("export", code)
    return found


def newest_live(rows: CompanyRows, books: Books, day: date) -> Row | None:
    """Return the newest export of a date that was not undone."""
    live = (
        row for row in rows.exports.listed(books.name, day) if row["state"] != "UNDONE" and row["kind"] == "adjustment"
    )
    return next(live, None)


def frozen_preview(hub: Hub, rows: CompanyRows, books: Books, day: date) -> dict[str, Any] | None:  # noqa: ARG001
    """Return an exported date as it was frozen; None where none is."""
    from hub.service.previewing import preview_document

    row = newest_live(rows, books, day)
    if row is None:
        return None
    note = Problem(
        level=Level.NOTE,
        code="already_exported",
        message=f"This count was exported by {row['created_by']} at {row['created_at']:%Y-%m-%d %H:%M} UTC, as {row['code']}.",
        where=Where(export=row["code"], connection=books.name),
    )
    return preview_document(
        label=row["label"],
        count_date=day,
        connection=books.name,
        currency=row["currency"],
        hash_=row["hash"],
        entries=[posting_document(posting) for posting in rows.exports.postings(row["id"], "post")],
        problems=[note, *amended_notes(rows, row)],
    )


def posting_document(posting: Row) -> Document:
    """Return a frozen entry."""
    found: Document = json.loads(posting["entry"])
    return found


def amended_notes(rows: CompanyRows, row: Row) -> list[Problem]:
    """Return a note for each count of an export that was amended since."""
    if row["state"] == "UNDONE":
        return []
    return [
        Problem(
            level=Level.NOTE,
            code="amended_since",
            message=f"The count of {day} of {rows.setup.sites[site].name} was amended since: exported "
            f"{_said(before, row)}, now {_said(after, row)}, a difference of {_said(after - before, row)}.",
            fix="Undo and export again, or let the next count reverse what was posted.",
            where=Where(site=site, export=row["code"], date=day.isoformat()),
        )
        for site, day, before, after in rows.exports.amended(row["id"])
    ]


def export_document(
    rows: CompanyRows, row: Row, files: Mapping[str, str] | None = None, *, every: Sequence[Row] | None = None
) -> dict[str, Any]:
    """Return the shape `export`: the postings of the phase it is in; files: where each reference's file was written.

    every: its postings, where they were read already.
    """
    names = {row_id: name for name, row_id in rows.ids.connections.items()}
    every = rows.exports.postings(row["id"]) if every is None else every
    postings = [each for each in every if each["kind"] in (row["phase"], DUPLICATE)]
    paused = rows.company["mode"] == Mode.PAUSED
    nothing_sent = _nothing_sent(rows, row) if any(each["state"] == "FROZEN" for each in postings) else ""
    told = state_problems(row, every, names[row["connection_id"]], paused=paused, nothing_sent=nothing_sent)
    problems = [*told, *amended_notes(rows, row)]
    return {
        "export": row["code"],
        "state": row["state"],
        "count_date": row["count_date"].isoformat(),
        "sequence": row["sequence"],
        "connection": names[row["connection_id"]],
        "label": row["label"],
        "kind": row["kind"],
        "phase": row["phase"],
        "hash": row["hash"],
        "created_by": row["created_by"],
        "created_at": row["created_at"].isoformat(),
        "sites": sorted(rows.exports.sites(row["id"])),
        "decisions": row["decisions"],
        "postings": [
            {
                "part": posting["part"],
                "state": posting["state"],
                "reference": posting["reference"],
                "key": posting["key"],
                "receipt": _receipt(posting, files or {}),
            }
            for posting in postings
        ],
        "problems": [problem_document(problem) for problem in problems],
    }


def _receipt(posting: Row, files: Mapping[str, str]) -> dict[str, Any] | None:
    receipt = posting["receipt"]
    if receipt is None:
        return None
    return {**receipt, "file": files.get(posting["reference"], receipt.get("file", ""))}


def _said(minor: int, row: Row) -> str:
    return f"{from_minor(minor, row['currency']):,}"


def _nothing_sent(rows: CompanyRows, row: Row) -> str:
    """Return why support has nothing sent to the accounting system of an export, empty where it is."""
    connector = next(each["connector"] for each in rows.connections() if each["id"] == row["connection_id"])
    found = pause_that_holds(rows.connection, rows.company_id, connector=connector)
    return "" if found is None else pause_in(found).told
