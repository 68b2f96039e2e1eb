"""The seven properties at the end of ACCOUNTING.md, over random histories through the real service."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from math import ceil, inf
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import event

from conftest import PROFILE, STEPS_PER_RUN
from hub.plugins import load
from hub.service.context import Hub
from hub.store import Database
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases, quick_folder
from tests.properties.driver import NOW
from tests.properties.machine import Histories

PARTS = 2 if PROFILE == "test" else 8
LEAST = {"test": 5_000, "soak": 50_000}.get(PROFILE, inf)
"""So many things that somebody does are in the histories of all parts; one step of the machine is several of them."""
BATCHES = {"test": 10, "soak": 20}.get(PROFILE, 1)
"""A part walks its share of the profile's histories in so many batches, and is done when it has done enough."""
# Shrinking a history takes minutes: `make fuzz` does it, and `make test` fails at once.
PHASES = [Phase.generate, *([Phase.shrink] if PROFILE == "fuzz" else [])]
HARMLESS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.fixture
def hub(sqlite_databases: SqliteDatabases) -> Iterator[Hub]:
    home = Path(tempfile.mkdtemp(dir=quick_folder()))  # each step brings a file to the disk
    database = Database(sqlite_databases.migrated(), audit_key=AUDIT_KEY)
    event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    yield Hub(database=database, registry=load(), clock=lambda: NOW, home=home, actor="tester")
    database.close()
    shutil.rmtree(home)


@pytest.mark.property
@pytest.mark.timeout(1200 if PROFILE == "test" else 0)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_what_must_always_hold_does_over_random_histories(
    part: int, hub: Hub, record_testsuite_property: Callable[[str, object], None]
) -> None:
    steps: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    examples = ceil(settings().max_examples / PARTS / BATCHES)
    chosen = settings(
        max_examples=examples, stateful_step_count=STEPS_PER_RUN, suppress_health_check=HARMLESS, phases=PHASES
    )
    numbers = count(1)
    walked = 0
    while walked < BATCHES and seen["actions"] * PARTS < LEAST:
        # The machine's name is part of what Hypothesis derives its choices from: each batch walks other histories.
        name = f"Histories{part}Batch{walked}"
        machine = type(name, (Histories,), {"hub": hub, "steps": steps, "seen": seen, "numbers": numbers})
        run_state_machine_as_test(machine, settings=chosen, _min_steps=STEPS_PER_RUN)
        walked += 1
    done = sum(steps.values())
    record_testsuite_property(
        f"histories {part}",
        f"{done} steps of {seen['actions']} actions, {seen['exported']} exports, {dict(steps.most_common())}",
    )
    assert done >= walked * examples * STEPS_PER_RUN
    assert PROFILE == "fuzz" or seen["actions"] * PARTS >= LEAST
    assert seen["exported"] >= walked * examples, seen
