"""Tryton keeps no idempotency key, and yet each entry is there once: whatever is lost, and at whichever call."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.testing.lossy import Fault
from tests.posting.house import Document
from tests.tryton.house import TrytonHouse

MONTHS = ("2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28")
DAY_S = 86_400
LOST = (Fault.ANSWER_LOST, Fault.REQUEST_LOST)


def stands_once(house: TrytonHouse, exported: Document, moves: int) -> None:
    """The export is posted, there are so many moves in all, and none of them is a draft or there twice."""
    shown = house.shown(exported["export"])
    assert shown["state"] == "POSTED", shown["problems"]
    there = house.server.moves()
    assert [move.state for move in there] == ["posted"] * moves
    assert len({move.reference for move in there}) == moves


@pytest.mark.soak
def test_an_answer_or_a_request_lost_at_any_call_leaves_each_entry_there_once(house: TrytonHouse) -> None:
    """Calls that write are two: the draft is made, and posted. Each is lost before and after it has done its work."""
    house.set_up()
    plans = [(fault,) for fault in LOST] + [(None, fault) for fault in LOST] + [(LOST[0], LOST[0])]
    for number, (day, plan) in enumerate(zip(MONTHS, plans, strict=True), start=1):
        house.clock.advance(31 * DAY_S)
        house.counts(day=day, values={"Meat": f"{5_000 + 100 * number}.05"})
        house.spoil(*plan)
        exported = house.export(day)
        house.settles()
        stands_once(house, exported, number)
        assert house.faults == []
    assert house.balance("1310") == Decimal("5500.05") - Decimal("4812.37")


@pytest.mark.soak
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_look_up_that_is_lost_is_never_taken_for_there_is_none(house: TrytonHouse) -> None:
    house.set_up()
    house.counts()
    house.spoil(Fault.ANSWER_LOST)
    exported = house.export()
    house.reading_faults += [Fault.ANSWER_LOST, Fault.HTML_200, Fault.EMPTY_200, Fault.ERROR_500_BEFORE]
    house.settles()
    stands_once(house, exported, 1)
    assert house.reading_faults == []
