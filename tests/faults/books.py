"""Whether what the hub believes of its journals is so in the ledger, posting by posting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub.api import ReceiptStatus
from hub.testing.ledger import Journal
from tests.faults.world import World

POSTINGS = """SELECT p.*, e.code, e.phase, e.state AS export_state FROM posting p
    JOIN export e ON e.id = p.export_id ORDER BY p.id"""
DIFFERED = """SELECT detail FROM audit_event
    WHERE action = 'mismatch' OR (action = 'checked there' AND detail LIKE '%edited%')"""
GIVEN_UP = """SELECT p.reference FROM audit_event a JOIN export e ON e.code = a.subject AND e.company_id = a.company_id
    JOIN posting p ON p.export_id = e.id AND p.kind = 'post'
    WHERE a.action = 'prior changed' AND a.detail LIKE '%undone%' AND e.state = 'UNDONE'"""
STANDS = ("POSTED", "MISMATCH")

Row = Mapping[str, Any]  # a row of the database


def believed(world: World) -> list[str]:
    """Return every way in which what the hub believes is not so: journals lost, doubled in silence, altered, unknown to it."""
    there: dict[str, list[Journal]] = {}
    for journal in world.ledger.journals():
        if journal.status is not ReceiptStatus.VOID:
            there.setdefault(journal.reference, []).append(journal)
    given_up = {row["reference"] for row in world.office.query(GIVEN_UP)}
    rows = [one | {"changed_there": "deleted"} if one["reference"] in given_up else one for one in _postings(world)]
    differed = {json.loads(row["detail"])["reference"] for row in world.office.query(DIFFERED)}
    wrong = [told for row in rows for told in _about(world, row, there.pop(row["reference"], []), differed)]
    lost = {one[1] for one in world.to_repeat}
    return wrong + [f"{name} is in the ledger, and no posting is" for name in there if not lost]


def _postings(world: World) -> list[dict[str, Any]]:
    return world.office.query(POSTINGS)


def _about(world: World, row: Row, there: list[Journal], differed: set[str]) -> Iterator[str]:
    name = f"{row['code']} {row['reference']} {row['kind']} {row['state']}"
    receipt = json.loads(row["receipt"])["id"] if row["receipt"] else ""
    stands = row["state"] in STANDS or (row["state"] == "UNDONE" and bool(receipt))
    own = next((journal for journal in there if journal.id == receipt), None)
    if row["needs_attention"] and row["uncertain"]:
        return  # it is looked for when somebody has it taken forward
    if row["state"] in ("SENDING", "UNKNOWN") or row["lease_owner"]:
        yield f"{name}: it has not come to rest"
    if stands and row["changed_there"] == "deleted":
        if own is not None:
            yield f"{name}: it counts as deleted there, and stands there"
    elif stands and own is None:
        yield f"{name}: it counts as {row['state']}, and journal {receipt} is not there (lost)"
    elif stands and own is not None and not _same(own, row, as_recorded=_differs(row, differed)):
        yield f"{name}: it stands there otherwise than the hub believes (altered)"
    others = [journal.id for journal in there if not (stands and journal is own)]
    yield from _others(world, row, name, others)


def _others(world: World, row: Row, name: str, others: list[str]) -> Iterator[str]:
    known = {one["id"] for one in json.loads(row["duplicates"])}
    silent = [other for other in others if other not in known]
    if others and row["reference"] not in world.excused:
        yield f"{name}: {others} stand there besides (doubled)"
    elif silent:
        yield f"{name}: {silent} stand there besides, and nobody is told (silent)"


def _differs(row: Row, differed: set[str]) -> bool:
    """Whether the hub knows that a journal is not as it was frozen, and told somebody."""
    return row["changed_there"] == "edited" or row["reference"] in differed


def _same(journal: Journal, row: Row, *, as_recorded: bool) -> bool:
    """Whether a journal has the date and lines that the hub froze, or recorded instead."""
    known = json.loads(row["recorded"] if as_recorded else row["entry"])
    lines = sorted((line["account_id"], line["side"], str(line["amount"])) for line in known["lines"])
    own = sorted((line.account, line.side.value, f"{line.amount:.2f}") for line in journal.lines)
    return lines == own and known["date"] == journal.date.isoformat()
