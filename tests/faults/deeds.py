"""Everything that can be done in a schedule; each says whether there was something to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.faults import ledger_users, operating, pressing
from tests.faults.mix import SEQUELS, Deed
from tests.faults.world import World

TRIES = 3

DEEDS: Mapping[Deed, Callable[[World], bool]] = {
    Deed.EXPORT: pressing.export,
    Deed.PRESS_AGAIN: pressing.press_again,
    Deed.UNDO: pressing.undo,
    Deed.WITHDRAW: pressing.withdraw,
    Deed.RESUME: pressing.resume,
    Deed.ACCEPT: pressing.accept,
    Deed.DECIDE: pressing.decide,
    Deed.WORK: operating.work,
    Deed.WAIT: operating.wait,
    Deed.CHECK: pressing.check,
    Deed.AMEND: operating.amend,
    Deed.MAP: operating.map_otherwise,
    Deed.PAUSE: operating.pause,
    Deed.SET_CLOCK: operating.set_clock,
    Deed.SET_DATABASE_CLOCK: operating.set_database_clock,
    Deed.BACK_UP: operating.back_up,
    Deed.RESTORE: operating.restore,
    Deed.EDIT_THERE: ledger_users.edit,
    Deed.DELETE_THERE: ledger_users.delete,
    Deed.VOID_THERE: ledger_users.void,
    Deed.CLOSE_PERIOD: ledger_users.close_period,
    Deed.DEACTIVATE: ledger_users.deactivate,
    Deed.REVOKE: ledger_users.revoke,
    Deed.PUT_RIGHT: ledger_users.put_right,
    Deed.OUTAGE: ledger_users.outage,
}


def do(world: World) -> None:
    """Do one thing, as likely as the schedule's circumstances have it, and perhaps what follows from it."""
    for _ in range(TRIES):
        (deed,) = world.chance.choices(list(world.mix.deeds), list(world.mix.deeds.values()))
        if not _done(world, deed):
            continue
        for sequel in SEQUELS.get(deed, ()):
            if world.chance.random() < 0.5:
                _done(world, sequel)
        return


def _done(world: World, deed: Deed) -> bool:
    done = DEEDS[deed](world)
    world.tally[deed] += done
    return done
