"""Workers, imports, clocks that go wrong, and a database that is restored."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from hub.service.companies import set_company
from hub.service.context import Hub
from hub.service.importing import import_rows
from hub.service.posting import life, working
from hub.service.restoring import notice
from hub.store.worker_rows import WorkerReplaced
from tests.faults.office import COUNTS
from tests.faults.pressing import BOOKS, exports, repeat
from tests.faults.world import Process, World

WAITS_S = (5.0, 20.0, 70.0, 400.0, 1_700.0, 4_000.0)
SKEWS_S = (-86_400.0, -600.0, 600.0, 86_400.0)
CHANGES_S = (-3_600.0, -90.0, 90.0, 3_600.0)
SENT = "SELECT reference, sent_at FROM posting WHERE sends > 0"


def work(world: World) -> bool:
    """A worker gives a sign of life and does what is due."""
    process = world.somebody(world.workers)
    return process is not None and sweep(world, process) > 0


def sweep(world: World, process: Process) -> int:
    """Have a worker do what is due, and return how many exports that were."""

    def found(hub: Hub) -> list[int]:
        _alive(process, hub)
        return [export_id for export_id, _ in working.due(hub)]

    starts = process.starts
    due = world.act(process, found) or []
    for export_id in due:
        if process.starts == starts:
            world.note(f"{process.name} works on {export_id}")
            world.act(process, partial(working.work, export_id=export_id))
    return len(due)


def _alive(process: Process, hub: Hub) -> None:
    try:
        if process.started:
            life.beat(hub)
            return
    except WorkerReplaced:
        pass
    life.start(hub)
    process.started = True


def wait(world: World) -> bool:
    """Time passes, and a worker does what has come due."""
    seconds = world.chance.choice(WAITS_S)
    world.note(f"{seconds:.0f} s pass")
    world.clock.advance(seconds)
    work(world)
    return True


def amend(world: World) -> bool:
    """A count is imported again with other figures."""
    world.backed_up = False
    company = world.chance.choice(world.companies)
    site, days = world.chance.choice([(site, days) for (code, site), days in COUNTS.items() if code == company])
    row = {"count_date": world.chance.choice(days), "site": site, "item": "Meat item", "category": "Meat"}
    row |= {"quantity": "1", "value": f"{world.chance.randrange(1, 900_000) / 100:.2f}"}
    return _imports(world, company, "counts", row)


def map_otherwise(world: World) -> bool:
    """A GL Account is mapped to another account."""
    world.backed_up = False
    row = {"gl_account": "5010", "account_number": world.chance.choice(("5010", "5020"))}
    return _imports(world, world.chance.choice(world.companies), "account-map", row)


def _imports(world: World, company: str, kind: str, row: dict[str, str]) -> bool:
    person = world.somebody(world.people)
    if person is None:
        return False
    world.note(f"{person.name} imports {kind} of {company}: {row}")
    world.act(person, lambda hub: _imported(hub, company, kind, row))
    return True


def _imported(hub: Hub, company: str, kind: str, row: dict[str, str]) -> None:
    books = BOOKS if kind == "account-map" else None
    result = import_rows(hub.database, company, kind, [row], actor=hub.actor, now=hub.clock(), connection=books)
    assert result.errors == (), result.errors


def pause(world: World) -> bool:
    """Exporting is paused, or goes on."""
    person, company = world.somebody(world.people), world.chance.choice(world.companies)
    if person is None:
        return False
    mode = world.chance.choice(("paused", "paused", "manual"))
    world.note(f"{person.name}: {company} is {mode}")
    world.act(person, lambda hub: set_company(hub, company, {"mode": mode}))
    return True


def set_clock(world: World) -> bool:
    """The clock of one machine goes wrong, or right again."""
    process = world.chance.choice([*world.people, *world.workers])
    process.skew_s = 0.0 if process.skew_s else world.chance.choice(SKEWS_S)
    world.note(f"the clock of {process.name} is {process.skew_s:.0f} s off")
    return True


def set_database_clock(world: World) -> bool:
    """The database's clock is set back or forward; forward, it says that it was quiet for longer than it was."""
    change = world.chance.choice(CHANGES_S)
    if change > 0:
        world.excuse(world.watch.sending(), "set_database_clock")
    world.database_skew_s += change
    world.note(f"the database's clock is set by {change:.0f} s")
    return True


def back_up(world: World) -> bool:
    """The database is copied."""
    if world.office.database.open or world.at_work:
        return False
    world.office.copies.keep("yesterday")
    world.backed_up = True
    world.note("backed up")
    return True


def restore(world: World) -> bool:
    """The copy is brought back, everybody starts anew, and what was exported since is exported again."""
    if not world.backed_up or world.at_work:
        return False
    world.note("yesterday's database is restored")
    before = exports(world)
    world.excuse(_sent_lately(world), "restore")
    world.office.copies.put_back("yesterday")
    world.watch.forget()
    known = {one["code"] for one in exports(world)}
    world.to_repeat += [(one["company"], str(one["count_date"])) for one in before if one["code"] not in known]
    for process in (*world.people, *world.workers):
        process.restart()
    with world.quietly():
        world.act(world.people[0], notice)
        for company in world.companies:
            repeat(world, company)
    return True


def _sent_lately(world: World) -> list[str]:
    """Return the journals that may still arrive, though the copy does not know that they were sent."""
    quiet = timedelta(seconds=world.rules.quiet_s(world.mix.profile.limits))
    since = world.database_now() - quiet
    sent = world.office.query(SENT)
    return [row["reference"] for row in sent if datetime.fromisoformat(row["sent_at"]) >= since]
