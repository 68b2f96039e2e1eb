"""Random schedules on the real rules and the real SQL: nothing is lost, doubled in silence, altered or stuck.

Each schedule follows from its seed alone, and its profile from the seed too. A failing one is told with everything that
happened in it: `make faults SEED=…` runs it again; a seed that once found something is kept in seeds.txt.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from hub.testing.lossy import Fault
from tests.faults.mix import PROFILES, Deed, applying
from tests.faults.moments import Mishap
from tests.faults.office import Office
from tests.faults.schedule import fired, run

SOAK = settings.get_current_profile_name() != "test"
SCHEDULES = int(os.environ.get("HUB_FAULTS") or (10_000 if SOAK else 1_000))
SEED = os.environ.get("HUB_SEED", "")
PARTS = 4
FOUND = [int(line.split()[0]) for line in (Path(__file__).parent / "seeds.txt").read_text().splitlines() if line]
ENOUGH = 2_000  # schedules of one part, to see every kind of fault


@pytest.mark.property
@pytest.mark.timeout(900 if not SOAK else 0)
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_no_journal_is_lost_doubled_in_silence_altered_or_stuck(
    part: int, office: Office, record_testsuite_property: Callable[[str, object], None]
) -> None:
    if SEED:
        run(office, int(SEED))
        return
    seen: Counter[str] = Counter()
    share = SCHEDULES // PARTS
    for seed in range(part * share, (part + 1) * share):
        seen.update(fired(run(office, seed)))
    record_testsuite_property(f"schedules {part}", f"{share} schedules, {dict(sorted(seen.items()))}")
    missing = _every_kind(share) - {str(kind) for kind, times in seen.items() if times}
    assert missing == set(), f"none of these happened in {share} schedules"


@pytest.mark.parametrize("seed", FOUND)
def test_a_schedule_that_found_something_once_finds_nothing_now(seed: int, office: Office) -> None:
    run(office, seed)


def _every_kind(schedules: int) -> set[str]:
    """Return what must have happened at least once; in fewer schedules, what happens often."""
    often = {f"network:{fault}" for fault in Fault} | {str(mishap) for mishap in Mishap}
    if schedules < ENOUGH:
        return often
    ledger = {f"ledger:{fault}" for profile in PROFILES for fault in applying(profile)}
    return often | ledger | {str(deed) for deed in Deed}
