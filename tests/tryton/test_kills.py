"""A worker killed with kill -9 while it posts to Tryton, at each instant that matters: no move is lost and none is doubled."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from hub.domain.posting import Timing
from hub.plugins import load
from hub.service.companies import add_company, set_company
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.typed_in import type_in
from hub.service.connections import add_connection
from tests.conftest import Databases
from tests.processes.children import Child, until
from tests.processes.installation import (
    CATEGORIES,
    GL,
    NOON,
    OPENING,
    Installation,
    Place,
    where_it_is,
)
from tests.tryton.gate import gate
from tests.tryton.server import Tryton

TIMING = Timing(
    call_s=12,
    send_within_s=2,
    lease_s=30,
    alive_s=2,
    lag_s=0.2,
    commit_s=1,
    first_wait_s=0.3,
    probe_s=1,
    longest_wait_s=5,
)
PATIENCE_S = 120
YEAR = 2026
CREATED, POSTED = "/account.move", "/post"
INSTANTS = [(CREATED, False), (CREATED, True), (POSTED, False), (POSTED, True)]
"""The address at which a request is kept, and whether it has done its work by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InTryton(Place):
    """A site that is counted in a year of which Tryton has the periods."""

    def date(self, month: int) -> date:
        return date(YEAR, month + 1, self.day)


class OnTryton(Installation):
    """An installation with one company in Tryton, behind the gate."""

    def move_in(self, server: Tryton, base_url: str) -> Place:
        """Add the company, type the key in, read the chart and map it; return the site."""
        self.hub = replace(self.hub, registry=load())
        add_company(self.hub, code="A", name="Company A", currency="USD")
        set_company(self.hub, "A", {"time_zone": where_it_is(NOON)})
        accounts = (f"{number},{name},{kind}" for number, (name, kind) in GL.items())
        self.imports("A", "gl-accounts", "number,name,kind", *accounts)
        self.imports("A", "departments", "department,asset_account,cogs_account", "Food,1310,5010", "Bar,1340,5100")
        categories = ("Meat,Food,5010", "Produce,Food,5020", "Liquor,Bar,")
        self.imports("A", "categories", "category,department,cogs_account", *categories)
        settings = {
            "base_url": base_url,
            "database": server.database,
            "journal": server.journal,
            "latest_commit_s": "1",
        }
        add_connection(self.hub, "A", connector="tryton", name="books", settings=settings)
        assert type_in(self.hub, "A", "books", {"key": server.key})["problems"] == []
        read_chart(self.hub, "A", "books")
        mapped = (f"{number},{'5110' if number == '5100' else number}" for number in GL)
        self.imports("A", "account-map", "gl_account,account_number", *mapped, connection="books")
        self.imports("A", "sites", "site,name,connection", "DT,Downtown,books")
        openings = (f"{YEAR - 1}-12-31,DT,{name},{OPENING}" for name in CATEGORIES)
        self.imports("A", "opening", "date,site,category,value", *openings)
        self.places.append(InTryton(company="A", connection="books", site="DT", day=28))
        return self.places[0]


@pytest.fixture
def installation(databases: Databases, installed: Path, tmp_path: Path) -> Iterator[OnTryton]:
    made = OnTryton(databases.migrated(), tmp_path / "home", timing=TIMING)
    yield made
    made.close()


def started(installation: OnTryton, wheel: Path) -> Child:
    """Start a worker that has the wheel's connector."""
    return installation.worker("w1", program="tests.tryton.program", PYTHONPATH=str(wheel))


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_kill_9_at_every_instant_of_a_posting_leaves_each_move_there_once(
    installation: OnTryton, server: Tryton, installed: Path
) -> None:
    with gate(server.base_url) as at:
        place = installation.move_in(server, at.base_url)
        instants = INSTANTS if server.kind == "sqlite" else INSTANTS[1::2]
        worker = started(installation, installed)
        for month, (address, arrived) in enumerate(instants):
            at.keep(address, arrived=arrived)
            installation.counts("A", month, random.Random(month))
            assert installation.export(place, month)["export"]
            until(at.kept.is_set, "a request is kept at the gate", PATIENCE_S, worker.printed)
            worker.kill()
            at.open()
            worker = started(installation, installed)
            installation.settles(PATIENCE_S)
            moves = server.moves()
            assert [move.state for move in moves] == ["posted"] * (month + 1)
            assert len({move.reference for move in moves}) == month + 1
        assert worker.stop() == 0, worker.printed()
    assert sum(server.trial_balance().values()) == 0
