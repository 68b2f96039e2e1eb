"""What must hold at the end of a schedule, when everything has come to rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from hub.api import from_minor
from hub.service.auditing import checked
from tests.faults.world import World

ON_BOOKS = """SELECT o.asset_account, o.value, o.set_by, c.code AS company FROM on_books o
    JOIN company c ON c.id = o.company_id WHERE o.state = 'live'"""
OPENINGS = """SELECT o.asset_account, o.value FROM on_books o WHERE o.set_by IS NULL"""
COUNTED = """SELECT c.site_id, c.count_date, count(*) AS exports FROM export_count c
    JOIN export e ON e.id = c.export_id WHERE e.state <> 'UNDONE' AND c.count_id IS NOT NULL
    GROUP BY c.site_id, c.count_date HAVING count(*) > 1"""
POSTINGS = """SELECT p.id, p.reference, p.kind, p.state, p.sends, p.calls, p.due_at, p.needs_attention, e.code,
    e.state AS export_state, (SELECT count(*) FROM attempt a WHERE a.posting_id = p.id AND a.kind = 'post') AS attempts
    FROM posting p JOIN export e ON e.id = p.export_id"""
EMPTY = """SELECT e.code FROM export e
    WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.export_id = e.id AND p.kind = e.phase)
    OR NOT EXISTS (SELECT 1 FROM export_count c WHERE c.export_id = e.id)"""
AUDIT = "SELECT action, subject, detail FROM audit_event ORDER BY company_id, seq"
MOST_CALLS = 41  # 40, and a send that the last look-up leads to
VERIFIED = 0.2  # of the schedules: it takes as long as an export
ASSETS = ("acc-1310", "acc-1340")
UNSETTLING = ("unknown", "rejected", "mismatch", "frozen", "taken over")


def final(world: World) -> list[str]:
    """Return everything that is not as it must be."""
    wrong = [*_counts(world), *_rest(world), *_balances(world), *_audited(world)]
    return wrong + list(_trails(world)) if world.chance.random() < VERIFIED else wrong


def _counts(world: World) -> Iterator[str]:
    """Each count of a site stands in one export at most, and each export was frozen whole (R1, R10)."""
    for row in world.office.query(COUNTED):
        yield f"site {row['site_id']}'s count of {row['count_date']} stands in {row['exports']} exports"
    for row in world.office.query(EMPTY):
        yield f"export {row['code']} was frozen in part (R1)"


def _rest(world: World) -> Iterator[str]:
    """Every export is posted or undone, and nothing waits."""
    for row in world.office.query(POSTINGS):
        name = f"{row['code']} {row['reference']} ({row['kind']} {row['state']})"
        if row["export_state"] not in ("POSTED", "UNDONE"):
            yield f"{name}: its export is {row['export_state']}"
        if row["due_at"] or row["needs_attention"]:
            yield f"{name}: it still waits"
        if row["attempts"] != row["sends"]:
            yield f"{name}: {row['sends']} sends, and {row['attempts']} written down"
        if row["calls"] > MOST_CALLS:
            yield f"{name}: {row['calls']} calls (R11)"


def _balances(world: World) -> Iterator[str]:
    """What the hub says the books carry is what they carry: the opening values, and all that was posted since."""
    expected = dict.fromkeys(ASSETS, Decimal(0))
    for sign, statement in ((1, ON_BOOKS), (-1, OPENINGS)):
        for row in world.office.query(statement):
            account = json.loads(row["asset_account"])["id"]
            expected[account] += sign * from_minor(row["value"], "USD")
    balance = world.ledger.trial_balance()
    for account in ASSETS:
        if balance[account] != expected[account]:
            yield f"{account} is {balance[account]} in the ledger, and {expected[account]} for the hub"


def _audited(world: World) -> Iterator[str]:
    """Each send has its audit row, and nothing that was posted was anything less afterwards (R12, R13)."""
    sends: Counter[str] = Counter()
    posted: set[str] = set()
    for row in world.office.query(AUDIT):
        detail = json.loads(row["detail"])
        reference = detail.get("reference", "")
        sends[reference] += row["action"] == "send"
        if row["action"] == "posted":
            posted.add(reference)
        elif row["action"] in UNSETTLING and reference in posted:
            yield f"{reference} was posted, and then {row['action']} (R13)"
    for row in world.office.query(POSTINGS):
        if sends[row["reference"]] < row["sends"] or (sends[row["reference"]] > row["sends"] and not world.withdrawn):
            yield f"{row['reference']}: {row['sends']} sends, and {sends[row['reference']]} audited (R12)"


def _trails(world: World) -> Iterator[str]:
    """The audit trails are sound."""
    with world.quietly(), world.office.database.read() as connection:
        found = checked(connection, ([], []))
    if not found["sound"]:
        yield f"the audit trail: {found}"
