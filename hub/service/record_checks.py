"""What the doctor says of the records: one sentence and what to do for each finding in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from hub.api import Level, Problem, Where, amount_text
from hub.domain.posting import State, export_state
from hub.service.documents import journal_entry
from hub.store.health_rows import CHECKS, broken_references, file_damage, findings, frozen_postings

if TYPE_CHECKING:
    from hub.store import Transaction

Row = Mapping[str, Any]
"""A finding's columns. Any: values of any column."""

IMPORT_AGAIN = (
    "Restore the newest back-up. Or, where the count is not exported, import it with one line changed and then as it was: "
    "a count that differs replaces the stored one whole."
)
FROM_BACKUP = "Something other than the hub wrote to the database, or a write was cut off. Restore the newest back-up."
EXPORT_STOPPED = "Export nothing of this site before it is put right. Restore the newest back-up."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a finding is told; both are filled from its columns."""

    message: str
    fix: str


FINDINGS: Mapping[str, Finding] = {
    "kept_total_differs": Finding(
        message="{company}: the count of {date} of {site} keeps {kept} for {category}, but its {lines} lines add up to {value}.",
        fix=IMPORT_AGAIN,
    ),
    "count_value_differs": Finding(
        message="{company}: the count of {date} of {site} keeps a value of {kept}, but its {lines} lines add up to {value}, "
        "or their number is another.",
        fix=IMPORT_AGAIN,
    ),
    "count_line_stray": Finding(
        message="{company}: {lines} lines of the count of {date} of {site} have an item or category that is not there.",
        fix=IMPORT_AGAIN,
    ),
    "count_half_imported": Finding(
        message="{company}: the count of {date} of {site} was not imported to its end.",
        fix=IMPORT_AGAIN,
    ),
    "export_without_sites": Finding(
        message="{company}: export {export} is of no site.",
        fix=FROM_BACKUP,
    ),
    "site_not_settled": Finding(
        message="{company}: the count of {site} in export {export} stands otherwise than the export: it would be offered "
        "again, or never.",
        fix=EXPORT_STOPPED,
    ),
    "movement_not_settled": Finding(
        message="{company}: {movements} transfers or batches of export {export} stand otherwise than the export: they would "
        "be posted twice, or never.",
        fix=EXPORT_STOPPED,
    ),
    "movement_missing": Finding(
        message="{company}: {movements} transfers or batches that export {export} posted are not there any more.",
        fix=FROM_BACKUP,
    ),
    "value_half_set": Finding(
        message="{company}: what the books carry for {category} at {site} does not agree with the export that posted it.",
        fix=EXPORT_STOPPED,
    ),
    "value_half_replaced": Finding(
        message="{company}: what the books carried for {category} at {site} does not agree with the export that reversed it.",
        fix=EXPORT_STOPPED,
    ),
}

STANDS_THERE = {State.POSTED, State.MISMATCH, State.UNDONE}
"""How an export's own postings may stand while their opposites are on the way."""


def check_records(connection: Transaction) -> list[Problem]:
    """Return everything that is wrong in the database's records."""
    damage = file_damage(connection)
    if damage:
        return [file_problem(damage)]
    return [
        *(_reference(*found) for found in broken_references(connection)),
        *(_told(code, row) for code in CHECKS for row in findings(connection, code)),
        *_exports(connection),
    ]


def file_problem(damage: Sequence[str]) -> Problem:
    """Return the problem of a database that cannot be read, or whose file is damaged."""
    return Problem(
        level=Level.PROBLEM,
        code="database_damaged",
        message=f"The database cannot be read as it should be: {'; '.join(damage[:3])}",
        fix="Stop the hub, keep a copy of the database as it is, and restore the newest back-up. Where the database is on "
        "another machine, see first that it runs and that its address is right.",
    )


def _reference(table: str, column: str, count: int) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="reference_broken",
        message=f"{count} rows of the table {table} name a {column.removesuffix('_id')} that is not there, or is another "
        "company's.",
        fix=FROM_BACKUP,
    )


