"""What the users of the accounting system do in it, and what its operators do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hub.api import ReceiptStatus, Side
from hub.testing.ledger import Journal, Line
from hub.testing.profile import Profile
from tests.faults.world import World

OUTAGE_S = 600
DOLLAR = Decimal("1.00")
OWN = """SELECT p.reference FROM posting p JOIN export e ON e.id = p.export_id
    WHERE p.kind = 'post' AND e.phase = 'post' AND p.state <> 'UNDONE'"""

# A key that lives for a year answers with the journal that was deleted meanwhile, again and again.
CERTAIN = " AND NOT p.uncertain AND p.state <> 'SENDING'"


def edit(world: World) -> bool:
    """A user of the ledger changes a journal: an amount, the date, or nothing that matters."""
    journal = _chosen(world)
    if journal is None:
        return False
    match world.chance.choice(("amount", "date", "memo")):
        case "amount":
            world.ledger.edit(journal.id, lines=_dollar_more(journal.lines))
        case "date":
            world.ledger.edit(journal.id, date=journal.date + timedelta(days=1))
        case _:
            world.ledger.edit(journal.id, memo="Looked at")
    return True


def delete(world: World) -> bool:
    """A user of the ledger deletes a journal."""
    journal = _chosen(world)
    if journal is None:
        return False
    world.ledger.delete(journal.id)
    return True


def void(world: World) -> bool:
    """A user of the ledger voids a journal."""
    journal = _chosen(world)
    if journal is None:
        return False
    world.ledger.void(journal.id)
    return True


def close_period(world: World) -> bool:
    """The books are closed."""
    world.note("the books are closed")
    world.ledger.close_period(date(2026, 12, 31))
    return True


def deactivate(world: World) -> bool:
    """An account is made inactive."""
    account = world.chance.choice(world.ledger.accounts)
    world.note(f"account {account.number} is made inactive")
    world.ledger.deactivate(account.id)
    return True


def revoke(world: World) -> bool:
    """The hub's access is taken back."""
    world.note("access is revoked")
    world.ledger.revoke()
    return True


def put_right(world: World) -> bool:
    """Periods, accounts and access are open again."""
    world.note("the ledger is open again")
    world.ledger.open_period()
    world.ledger.grant()
    for account in world.ledger.accounts:
        world.ledger.activate(account.id)
    return True


def outage(world: World) -> bool:
    """The ledger is down for ten minutes."""
    world.note("the ledger is down")
    world.down_until = world.clock.now() + timedelta(seconds=OUTAGE_S)
    return True


def put_back(world: World, journal_ids: Iterable[str]) -> None:
    """The users of the ledger put journals back to how they were before they touched them."""
    for journal_id in journal_ids:
        before = world.touched.pop(journal_id)
        world.note(f"{journal_id} is put back")
        world.ledger.restore([replace(before, changed_at=world.clock.now())])


def _chosen(world: World) -> Journal | None:
    """Choose a journal of an export that nobody is undoing, and remember how it was."""
    if world.undoing:
        return None
    certain = CERTAIN if world.mix.profile is Profile.REQUEST_ID else ""
    own = {row["reference"] for row in world.office.query(OWN + certain)}
    found = [one for one in world.ledger.journals() if one.reference in own and one.status is not ReceiptStatus.VOID]
    if not found:
        return None
    journal = world.chance.choice(found)
    world.touched.setdefault(journal.id, journal)
    world.doubtful = True
    return journal


def _dollar_more(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines with a dollar more on the first debit and the first credit."""
    changed = list(lines)
    for side in Side:
        first = next(index for index, line in enumerate(changed) if line.side is side)
        changed[first] = replace(changed[first], amount=changed[first].amount + DOLLAR)
    return tuple(changed)
