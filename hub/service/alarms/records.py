"""What the hub's own records say is wrong, over all companies in a few statements: nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.api import Level
from hub.domain.posting import RECONNECT, TOO_MANY
from hub.service.alarms.found import Found
from hub.service.connecting.standing import EARLY, LATE
from hub.service.context import Hub
from hub.service.posting.health import STUCK_AFTER
from hub.service.posting.outcome import DUPLICATE
from hub.service.posting.telling import ALTERED
from hub.store import Row, Transaction
from hub.store.alarm_rows import ending_sign_ins, failing_since, of_other_connectors, overdue, postings_to_look_at
from hub.store.customer_rows import test_copies

FAILING_FOR = timedelta(minutes=10)
"""An accounting system that fails for less long is left to the next try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How something found is told; both texts are filled from the row that it is of."""

    code: str
    level: Level
    message: str
    fix: str


PARKED: Mapping[str, Told] = {
    RECONNECT: Told(
        code="export_needs_sign_in",
        level=Level.PROBLEM,
        message="{label} no longer accepts the hub's sign-in, and journal {reference} waits for it.",
        fix="Connect it again, then press Try again on the export.",
    ),
    TOO_MANY: Told(
        code="too_many_calls",
        level=Level.PROBLEM,
        message="{label} was asked for journal {reference} as often as is sensible, without an answer.",
        fix="When {label} works again, press Try again on the export: it is looked for before anything is sent.",
    ),
    ALTERED: Told(
        code="posting_altered",
        level=Level.PROBLEM,
        message="Journal {reference} was changed in the hub's database after it was frozen, so it is not sent.",
        fix="Tell the operator: hub doctor and hub audit verify say what was altered.",
    ),
}
NEEDS_PERSON = Told(
    code="export_needs_person",
    level=Level.PROBLEM,
    message="Journal {reference} waits for a person.",
    fix="The export says what happened and what to do.",
)
REFUSED = Told(
    code="refused",
    level=Level.PROBLEM,
    message="{label} refused journal {reference}; nothing of it was posted.",
    fix="Correct in {label} what the export names, then press Try again there.",
)
DIFFERS = Told(
    code="differs",
    level=Level.PROBLEM,
    message="{label} recorded journal {reference} otherwise than it was sent.",
    fix="The export shows both, side by side: accept what stands there, or undo it.",
)
EDITED = Told(
    code="edited_there",
    level=Level.WARNING,
    message="Journal {reference} was edited in {label} after it was posted.",
    fix="The export shows both, side by side. The next export of its sites asks which of the two is right.",
)
DELETED = Told(
    code="deleted_there",
    level=Level.WARNING,
    message="Journal {reference} was deleted or voided in {label} after it was posted.",
    fix="Undo the export if it is to be posted again, or have the journal restored there and press Check now.",
)
TWICE = Told(
    code="duplicate_there",
    level=Level.PROBLEM,
    message="{label} holds journal {reference} more than once.",
    fix="Post the opposite of the second one from the export, or delete it there and press Check now.",
)
STUCK = Told(
    code="posting_stands_still",
    level=Level.PROBLEM,
    message="Journal {reference} has been due for more than an hour, and nobody works on it.",
    fix="See that a worker runs: hub workers.",
)


FAILING = Told(
    code="connection_failing",
    level=Level.WARNING,
    message="The accounting system of {name} has failed since {failing_since:%Y-%m-%d %H:%M} UTC.",
    fix="It is tried again by itself; what waits is posted when it answers.",
)
RECONNECT_NEEDED = Told(
    code="reconnect_needed",
    level=Level.PROBLEM,
    message="The sign-in of {name} is no longer good, so nothing can be posted or looked up there.",
    fix="Connect it again; the maps stay.",
)
ENDS = Told(
    code="sign_in_ends",
    level=Level.NOTE,
    message="The sign-in of {name} ends on {hard_until:%Y-%m-%d}, whatever is done with it.",
    fix="Connect again before then; the maps stay.",
)
ENDS_SOON = replace(ENDS, level=Level.WARNING)
IDLE = Told(
    code="sign_in_idle",
    level=Level.WARNING,
    message="The sign-in of {name} ends on {refresh_until:%Y-%m-%d} unless it is used before.",
    fix="Use it once: press Test on the connection.",
)
MISSING = Told(
    code="connector_missing",
    level=Level.PROBLEM,
    message="The plugin of {name} ({connector}) is not installed, or is broken.",
    fix="hub plugins says why.",
)
Sighting = tuple[Told, Row]
"""Something that is wrong, not put into words yet: what it is, and the row that it is of."""


def find_in_records(hub: Hub, connection: Transaction) -> list[Found]:
    """Return what is wrong by the hub's own records, over all companies."""
    found = [told_of(each) for each in sightings(hub, connection)]
    return list({each.key: each for each in found}.values())


def sightings(hub: Hub, connection: Transaction) -> list[Sighting]:
    """Return the same, not put into words yet."""
    now = hub.database.now(connection)
    found = [each for row in postings_to_look_at(connection) for each in _of_posting(row)]
    found += [(STUCK, row) for row in overdue(connection, now - STUCK_AFTER)]
    found += [(FAILING, row) for row in failing_since(connection, now - FAILING_FOR)]
    ending = ending_sign_ins(connection, hard_by=now + EARLY, idle_by=now + LATE)
    found += [(_of_sign_in(row, now), row) for row in ending]
    found += [(MISSING, row) for row in of_other_connectors(connection, list(hub.registry.connectors))]
    copies = test_copies(connection)
    return [each for each in found if each[1]["company_id"] not in copies] if copies else found


def told_of(sighting: Sighting) -> Found:
    """Put something that is wrong into words."""
    told, row = sighting
    return Found(
        company_id=row["company_id"],
        connection_id=row["connection_id"],
        code=told.code,
        level=told.level,
        message=told.message.format(**row),
        fix=told.fix.format(**row),
        subject=row.get("export", ""),
        part=row.get("reference", told.level.value),
    )


def _of_posting(row: Row) -> Iterator[Sighting]:
    if row["kind"] in (row["phase"], DUPLICATE):
        if row["needs_attention"]:
            yield PARKED.get(row["needs_attention"], NEEDS_PERSON), row
        elif row["state"] == "REJECTED" and not row["uncertain"]:
            yield REFUSED, row
        if row["state"] == "MISMATCH":
            yield DIFFERS, row
    if row["changed_there"] and row["export_state"] != "UNDONE" and row["kind"] == "post":
        yield (DELETED if row["changed_there"] == "deleted" else EDITED), row
    if any(not other.get("undone_by") for other in row["duplicates"]):
        yield TWICE, row


def _of_sign_in(row: Row, now: datetime) -> Told:
    if row["needs_reconnect"]:
        return RECONNECT_NEEDED
    if row["hard_until"] is not None and row["hard_until"] - now <= EARLY:
        return ENDS_SOON if row["hard_until"] - now <= LATE else ENDS
    return IDLE
