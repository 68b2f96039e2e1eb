"""People who export, undo and decide, each by a command of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from hub.service import exporting, previewing
from hub.service.context import Hub
from hub.service.posting import deciding, watching
from tests.faults.world import World
from tests.posting.house import DECEMBER, NOVEMBER, OCTOBER

UNCHECKED = "acknowledge=not_checked"
ACKNOWLEDGED = ("acknowledge=older_count_skipped", "acknowledge=site_not_counted", UNCHECKED)
BOOKS = "books"
LOOKS = 0.3  # of those who export look first
EXPORTS = """SELECT e.id, e.code, e.state, e.phase, e.count_date, c.code AS company FROM export e
    JOIN company c ON c.id = e.company_id ORDER BY e.id"""
CHANGED = """SELECT DISTINCT p.changed_there FROM posting p JOIN company c ON c.id = p.company_id
    WHERE c.code = :company AND p.changed_there <> '' AND p.state = 'POSTED'"""

Document = dict[str, Any]  # JSON


def exports(world: World) -> list[dict[str, Any]]:
    """Return every export, oldest first, with its company."""
    return world.office.query(EXPORTS)


def press(world: World, company: str, day: str, *decisions: str) -> Document | None:
    """Have somebody press Export; None where they were refused, or died."""
    person = world.somebody(world.people)
    if person is None:
        return None
    looks = world.chance.random() < LOOKS
    world.note(f"{person.name} exports {company} {day} {'after a look' if looks else ''} {decisions}")
    chosen = (*ACKNOWLEDGED, *decisions)
    pressed = partial(_exported, company=company, day=date.fromisoformat(day), chosen=chosen, looks=looks)
    return told(world, world.act(person, pressed))


def _exported(hub: Hub, *, company: str, day: date, chosen: tuple[str, ...], looks: bool) -> Document:
    shown = previewing.preview(hub, company, day, BOOKS, chosen)["hash"] if looks else None
    return exporting.export(hub, company, day, BOOKS, chosen, expected_hash=shown)


def told(world: World, made: Document | None) -> Document | None:
    """Whoever asks is told in words how an export stands, unless it has come to rest."""
    if made is None:
        return None
    world.note(f"  {made['export']} {made['state']} {[problem['code'] for problem in made['problems']]}")
    if made["state"] not in ("POSTED", "UNDONE") and not any(each["message"] for each in made["problems"]):
        world.watch.wrong.append(f"export {made['export']} is {made['state']}, and nobody is told why")
    return made


def export(world: World) -> bool:
    """Somebody exports a date; what a restored database lost comes first."""
    company = world.chance.choice(world.companies)
    day = world.chance.choice((OCTOBER, OCTOBER, NOVEMBER, DECEMBER))
    return repeat(world, company) and press(world, company, day) is not None


def press_again(world: World) -> bool:
    """Somebody exports what is exported already, and is given that export (R10)."""
    live = [one for one in exports(world) if one["state"] != "UNDONE" and one["phase"] == "post"]
    if not live:
        return False
    one = world.chance.choice(live)
    company, day = one["company"], str(one["count_date"])
    before = _overtaken(world)
    made = press(world, company, day)
    if made is None or _overtaken(world) != before:
        return made is not None
    same = [each["code"] for each in live if (each["company"], str(each["count_date"])) == (company, day)]
    if made["export"] not in same:
        world.watch.wrong.append(f"{same} pressed again gave {made['export']} {made['problems']} (R10)")
    return True


def _overtaken(world: World) -> int:
    """Return how often somebody else acted while a process was busy."""
    return sum(times for name, times in world.tally.items() if name.startswith(("overtaken", "stalled", "stopped")))


def undo(world: World) -> bool:
    """Somebody undoes an export; without a look at what stands there only where nobody touched anything."""
    world.backed_up = False
    undone = partial(exporting.undo, decisions=() if world.touched else (UNCHECKED,))
    world.undoing = True
    try:
        return _decides(world, undone, ("FROZEN", "UNKNOWN", "REJECTED", "MISMATCH", "PARTLY_POSTED", "POSTED"), "post")
    finally:
        world.undoing = False


def withdraw(world: World) -> bool:
    """Somebody takes back an undo, which may be frozen again with other figures later."""
    world.backed_up = False
    if not _decides(world, partial(exporting.undo, withdraw=True), ("FROZEN", "UNKNOWN", "REJECTED"), "undo"):
        return False
    world.withdrawn = True
    world.watch.forget()
    return True


def resume(world: World) -> bool:
    """Somebody has an export taken forward."""
    return _decides(world, deciding.resume, ("FROZEN", "UNKNOWN", "REJECTED", "PARTLY_POSTED", "POSTED"))


def accept(world: World) -> bool:
    """Somebody accepts what was recorded otherwise."""
    world.backed_up = False
    return _decides(world, deciding.accept, ("MISMATCH",), "post")


def _decides(world: World, decide: Callable[..., Document], states: tuple[str, ...], phase: str = "") -> bool:
    """Have somebody decide about one export that is in one of these states, and in this phase."""
    person = world.somebody(world.people)
    found = [one for one in exports(world) if one["state"] in states and one["phase"].startswith(phase)]
    if person is None or not found:
        return False
    one = world.chance.choice(found)
    world.note(f"{person.name}: {_name(decide)} {one['code']} ({one['state']})")
    told(world, world.act(person, lambda hub: decide(hub, one["company"], one["code"])))
    return True


def _name(decide: Callable[..., Document]) -> str:
    return f"undo {decide.keywords}" if isinstance(decide, partial) else decide.__name__


def decide(world: World) -> bool:
    """Somebody decides what is to become of a journal that was edited or deleted there, and exports the next count."""
    company = world.chance.choice(world.companies)
    changed = {row["changed_there"] for row in world.office.query(CHANGED, company=company)}
    if not changed and world.touched and check(world):
        changed = {row["changed_there"] for row in world.office.query(CHANGED, company=company)}
    if not changed or not repeat(world, company):
        return False
    world.backed_up = False
    choice = "undone" if changed == {"deleted"} else "accept"
    press(world, company, world.chance.choice((NOVEMBER, DECEMBER)), f"prior={choice}")
    return True


def check(world: World) -> bool:
    """A worker does what is done each night."""
    process = world.somebody(world.workers)
    if process is None:
        return False
    world.note(f"{process.name} checks")
    for company in world.companies:
        world.act(process, partial(watching.check, company=company, connection=BOOKS))
    return True


def repeat(world: World, company: str) -> bool:
    """Have somebody export again what a restored database has lost, in order; whether all of it is there again."""
    for lost in [one for one in world.to_repeat if one[0] == company]:
        made = press(world, *lost)
        if made is None or made["export"] is None:
            return False
        world.to_repeat.remove(lost)
    return True
