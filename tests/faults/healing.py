"""The end of a schedule: nothing goes wrong any more, hours pass, and people do what they are told to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from hub.api import ReceiptStatus, Side
from hub.service import exporting
from hub.service.companies import set_company
from hub.service.posting import deciding
from hub.testing.ledger import Line
from tests.faults import ledger_users
from tests.faults.books import believed
from tests.faults.operating import sweep
from tests.faults.pressing import UNCHECKED, check, repeat
from tests.faults.world import World

ROUNDS = 8
MOST_SWEEPS = (
    400  # a command that broke off is waited for a lease long, where few calls are allowed at once: a look each second
)
HOURS_S = 7_200.0
CHECKED = 0.2  # of the schedules in which a check has nothing to find
OPEN = """SELECT p.*, e.code, e.state AS export_state, e.phase, c.code AS company FROM posting p
    JOIN export e ON e.id = p.export_id JOIN company c ON c.id = p.company_id
    WHERE e.state NOT IN ('POSTED', 'UNDONE') OR p.changed_there <> '' OR p.duplicates <> '[]' ORDER BY p.id"""
DIFFERING = "SELECT * FROM posting WHERE export_id = :export AND kind = :kind AND state = 'MISMATCH'"
NEXT = "SELECT min(due_at) AS due_at FROM posting"
WAITS = ("FROZEN", "UNKNOWN", "SENDING", "REJECTED")

Row = Mapping[str, Any]  # a row of the database


def heal(world: World) -> list[str]:
    """Let everything come to rest, and return what does not."""
    world.healed = True
    world.down_until = world.clock.now()
    ledger_users.put_right(world)
    for process in (*world.people, *world.workers):
        process.skew_s = 0
        process.restart()
    for company in world.companies:
        world.act(world.people[0], partial(_go_on, company=company))
    if world.mix.hasty:
        world.clock.advance(HOURS_S)
    for _ in range(ROUNDS):
        wrong = _settle(world)
        if wrong:
            return wrong
        wrong = believed(world)
        if wrong or not _people_act(world):
            return wrong
    return [f"{row['code']} {row['reference']} does not come to rest" for row in _open(world)]


def _go_on(hub: Any, company: str) -> None:
    set_company(hub, company, {"mode": "manual"})


def _settle(world: World) -> list[str]:
    """Have the workers do what is due until nothing is; then all that was late arrives, and the night's check is done."""
    for _ in range(MOST_SWEEPS):
        sweep(world, world.workers[0])
        due_at = world.office.query(NEXT)[0]["due_at"]
        if due_at is None:
            break
        wait = datetime.fromisoformat(due_at) - world.database_now()
        world.clock.advance(max(wait, timedelta()).total_seconds() + 0.01)
    else:
        return ["there is work for ever"]
    world.clock.advance(HOURS_S)
    for journal in world.ledger.journals():
        if journal.status is ReceiptStatus.PENDING_APPROVAL:
            world.ledger.approve(journal.id)
    if world.doubtful or world.chance.random() < CHECKED:
        check(world)
    return []


def _open(world: World) -> list[Row]:
    """Return the postings that somebody has to look at."""
    rows = world.office.query(OPEN)
    return [
        {**row, "duplicates": open_duplicates}
        for row in rows
        if (open_duplicates := [one for one in json.loads(row["duplicates"]) if not one.get("undone_by")])
        or row["changed_there"]
        or row["export_state"] not in ("POSTED", "UNDONE")
    ]


def _people_act(world: World) -> bool:
    """Have people do what the hub asks them to, for each export; False where it asks for nothing."""
    lost = [company for company in world.companies if any(one[0] == company for one in world.to_repeat)]
    acted = [repeat(world, company) for company in lost]
    done: set[str] = set()
    for row in _open(world):
        if row["code"] not in done and _decide(world, row):
            done.add(row["code"])
    return bool(done or acted)


def _decide(world: World, row: Row) -> bool:
    """Decide about one posting; False where nothing is to be decided."""
    _is_told(world, row)
    if row["duplicates"]:
        _undo_duplicate(world, row)
    elif row["changed_there"] and row["state"] == "POSTED":
        return _put_back(world, row)
    elif row["kind"] == "post" and row["phase"] == "undo":
        return False
    elif row["state"] == "MISMATCH":
        _settle_difference(world, row)
    elif row["state"] in WAITS:
        world.note(f"resume {row['code']}: {row['state']} {row['needs_attention']}")
        world.act(world.people[0], partial(deciding.resume, company=row["company"], code=row["code"]))
    else:
        return False
    return True


def _is_told(world: World, row: Row) -> None:
    """Whoever looks at an export is told why it needs them, and what to do."""
    with world.quietly():
        shown = world.act(world.people[0], partial(exporting.show_export, company=row["company"], code=row["code"]))
    needed = row["state"] == "MISMATCH" or row["needs_attention"] or row["duplicates"] or row["state"] == "REJECTED"
    told = [problem for problem in (shown or {"problems": []})["problems"] if problem["message"] and problem["fix"]]
    if needed and not told:
        world.watch.wrong.append(f"{row['code']} {row['reference']} needs somebody, and nobody is told")


def _undo_duplicate(world: World, row: Row) -> None:
    journal = row["duplicates"][0]["id"]
    world.note(f"{row['code']}: the duplicate {journal} is taken off the books")
    if world.chance.random() < 0.5:
        world.ledger.delete(journal)
        return
    undo = partial(deciding.undo_duplicate, company=row["company"], code=row["code"], journal=journal)
    if world.act(world.people[0], undo) is None:  # it is a draft, or gone
        world.ledger.delete(journal)


def _put_back(world: World, row: Row) -> bool:
    """Put back what was edited or deleted there, where it was the journal that counts."""
    receipt = json.loads(row["receipt"])
    if receipt["id"] not in world.touched:
        return False
    ledger_users.put_back(world, [receipt["id"]])
    return True


def _settle_difference(world: World, row: Row) -> None:
    """Accept what stands there, put it right there, or undo the export."""
    act = partial(world.act, world.people[0])
    choice = world.chance.choice(("accept", "put right", "undo") if row["phase"] == "post" else ("put right",))
    world.note(f"{row['code']} differs: {choice}")
    if choice == "put right":
        for differing in world.office.query(DIFFERING, export=row["export_id"], kind=row["kind"]):
            _correct_there(world, differing)
    if choice == "undo":
        act(lambda hub: exporting.undo(hub, row["company"], row["code"], (UNCHECKED,)))
        return
    accepted = act(partial(deciding.accept, company=row["company"], code=row["code"]))
    if accepted is None:  # what was changed there has no place in the hub's books, or it is gone
        act(lambda hub: exporting.undo(hub, row["company"], row["code"], (UNCHECKED,)))


def _correct_there(world: World, row: Row) -> None:
    """Have the ledger's users put a journal right, to what was frozen."""
    journal_id = json.loads(row["receipt"])["id"]
    found = next((one for one in world.ledger.journals() if one.id == journal_id), None)
    if found is None:
        return
    entry = json.loads(row["entry"])
    lines = tuple(
        Line(
            account=f"acc-{line['account_number']}",
            side=Side(line["side"]),
            amount=Decimal(line["amount"]),
            memo=line["memo"],
        )
        for line in entry["lines"]
    )
    right = replace(found, date=date.fromisoformat(entry["date"]), lines=lines, status=ReceiptStatus.POSTED)
    world.ledger.restore([replace(right, changed_at=world.clock.now())])
