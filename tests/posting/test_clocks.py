"""Clocks that are wrong or jump: instants are the database's alone, and a jump of it delays and never doubles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.testing.clock import VirtualClock
from hub.testing.ledger import FakeLedger
from hub.testing.lossy import Fault
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import House
from tests.posting.proofs import posted_once, sends

DAY = timedelta(days=1)


@pytest.mark.parametrize("skew", [-DAY, DAY])
def test_the_clock_of_one_machine_decides_nothing(house: House, skew: timedelta) -> None:
    house.spoil(Fault.REQUEST_LOST)
    house.hub = replace(house.hub, clock=lambda: house.clock.now() + skew)
    began = house.clock.now()
    made = house.export()
    posted_once(house.settles(), made)
    assert timedelta(seconds=345) <= house.clock.now() - began <= timedelta(seconds=420)


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.THROTTLED_120])
def test_the_databases_clock_set_back_an_hour_delays_and_neither_loses_nor_doubles(house: House, fault: Fault) -> None:
    house.spoil(fault)
    made = house.export()
    house.clock.jump(-3600)
    assert len(sends(house.later(60))) == 1
    posted_once(house.settles(), made)


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.EXTERNAL_ID])
def test_the_databases_clock_set_forward_while_a_journal_is_under_way_doubles_nothing_where_the_key_lives_long(
    house: House, counted: MakeHouse, profile: Profile
) -> None:
    there = VirtualClock()  # the accounting system's, on which an hour has not passed
    house = counted(profile)
    house.ledger = FakeLedger(now=there.now, profile=profile)
    house.wire._inner = house.ledger.transport()  # noqa: SLF001 - a ledger with a clock of its own
    house.ledger.commit_late(240)
    made = house.export()
    house.clock.jump(3600)
    house.settles()
    there.advance(300)
    posted_once(house, made)
    assert len(sends(house)) == 2
