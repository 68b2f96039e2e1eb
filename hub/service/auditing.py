"""The audit trail: who did what, and whether it is all there as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from hub.api import Level, Problem
from hub.domain.audit_trail import Entry, Finding, Flaw, Head, read_head, seal
from hub.service.context import Hub, Refused, not_found, problem_document, refuse
from hub.service.heads import Seen, lost, remembered, unreadable
from hub.service.record_checks import file_problem
from hub.service.scope import CompanyRows, reading
from hub.store import Transaction
from hub.store.audit import NoAuditKey, TrailEnd, findings, head, key_of, mac_at, newest_entries, trail_ends
from hub.store.health_rows import Unreadable, examined

MOST_FINDINGS = 50
"""Of one company: who sees fifty needs a back-up, not the rest of the list."""
RESTORE = (
    "Keep this database for whoever looks into it, and bring back the newest copy that hub audit verify finds sound."
)


class Told(NamedTuple):
    """How a finding is told; the message is filled from it."""

    code: str
    message: str


TOLD: Mapping[Flaw, Told] = {
    Flaw.CHANGED: Told(
        code="audit_entry_changed",
        message="{entry} is not as it was recorded: something in it was changed, or it was not the hub that wrote it.",
    ),
    Flaw.MISSING: Told(code="audit_entry_missing", message="{numbers} missing: what was recorded there was deleted."),
    Flaw.STRAY: Told(
        code="audit_entry_stray",
        message="{entry} stands where entry {seq} belongs: it was not the hub that wrote it.",
    ),
    Flaw.EARLIER: Told(
        code="audit_entries_before_changed",
        message="entries 1 to {until}, recorded before the present key was made on {at}, are not as they were then.",
    ),
}


def verify(hub: Hub, company: str | None = None, printed: str | None = None) -> dict[str, Any]:
    """Check every entry of one company's audit trail, or of each, against its seal, its number and what this home saw last.

    printed: a head as a report prints it, which must be in the company's trail. Returns `sound`, the companies each with
    their entries, head and problems, and the problems of no company in the database. Raises NotFound, Refused.
    """
    typed = _typed(printed) if printed is not None else None
    try:
        seen = remembered(hub.home, _uuid(hub, company) if company is not None else "")
        with examined(hub.database) as connection:
            return checked(connection, seen, company, typed)
    except Unreadable as error:
        raise Refused([file_problem([str(error)])]) from error


def checked(
    connection: Transaction, seen: Seen, company: str | None = None, typed: Head | None = None
) -> dict[str, Any]:
    """Check the trails that a transaction sees, as verify does; seen: what was remembered before it was opened."""
    ends = _ends(connection, company)
    told = lost(connection, seen[0])
    trails = [_trail(connection, end, told.pop(end.uuid, None), typed) for end in ends]
    others = [] if company is not None else [*told.values(), *map(unreadable, seen[1])]
    problems = [problem_document(problem) for problem in others]
    every = [*problems, *(problem for each in trails for problem in each["problems"])]
    return {"sound": not any(problem["blocking"] for problem in every), "companies": trails, "problems": problems}


def listed(hub: Hub, company: str, newest: int) -> list[dict[str, Any]]:
    """Return a company's newest audit entries, newest first."""
    with reading(hub, company) as rows:
        found = newest_entries(rows.connection, rows.company_id, newest)
    return [{**entry._asdict(), "detail": json.loads(entry.detail)} for entry in found]


def trail_head(rows: CompanyRows) -> str:
    """Return how far the company's audit trail has come, as reports print it; empty before its first entry."""
    found = head(rows.connection, rows.company_id)
    return str(found) if found else ""


def check_trails(connection: Transaction) -> Iterator[Problem]:
    """Yield what is wrong at the end of each company's trail and with the key, without reading the trails."""
    try:
        key = key_of(connection)
    except NoAuditKey as error:
        yield _keyless(str(error))
        return
    if key.file is not None and not key.file.exists():
        yield _keyless(f"The key of the audit trail, {key.file}, is no longer there.")
    for end in trail_ends(connection):
        newest = newest_entries(connection, end.company_id, 2)
        before = newest[1].mac if len(newest) > 1 else ""
        if not newest:
            yield _empty(end)
        elif not _sealed(key.secret, end.uuid, before, newest[0]):
            yield _problem(end, Finding(Flaw.CHANGED, newest[0].seq, newest[0].seq, newest[0]))


