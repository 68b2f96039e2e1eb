"""Loading the demo company: again, after it broke off, and beside what a person did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from hub.demo import COMPANY, DemoNotLoaded, load, show
from hub.service.companies import add_company
from hub.service.context import Hub
from hub.service.exporting import export, exports
from hub.service.previewing import preview
from hub.service.undoing import undo
from tests.demo.home import NOW, codes, everything

OCTOBER = date(2026, 10, 31)


class BrokeOff(Exception):
    """Raised where a load is made to stop."""


def stopping_after(times: int) -> Callable[[], datetime]:
    """Return a clock that can be asked so many times."""
    left = iter(range(times))

    def clock() -> datetime:
        if next(left, None) is None:
            raise BrokeOff
        return NOW

    return clock


def results(hub: Hub) -> list[tuple[list[str], list[tuple[str, Any]]]]:
    """Return the problems and entries of all exports and of the offered count, without what differs between homes."""
    days = [date.fromisoformat(made["count_date"]) for made in exports(hub, COMPANY)]
    shown = [preview(hub, COMPANY, day) for day in (*days, OCTOBER)]
    return [(codes(made), [(entry["date"], entry["lines"]) for entry in made["entries"]]) for made in shown]


def test_a_load_that_breaks_off_again_and_again_ends_as_one_that_did_not(home: Hub, other_home: Hub) -> None:
    load(other_home)
    breaks = 0
    for times in range(2, 1_000, 3):
        try:
            load(replace(home, clock=stopping_after(times)))
            break
        except BrokeOff:
            breaks += 1
    assert breaks > 3
    assert results(home) == results(other_home)
    assert {name: len(rows) for name, rows in everything(home).items()} == {
        name: len(rows) for name, rows in everything(other_home).items()
    }


def test_what_a_person_did_since_is_left_alone(home: Hub) -> None:
    load(home)
    exported = export(home, COMPANY, OCTOBER)
    assert exported["state"] == "FILE_READY"
    before = everything(home)
    load(home)
    assert everything(home) == before
    assert show(home)["export"]["export"] == exported["export"]
    assert undo(home, COMPANY, exported["export"])["state"] == "UNDONE"
    before = everything(home)
    load(home)
    assert everything(home) == before
    assert show(home)["export"]["count_date"] == "2026-09-30"


def test_a_company_of_ones_own_with_the_same_code_is_left_alone(home: Hub) -> None:
    add_company(home, code=COMPANY, name="Our Own Restaurants", currency="USD")
    before = everything(home)
    with pytest.raises(DemoNotLoaded, match="taken by “Our Own Restaurants”"):
        load(home)
    assert everything(home) == before
