"""What to tell people of an export that has not simply been posted: what happened, and what they can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from hub.api import Level, Problem, Where
from hub.domain.posting import RECONNECT, TOO_MANY
from hub.service.posting.outcome import DUPLICATE
from hub.store import Row

ALTERED = "altered"

WAITS = ("FROZEN", "SENDING", "UNKNOWN")
PAUSED = (
    "Exporting is paused for this company: nothing is sent or looked for until its mode is manual or automatic again "
    "(Company Settings > Accounting). Then it goes on by itself."
)


def state_problems(
    row: Row, postings: Iterable[Row], connection: str, *, paused: bool, nothing_sent: str = ""
) -> list[Problem]:
    """Return what a person should know of an export's postings, the gravest first; of those that were undone, what is left.

    paused: the company's exports wait until it goes on; nothing_sent: why those that were not sent yet wait, empty where
    they do not.
    """
    where = Where(export=row["code"], connection=connection)
    told = [
        problem
        for posting in postings
        for problem in (
            *(
                _problems(row, posting, where, _held(posting, nothing_sent, paused=paused))
                if posting["kind"] in (row["phase"], DUPLICATE)
                else ()
            ),
            *_duplicates(row, posting, where),
        )
    ]
    return sorted(
        dict.fromkeys(told), key=lambda problem: [Level.PROBLEM, Level.WARNING, Level.NOTE].index(problem.level)
    )


def _held(posting: Row, nothing_sent: str, *, paused: bool) -> str:
    """Return why a posting waits for more than its turn, empty where it does not."""
    if paused and posting["state"] != "SENDING":
        return PAUSED
    return nothing_sent if posting["state"] == "FROZEN" else ""


def _problems(row: Row, posting: Row, where: Where, held: str) -> Iterator[Problem]:
    if posting["needs_attention"]:
        yield _parked(row, posting, where)
    elif posting["state"] in WAITS and row["state"] != "FILE_READY" and posting["due_at"] is not None:
        told = _waiting(row, posting, where)
        yield replace(told, fix=held) if held else told
    elif posting["state"] == "REJECTED":
        yield _refused(row, posting, where)
    if posting["state"] == "MISMATCH":
        yield _differs(row, posting, where)


def _duplicates(row: Row, posting: Row, where: Where) -> Iterator[Problem]:
    open_duplicates = [other for other in posting["duplicates"] if not other.get("undone_by")]
    if open_duplicates:
        yield _duplicate(row, posting, open_duplicates, where)


def _waiting(row: Row, posting: Row, where: Where) -> Problem:
    label, until = row["label"], _clock(posting["due_at"])
    said = _said(posting)
    if posting["state"] == "FROZEN":
        reason = f" {said}" if said else ""
        tries = "tries again" if posting["sends"] or said else "sends it"
        return _note(
            "waiting",
            f"Journal {posting['reference']} waits to be sent to {label}.{reason}",
            f"The hub {tries} by itself{until}.",
            where,
        )
    if posting["state"] == "SENDING":
        return _note("posting", f"Journal {posting['reference']} is being sent to {label}.", "", where)
    return _note(
        "checking",
        f"{label} was sent journal {posting['reference']} and did not say whether it was posted.{' ' + said if said else ''}",
        f"The hub looks for it there{until}, and sends it again only if it is not there. Pressing Export again is safe.",
        where,
    )


def _refused(row: Row, posting: Row, where: Where) -> Problem:
    label, said = row["label"], _said(posting) or "It gave no reason."
    if posting["uncertain"]:
        return _note(
            "checking",
            f"{label} refused journal {posting['reference']}: {said} An earlier attempt may still have arrived.",
            f"The hub looks for it there{_clock(posting['due_at'])}.",
            where,
        )
    undo = (
        f"put back what was posted with hub undo {row['code']}"
        if row["state"] == "PARTLY_POSTED"
        else f"give it up with hub undo {row['code']}"
    )
    return Problem(
        level=Level.PROBLEM,
        code="refused",
        message=f"{label} refused journal {posting['reference']}; nothing of it was posted. {said}",
        fix=f"Correct what it names in {label}, then run hub resume {row['code']}; or {undo}.",
        where=where,
    )


def _parked(row: Row, posting: Row, where: Where) -> Problem:
    label, reference, code = row["label"], posting["reference"], row["code"]
    maybe = (
        f" It is not known whether journal {reference} was posted."
        if posting["uncertain"]
        else f" Journal {reference} was not posted."
    )
    if posting["needs_attention"] == RECONNECT:
        message, fix = (
            f"{label} no longer accepts the hub's sign-in.{maybe} {_said(posting)}".strip(),
            f"Connect it again, then run hub resume {code}.",
        )
    elif posting["needs_attention"] == ALTERED:
        message = f"Journal {reference} was changed in the hub's database after it was frozen, so it is not sent."
        fix = "Tell the operator: hub doctor and hub audit verify say what was altered. Bring back a sound back-up."
    elif posting["needs_attention"] == TOO_MANY:
        message = f"{label} was asked {posting['calls']} times without an answer.{maybe} {_said(posting)}".strip()
        fix = f"When {label} works again, run hub resume {code}: it is looked for before anything is sent."
    else:
        message, fix = (
            f"Journal {reference} waits for a person.{maybe} {_said(posting)}".strip(),
            f"Run hub resume {code}.",
        )
    return Problem(level=Level.PROBLEM, code=posting["needs_attention"], message=message, fix=fix, where=where)


def _differs(row: Row, posting: Row, where: Where) -> Problem:
    number = _number(posting)
    return Problem(
        level=Level.PROBLEM,
        code="differs",
        message=f"{row['label']} recorded journal {number} otherwise than it was sent. {_said(posting)}",
        fix=f"If what stands there is right, run hub accept {row['code']}; else put it right there and run the same, "
        f"or post the opposite with hub undo {row['code']}.",
        where=where,
    )


def _duplicate(row: Row, posting: Row, others: list[Mapping[str, Any]], where: Where) -> Problem:
    named = ", ".join(str(other["number"] or other["id"]) for other in others)
    counted = (
        f"more than once: besides {_number(posting)} also {named}"
        if posting["state"] in ("POSTED", "MISMATCH")
        else f"as {named}, though it does not count as posted"
    )
    return Problem(
        level=Level.WARNING,
        code="duplicate_there",
        message=f"{row['label']} holds journal {posting['reference']} {counted}.",
        fix=f"Post its opposite with hub undo {row['code']} --duplicate {others[0]['id']}, or delete it there and run hub check.",
        where=where,
    )


def _number(posting: Row) -> str:
    receipt: Mapping[str, Any] = posting["receipt"] or {}
    return str(receipt.get("number") or receipt.get("id") or posting["reference"])


def _said(posting: Row) -> str:
    """Return the accounting system's own words, with its code and request id for support."""
    trouble: Mapping[str, Any] = posting["trouble"] or {}
    marks = ", ".join(
        str(trouble[name]) for name in ("code", "request_id") if trouble.get(name) and trouble["code"] != "differs"
    )
    message = str(trouble.get("message", ""))
    return f"{message} ({marks})" if message and marks else message


def _clock(instant: datetime | None) -> str:
    return f" at {instant:%H:%M:%S} UTC" if instant is not None else ""


def _note(code: str, message: str, fix: str, where: Where) -> Problem:
    return Problem(level=Level.NOTE, code=code, message=message, fix=fix, where=where)
