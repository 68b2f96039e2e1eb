"""Ten minutes of 503 for many connections at once, beside a healthy one that nothing of it reaches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from hub.api import Connection
from hub.plugins.client import guarded_client
from hub.service.context import Route
from hub.testing.ledger import FakeLedger
from hub.testing.lossy import Fault, LossyTransport
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.posting.house import House

DOWN_S = 600
PROBE_S = 30
BEFORE_IT_IS_NOTICED = 3
HEALTHY = "healthy"
SMALL = (3, 4)
LARGE = pytest.param(50, 20, marks=[pytest.mark.soak, pytest.mark.timeout(900)])


class Group:
    """A company with many connections, each with its own ledger behind one network, and a healthy one."""

    def __init__(self, url: str, home: Path, connections: int, exports: int) -> None:
        self.house = House(url, home)
        self.calls = Counter[str]()
        self.outage = False
        self.names = [HEALTHY, *(f"B{number:02}" for number in range(connections))]
        self.ledgers = {
            name: FakeLedger(now=self.house.clock.now, profile=Profile.REQUEST_ID, told=self._heard)
            for name in self.names
        }
        self.posted: dict[str, datetime] = {}
        network = replace(self.house.posting, network=self._network, wake=lambda _export, _connection: None)
        self.house.hub = replace(self.house.hub, posting=network)
        self._set_up(exports)

    def export_everything(self) -> None:
        """Press Export for every count there is; the workers are to post them."""
        for name, day in sorted(self.days):
            assert self.house.export(day, "acknowledge=site_not_counted", connection=name)["export"]
        self.calls.clear()

    def _set_up(self, exports: int) -> None:
        """Add connections, and sites with a count of a day of their own, one for each export."""
        self.house.set_up(("HQ",))
        self.days = [(name, f"2026-10-{day:02}") for name in self.names for day in range(1, exports + 1)]
        for name in self.names:
            self.house.connect(name)
            self.house.chart(name)
        places = [(f"{name}-{day[-2:]}", name, day) for name, day in self.days]
        self.house.imports("sites", "site,name,connection", *(f"{site},{site},{name}" for site, name, _ in places))
        opened = (f"2026-09-30,{site},Meat,4812.37" for site, _, _ in places)
        self.house.imports("opening", "date,site,category,value", *opened)
        rows = (f"{day},{site},Meat item,Meat,1,5120.05" for site, _, day in places)
        self.house.imports("counts", "count_date,site,item,category,quantity,value", *rows)

    def _network(self, connection: Connection, route: Route) -> httpx2.Client:
        inner = self.ledgers[connection.name].transport()
        lossy = LossyTransport(inner, lambda request: self._fault(connection.name), clock=self.house.clock)
        return guarded_client("http://127.0.0.1:9", transport=lossy)

    def _fault(self, name: str) -> Fault | None:
        self.calls[name] += 1
        return Fault.UNAVAILABLE_503 if self.outage and name != HEALTHY else None

    def _heard(self, event: str, journal: object) -> None:
        if event == "written":
            self.posted[journal.reference] = self.house.clock.now()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("connections", "exports"), [SMALL, LARGE])
def test_after_ten_minutes_of_503_everything_is_posted_within_quiet_and_a_minute_and_the_healthy_one_never_waited(
    sqlite_databases: SqliteDatabases, tmp_path: Path, connections: int, exports: int
) -> None:
    group = Group(sqlite_databases.migrated(), tmp_path, connections, exports)
    house = group.house
    group.export_everything()
    group.outage, began = True, house.clock.now()
    while house.sweep():
        pass
    assert (len(group.ledgers[HEALTHY].journals()), house.clock.now()) == (exports, began)
    house.later(DOWN_S)
    failing = {name: calls for name, calls in group.calls.items() if name != HEALTHY}
    assert len(failing) == connections
    assert set(failing.values()) <= set(range(1, BEFORE_IT_IS_NOTICED + DOWN_S // PROBE_S + 1)), failing
    assert len(group.posted) == exports
    group.outage, healed = False, house.clock.now()
    quiet_s = house.posting.rules.quiet_s(Profile.REQUEST_ID.limits)
    house.later(quiet_s + 60)
    assert {row["state"] for row in house.query("SELECT DISTINCT state FROM export")} == {"POSTED"}
    assert {len(ledger.journals()) for ledger in group.ledgers.values()} == {exports}
    assert len(group.posted) == (connections + 1) * exports
    assert max(group.posted.values()) - healed <= timedelta(seconds=quiet_s + 60)
    house.close()
