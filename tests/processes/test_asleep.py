"""Workers asleep in mid-call, longer than they count as alive: another takes over, and nothing is doubled when they wake."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import httpx2
import pytest

from hub.api import Connection
from hub.plugins.client import guarded_client
from hub.service.context import Route
from hub.store.tables.columns import instant_text
from hub.testing.lossy import writes
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.posting.house import TIMING, House
from tests.processes.books import check_journals
from tests.processes.children import until
from tests.processes.conftest import MakeInstallation
from tests.processes.installation import utc_now
from tests.processes.sleeping import put_to_sleep

TROUBLED = "tests.processes.troubled"


@pytest.mark.parametrize(
    ("databases", "profile", "where"),
    [
        ("sqlite", Profile.REQUEST_ID, "after"),
        pytest.param("postgresql", Profile.REQUEST_ID, "before", marks=pytest.mark.soak),
        ("postgresql", Profile.NO_KEY, "before"),
    ],
    indirect=["databases"],
)
def test_a_worker_asleep_in_mid_call_past_its_lease_leaves_one_journal(
    install: MakeInstallation, profile: Profile, where: str
) -> None:
    installation = install("--profile", profile.value).set_up(["A"], connections=1, sites=1, profile=profile.value)
    installation.counts("A", 0, random.Random(0))
    installation.export(installation.places[0], 0)
    gate = installation.home / "gate"
    sleeper = installation.worker("w1", program=TROUBLED, TROUBLE=where, GATE=str(gate))
    until(gate.with_suffix(".reached").exists, "w1 is in mid-call")
    put_to_sleep(sleeper, installation)
    gate.touch()
    (lease,) = installation.query("SELECT lease_until FROM posting")
    installation.worker("w2").ready()
    installation.settles()
    assert len(installation.journals()) == 1
    until(lambda: instant_text(utc_now()) > lease["lease_until"], "the lease has run out")
    sleeper.wake()
    assert sleeper.stop() == 0, sleeper.printed()
    assert len(installation.journals()) == 1
    check_journals(installation, installation.journals())


def test_a_process_asleep_between_its_last_check_and_the_first_byte_sends_nothing(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    house = House(sqlite_databases.migrated(), tmp_path).set_up()
    house.counts()
    # Monotonic seconds, as it looks at the clock: to book its turn, to say until when it may send, and then after its sleep.
    clock = chain([0.0, 0.0], repeat(TIMING.call_s + 1))
    network = partial(paced, house)
    house.hub = replace(house.hub, posting=replace(house.posting, network=network, monotonic=lambda: next(clock)))
    made = house.export()
    assert (made["state"], [request for request in house.sent if writes(request)]) == ("FROZEN", [])
    house.settles()
    assert len(house.journals()) == 1
    house.close()


def paced(house: House, _connection: Connection, route: Route) -> httpx2.Client:
    """Return a client of the house's ledger whose requests wait for their turn."""
    return guarded_client("http://127.0.0.1:9", transport=house.transport, turn=route.turn)