def _uuid(hub: Hub, company: str) -> str:
    with examined(hub.database) as connection:
        return _ends(connection, company)[0].uuid


def _typed(printed: str) -> Head:
    found = read_head(printed)
    if found is None:
        raise refuse(
            "head_invalid",
            f"“{printed}” is not the head of an audit trail.",
            "Type it as the report has it, such as 15:3f2ab41c09d2e877.",
        )
    return found


def _ends(connection: Transaction, company: str | None) -> list[TrailEnd]:
    ends = trail_ends(connection)
    if company is None:
        return ends
    found = [end for end in ends if end.company == company]
    if not found:
        raise not_found("company", company, [end.company for end in ends])
    return found


def _trail(connection: Transaction, end: TrailEnd, gone: Problem | None, typed: Head | None) -> dict[str, Any]:
    with closing(findings(connection, end)) as found:
        problems = [_problem(end, finding) for finding in islice(found, MOST_FINDINGS)]
    if end.head is None:
        problems.append(_empty(end))
    if typed is not None and (differs := _differs(connection, end, typed)):
        problems.append(differs)
    return {
        "company": end.company,
        "entries": end.head.seq if end.head else 0,
        "head": str(end.head) if end.head else None,
        "problems": [problem_document(problem) for problem in (*problems, *((gone,) if gone else ()))],
    }


def _problem(end: TrailEnd, finding: Finding) -> Problem:
    told = TOLD[finding.flaw]
    one = finding.seq == finding.until
    numbers = f"entry {finding.seq} is" if one else f"entries {finding.seq} to {finding.until} are"
    entry = finding.entry
    shown = {"entry": _shown(entry), "at": _instant(entry.at)} if entry else {}
    message = told.message.format(numbers=numbers, seq=finding.seq, until=finding.until, **shown)
    message = f"{end.company}: in the audit trail, {message}"
    return Problem(level=Level.PROBLEM, code=told.code, message=message, fix=RESTORE)


def _shown(entry: Entry) -> str:
    return f"entry {entry.seq} ({entry.action} {entry.subject}, by {entry.actor}, {_instant(entry.at)})"


def _instant(at: object) -> str:
    """Return an entry's instant as people read it, or as it is where it is none."""
    try:
        return f"{datetime.fromisoformat(str(at)):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return str(at)


def _empty(end: TrailEnd) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="audit_trail_empty",
        message=f"{end.company}: the audit trail is empty, and that the company was added is itself an entry: it was deleted.",
        fix=RESTORE,
    )


def _differs(connection: Transaction, end: TrailEnd, typed: Head) -> Problem | None:
    """Return what is wrong where a head that was printed is not in the trail."""
    mac = mac_at(connection, end.company_id, typed.seq)
    if mac is not None and mac.startswith(typed.mac):
        return None
    has = f"it has {Head(typed.seq, mac)}" if mac is not None else f"it ends at entry {end.head.seq if end.head else 0}"
    return Problem(
        level=Level.PROBLEM,
        code="audit_head_differs",
        message=f"{end.company}: the audit trail does not have {typed}, which was printed: {has}.",
        fix="See that the number was typed as it is printed, and that the report is this company's. Else what was recorded by "
        f"then has been changed since. {RESTORE}",
    )


def _keyless(message: str) -> Problem:
    return Problem(
        level=Level.PROBLEM,
        code="audit_key_missing",
        message=message,
        fix="Put it back from a back-up before the hub is stopped: without it, nothing can be recorded or verified.",
    )


def _sealed(key: bytes, uuid: str, before: str, entry: Entry) -> bool:
    try:
        return seal(key, uuid, before, entry) == entry.mac
    except (ValueError, TypeError, RecursionError):  # a database without types holds anything in any column
        return False
