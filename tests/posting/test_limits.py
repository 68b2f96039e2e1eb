"""The calls that an accounting system bears: a rate and a number at once that are kept, and a breaker that spares it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from hub.api import Connection, Limits
from hub.plugins.client import guarded_client
from hub.service.context import Route
from hub.service.posting.working import work
from hub.testing.clock import VirtualClock
from hub.testing.ledger import FakeLedger
from hub.testing.lossy import Fault, writes
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.posting.conftest import MakeHouse
from tests.posting.house import House, nothing
from tests.posting.proofs import posted_once

SITES = tuple(f"S{number:02}" for number in range(14))
PER_MINUTE = 20


def handed_over(house: House) -> None:
    """Leave what is exported from now on to the workers."""
    house.hub = replace(house.hub, posting=replace(house.posting, wake=lambda _export, _connection: None))


@contextmanager
def strict(databases: SqliteDatabases, tmp_path: Path, *, paced: bool) -> Iterator[House]:
    """Return a house of 14 journals to export, whose ledger refuses more calls in a minute than the hub is told of."""
    clock = VirtualClock()
    limits = Limits(calls_per_minute=PER_MINUTE, latest_commit_s=300)
    ledger = FakeLedger(now=clock.now, profile=Profile.REQUEST_ID, limits=limits)
    house = House(databases.migrated(), tmp_path, ledger=ledger, clock=clock)

    def network(_connection: Connection, route: Route) -> httpx2.Client:
        return guarded_client("http://127.0.0.1:9", transport=house.transport, turn=route.turn if paced else None)

    house.hub = replace(house.hub, posting=replace(house.posting, network=network))
    house.set_up(SITES, calls_per_minute=str(PER_MINUTE)).sets(entry_per="site")
    for site in SITES:
        house.counts(site)
    yield house
    house.close()


@pytest.mark.parametrize("paced", [True, False])
def test_under_a_rate_that_binds_no_call_is_refused_and_everything_is_posted(
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    paced: bool,  # noqa: FBT001 - drawn
) -> None:
    with strict(sqlite_databases, tmp_path, paced=paced) as house:
        began = house.clock.now()
        made = house.export("2026-10-31", "acknowledge=not_checked")
        house.settles()
        assert house.shown(made["export"])["state"] == "POSTED"
        assert (len(house.journals()), house.ledger.traffic.calls >= 2 * len(SITES)) == (len(SITES), True)
        assert (house.ledger.traffic.throttled == 0) is paced  # the limit binds: a hub that did not keep it is told
        if paced:
            calls = house.ledger.traffic.calls
            assert timedelta(minutes=1) <= house.clock.now() - began <= timedelta(minutes=1 + calls / PER_MINUTE)


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_more_calls_are_under_way_at_once_than_the_system_bears_however_many_workers_there_are(
    counted: MakeHouse, at_once: int
) -> None:
    house = counted(sites=SITES[:4], calls_at_once=str(at_once))
    house.sets(entry_per="site")
    handed_over(house)
    made = house.export()
    (export,) = house.query("SELECT id FROM export")
    under_way: list[int] = [0]
    names = iter(f"w{number}" for number in range(1, 100))
    most = Counter[str]()

    def another_works_meanwhile(request: httpx2.Request) -> None:
        if writes(request):
            under_way[0] += 1
            most["at once"] = max(most["at once"], under_way[0])
            work(house.worker(next(names)), export["id"])

    def is_through(request: httpx2.Request) -> None:
        under_way[0] -= writes(request)

    house.wire.arrives, house.wire.leaves = another_works_meanwhile, is_through
    house.settles()
    house.wire.arrives = house.wire.leaves = nothing
    assert most["at once"] == at_once
    posted_once(house, made)


def test_after_three_failures_in_a_row_one_probe_at_a_time_goes_through_and_then_everything(counted: MakeHouse) -> None:
    house = counted(sites=SITES[:6])
    house.sets(entry_per="site")
    house.down = Fault.ERROR_500_BEFORE
    made = house.export("2026-10-31", "acknowledge=not_checked")
    asked_for = len(house.sent)
    assert [posting["state"] for posting in made["postings"]] == ["UNKNOWN"] * 3 + ["FROZEN"] * 3
    at: list[datetime] = []
    house.wire.arrives = lambda request: at.append(house.clock.now())
    house.later(300)
    assert len(house.sent) - asked_for <= 300 / 30
    house.down = None
    healed = house.clock.now()
    house.later(60)
    assert at[0] - healed <= timedelta(seconds=30)
    states = [posting["state"] for posting in house.shown(made["export"])["postings"]]
    assert states[4:] == ["POSTED"] * 2  # the fourth was a probe, and is looked for
    posted_once(house.settles(), made)


def test_one_that_asks_for_time_is_called_by_nobody_until_then(counted: MakeHouse) -> None:
    house = counted(sites=SITES[:3])
    house.sets(entry_per="site")
    house.spoil(Fault.THROTTLED_120)
    made = house.export()
    before = len(house.sent)
    assert [posting["state"] for posting in made["postings"]] == ["FROZEN"] * 3
    assert len(house.later(115).sent) == before
    posted_once(house.later(10), made)
