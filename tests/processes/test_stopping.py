"""Workers told to stop: the call under way ends and is recorded; one that hangs is left behind and taken over."""

from __future__ import annotations

import random
import time

import pytest

from hub.service.companies import set_company
from tests.processes.books import check_journals
from tests.processes.children import until
from tests.processes.conftest import MakeInstallation
from tests.processes.installation import QUICK, Installation, where_it_is

TROUBLED = "tests.processes.troubled"
NIGHT = 2
ENDING_S = 3.0  # the process itself, on a busy machine
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For what is the same code and the same SQL on every database."""


def exported(installation: Installation) -> None:
    """Export the first count of every site."""
    for company in dict.fromkeys(place.company for place in installation.places):
        installation.counts(company, 0, random.Random(company))
    for place in installation.places:
        assert installation.export(place, 0)["export"]


def in_mid_call(installation: Installation, worker: str, postings: int = 1) -> None:
    """Wait until a worker is sending journals."""
    until(lambda: len(installation.sending(worker)) >= postings, f"{worker} is sending {postings}")


def test_a_worker_told_to_stop_in_mid_call_records_the_answer_and_ends_in_order(install: MakeInstallation) -> None:
    installation = install("--latency-ms", "400").set_up(["A"], connections=1, sites=2)
    exported(installation)
    worker = installation.worker("w1")
    in_mid_call(installation, "w1", postings=2)
    assert installation.journals() == ()
    assert worker.stop() == 0, worker.printed()
    assert installation.states() == {"POSTED": 2}
    assert installation.owners() == set()
    assert installation.query("SELECT name FROM worker") == []
    assert len(installation.journals()) == 2


@ON_SQLITE
def test_a_plugin_that_hangs_does_not_keep_a_worker_from_ending_and_its_posting_is_taken_over(
    install: MakeInstallation,
) -> None:
    installation = install().set_up(["A"], connections=1, sites=1)
    exported(installation)
    worker = installation.worker("w1", program=TROUBLED, TROUBLE="hangs")
    in_mid_call(installation, "w1")
    told = time.monotonic()
    assert worker.stop() == 0, worker.printed()
    assert time.monotonic() - told < QUICK.send_within_s + QUICK.call_s + ENDING_S
    assert installation.states() == {"UNKNOWN": 1}
    installation.worker("w2").ready()
    installation.settles()
    check_journals(installation, installation.journals())


@ON_SQLITE
def test_a_worker_that_is_stuck_where_no_deadline_reaches_ends_all_the_same(install: MakeInstallation) -> None:
    installation = install().set_up(["A"], connections=1, sites=1)
    exported(installation)
    worker = installation.worker("w1", program=TROUBLED, TROUBLE="stuck")
    in_mid_call(installation, "w1")
    until(installation.journals, "the journal is written")
    assert worker.stop() == 1, worker.printed()
    assert installation.states() == {"SENDING": 1}
    installation.worker("w2").ready()
    installation.settles()
    check_journals(installation, installation.journals())


@pytest.mark.soak
@ON_SQLITE
def test_a_worker_told_to_stop_in_its_night_watch_leaves_the_rest_of_it(install: MakeInstallation) -> None:
    installation = install("--latency-ms", "250").set_up(["A"], connections=1, sites=12)
    exported(installation)
    installation.post()
    set_company(installation.hub, "A", {"time_zone": where_it_is(NIGHT)})
    before = installation.calls()
    worker = installation.worker("w1")
    until(lambda: installation.calls() > before + 1, "the night watch is under way")
    assert worker.stop(within_s=5 * QUICK.call_s) == 0, worker.printed()
    assert installation.query("SELECT checked_at FROM traffic") == [{"checked_at": None}]
    assert installation.calls() < before + 12
