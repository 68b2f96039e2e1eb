"""Workers killed at random instants while people export: nothing is lost or doubled, and others take over soon."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import pytest

from hub.domain.posting import Timing
from tests.processes.books import check_books
from tests.processes.clients import Clients
from tests.processes.conftest import KILLS, SOAK, MakeInstallation
from tests.processes.installation import QUICK
from tests.processes.kills import Killer, Recoveries, percentile

LEDGER = ("--latency-ms", "100", "--lose-answers", "0.1", "--late", "0.5", "--late-share", "0.05")
SEED = 20261101
RECOVERED_S = 5.0
OWNED_S = 15.0
BY_DEFAULT = replace(QUICK, alive_s=Timing().alive_s, lease_s=Timing().lease_s)
"""What decides how soon a dead worker's work is another's, as it is by default; how long silence lasts is not: over a minute."""
STARTS = (
    2  # where the machine is so busy that a process alone takes seconds to start, so many times that is allowed too
)


def killed(install: MakeInstallation, workers: tuple[str, ...], kills: int, timing: Timing = QUICK) -> Recoveries:
    """Kill workers while two companies export; every journal is there once, and the books are right."""
    installation = install(*LEDGER, "--seed", str(SEED), timing=timing)
    installation.whole_starts = True
    installation.set_up(["A", "B"], connections=2, sites=4)
    killer = Killer(installation, workers, random.Random(SEED))
    with Clients(installation, SEED) as clients:
        killer.run(kills, clients)
    installation.settles()
    killer.stop()
    journals = check_books(installation, clients.posted)
    sys.stdout.write(f"{journals} journals; {killer.recoveries.told()}\n")  # shown with -rP
    assert journals == clients.exported
    return killer.recoveries


def assert_recovered(recoveries: Recoveries) -> None:
    """What a killed worker held is taken up soon after its process is there again."""
    most = max(RECOVERED_S, STARTS * recoveries.starting_s())
    assert percentile(recoveries.after_start, 0.99) <= most, recoveries.told()


@pytest.mark.property
@pytest.mark.timeout(120 + 60 * KILLS)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_worker_killed_and_restarted_again_and_again_loses_and_doubles_nothing(install: MakeInstallation) -> None:
    recoveries = killed(install, ("w1",), KILLS)
    assert recoveries.kills >= KILLS
    if SOAK:
        assert_recovered(recoveries)


@pytest.mark.soak
@pytest.mark.timeout(120 + 60 * KILLS)
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_two_workers_killed_again_and_again_take_over_from_each_other(install: MakeInstallation) -> None:
    recoveries = killed(install, ("w1", "w2"), KILLS)
    assert recoveries.kills >= KILLS


@pytest.mark.soak
@pytest.mark.timeout(120 + 60 * KILLS)
def test_a_dead_workers_work_is_another_s_within_15_seconds_by_default(install: MakeInstallation) -> None:
    recoveries = killed(install, ("w1", "w2"), max(3, KILLS // 10), timing=BY_DEFAULT)
    assert_recovered(recoveries)
    most = max(OWNED_S, BY_DEFAULT.alive_s + STARTS * recoveries.starting_s())
    assert max(recoveries.by_another) <= most, recoveries.told()
