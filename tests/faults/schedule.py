"""One schedule: everything that happens follows from its seed."""

from __future__ import annotations

import json
import random
from collections import Counter
from functools import partial

from hub.domain.posting import Rules
from tests.faults import operating, pressing
from tests.faults.deeds import do
from tests.faults.final import final
from tests.faults.healing import heal
from tests.faults.mix import PROFILES, Deed, Mix, drawn
from tests.faults.office import Office
from tests.faults.world import World


class Wrong(AssertionError):
    """Something that must hold did not; the message is for whoever looks into it, with everything that happened."""

    def __init__(self, name: str, wrong: list[str], trace: list[str]) -> None:
        super().__init__("\n".join((f"schedule {name}:", *wrong, "what happened:", *trace)))
        self.wrong = wrong


def run(office: Office, seed: int, mix: Mix | None = None, rules: Rules | None = None) -> World:
    """Run the schedule of a seed, and return its world, at rest; raises Wrong. mix: its circumstances, else drawn too."""
    chance = random.Random(seed)
    world = prepared(office, mix or drawn(chance, PROFILES[seed % len(PROFILES)]), chance, rules)
    try:
        pressing.export(world)
        for _ in range(world.mix.steps):
            do(world)
        wrong = heal(world) or final(world)
    except Wrong:
        raise
    except Exception as error:
        world.note(f"{type(error).__name__}: {error}")
        raise Wrong(f"{seed} ({world.mix.profile})", [f"{type(error).__name__}: {error}"], world.trace) from error
    if wrong or world.watch.wrong:
        raise Wrong(f"{seed} ({world.mix.profile})", [*world.watch.wrong, *wrong], world.trace)
    return world


def prepared(office: Office, mix: Mix, chance: random.Random, rules: Rules | None = None) -> World:
    """Return a world in which nothing has happened yet."""
    office.reset()
    office.remembers = Deed.BACK_UP in mix.deeds
    settings = {"base_url": "http://127.0.0.1:9", "profile": mix.profile.value}
    if mix.lines_per_entry is not None:
        settings["lines_per_entry"] = str(mix.lines_per_entry)
    office.execute(f"UPDATE connection SET settings = '{json.dumps(settings).replace(':', chr(92) + ':')}'")
    world = World(office, mix, chance, rules)
    world.meanwhile = partial(do, world)
    world.work_on = partial(operating.work, world)
    return world


def fired(world: World) -> Counter[str]:
    """Return how often each kind of thing happened."""
    counted: Counter[str] = Counter(world.tally)
    counted.update({f"network:{fault}": times for fault, times in world.lossy.fired.items()})
    counted.update({f"ledger:{fault}": times for fault, times in world.ledger.fired.items()})
    return counted