def _told(code: str, row: Row) -> Problem:
    shown = dict(row)
    for name in ("kept", "value"):
        if name in shown:
            shown[name] = amount_text(int(shown[name]), shown["currency"])
    return _problem(code, FINDINGS[code].message.format_map(shown), FINDINGS[code].fix, row)


def _exports(connection: Transaction) -> Iterator[Problem]:
    for _, group in groupby(frozen_postings(connection), key=itemgetter("export_id")):
        rows = list(group)
        postings = [row for row in rows if row["id"] is not None]
        for row in postings:
            reason = _wrong_with(row)
            if reason:
                yield _altered(row, reason)
        if not _agrees(rows[0], postings):
            yield _state_differs(rows[0])


def _wrong_with(row: Row) -> str:
    """Return what is wrong with a posting's frozen entry, empty where it is as it was frozen."""
    if sha256(row["entry"].encode()).hexdigest() != row["sha256"]:
        return "its entry is not the one that was frozen"
    try:
        entry = journal_entry(
            json.loads(row["entry"]),
            key=row["key"],
            part=row["part"],
            count_date=row["export_count_date"],
            currency=row["export_currency"],
        )
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        return f"its entry cannot be read or does not balance ({type(error).__name__})"
    if (entry.reference, entry.date) != (row["reference"], row["entry_date"]):
        return "its entry has another reference or date"
    return ""


def _agrees(export: Row, postings: Sequence[Row]) -> bool:
    """Whether an export has all its postings, and stands as they do."""
    if not _complete(export, postings):
        return False
    try:
        return bool(_expected(export, postings) == export["export_state"])
    except ValueError:  # a state that there is none of
        return False


def _expected(export: Row, postings: Sequence[Row]) -> str:
    """Return the state that an export's postings make, empty where they contradict each other."""
    post, undo, duplicate = (_states(postings, kind) for kind in ("post", "undo", "duplicate"))
    corrections = [state for state in duplicate if state is not State.POSTED]
    own = undo if export["export_phase"] == "undo" else post
    state = State.UNDONE.value if own and set(own) == {State.UNDONE} else export_state(own)
    if export["export_phase"] == "undo":
        if not undo or not set(post) <= STANDS_THERE or (state == State.POSTED and set(post) != {State.UNDONE}):
            return ""
        state = State.UNDONE.value if state == State.POSTED else state
    elif undo:
        return ""
    if not postings and export["export_state"] == State.UNDONE:
        return State.UNDONE.value
    return export_state(corrections) if corrections else state


def _states(postings: Sequence[Row], kind: str) -> list[State]:
    return [State(row["state"]) for row in postings if row["kind"] == kind]


def _complete(export: Row, postings: Sequence[Row]) -> bool:
    """Whether no posting is missing between the first and the last; none at all only where a person decided so."""
    parts = [row["part"] for row in postings if row["kind"] == "post"]
    decided = any(str(decision).startswith("mark_exported=") for decision in export["export_decisions"])
    return parts == list(range(1, len(parts) + 1)) and (bool(parts) or decided)


def _altered(row: Row, reason: str) -> Problem:
    return _problem(
        "posting_altered",
        f"{row['company']}: posting {row['reference']} of export {row['export_code']} was altered after it was frozen: {reason}.",
        "It cannot be sent or undone as it is. " + FROM_BACKUP,
        {"export": row["export_code"]},
    )


def _state_differs(row: Row) -> Problem:
    return _problem(
        "export_state_differs",
        f"{row['company']}: export {row['export_code']} is {row['export_state']}, but its postings are not, or some are missing.",
        EXPORT_STOPPED,
        {"export": row["export_code"]},
    )


def _problem(code: str, message: str, fix: str, row: Row) -> Problem:
    named = {name: str(row.get(name) or "") for name in ("export", "site", "date", "category")}
    where = Where(export=named["export"], site=named["site"], date=named["date"], category=named["category"])
    return Problem(level=Level.PROBLEM, code=code, message=message, fix=fix, where=where)
