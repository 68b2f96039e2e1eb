"""Many people press Export at the same moment, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from hub.api import Limits
from hub.service.context import Refused, problem_document
from hub.service.pacing import pace
from hub.testing.clock import VirtualClock
from hub.testing.ledger import FakeLedger
from hub.testing.profile import Profile
from tests.posting.house import Document, House, codes

CLIENTS = 50
ROUNDS = 2 if settings.get_current_profile_name() == "test" else 50
PAUSE_S = 0.02
SKIP = ("acknowledge=older_count_skipped",)
ON_THE_WAY = {"FROZEN", "SENDING", "UNKNOWN", "POSTED"}
Answer = TypeVar("Answer")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house whose ledger takes a moment for each call, and bears any number of them."""
    clock = VirtualClock()
    ledger = FakeLedger(now=clock.now, profile=Profile.REQUEST_ID, pause=lambda: _pause(PAUSE_S))
    made = House(database_url, tmp_path, ledger=ledger, clock=clock).set_up()
    yield made
    made.close()


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """Make calls at the same moment, each in a thread of its own, and return their answers in order."""
    together = threading.Barrier(len(calls))

    def made(call: Callable[[], Answer]) -> Answer:
        together.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(made, calls))


def months(rounds: int) -> Iterator[str]:
    for number in range(rounds):
        yield f"{2027 + number // 12}-{number % 12 + 1:02d}-28"


@pytest.mark.property
def test_fifty_people_who_press_export_at_once_all_get_the_same_export_and_one_journal(house: House) -> None:
    pressed: list[Callable[[str, str], Document]] = [
        lambda day, _: house.export(day),
        lambda day, seen: house.export(day, hash_=seen),
    ]
    for number, day in enumerate(months(ROUNDS), start=1):
        house.counts(day=day, values={"Meat": f"{number}.50", "Liquor": f"{number * 7}.25"})
        seen = house.preview(day)["hash"]
        answers = at_once(*[partial(pressed[client % 2], day, seen) for client in range(CLIENTS)])
        assert len({answer["export"] for answer in answers} - {None}) == 1, Counter(map(str, answers))
        assert {answer["state"] for answer in answers} <= ON_THE_WAY, Counter(map(str, answers))
        assert not any(problem["blocking"] for answer in answers for problem in answer["problems"])
        house.settles()
        assert house.shown(answers[0]["export"])["state"] == "POSTED"
        assert len(house.journals()) == number
        assert house.balance("1340") == Decimal(f"{number * 7}.25")


@pytest.mark.property
def test_two_counts_of_one_site_exported_at_once_go_one_after_the_other_and_the_books_are_right(house: House) -> None:
    days = list(months(2 * ROUNDS))
    refusals = Counter[str]()
    for number, (older, newer) in enumerate(zip(days[::2], days[1::2], strict=True), start=1):
        house.counts(day=older, values={"Meat": f"{number}.10"})
        house.counts(day=newer, values={"Meat": f"{number}.20"})
        answers = at_once(*[partial(pressed, house, day) for day in (older, newer) * 4])
        refusals.update(code for answer in answers if answer["export"] is None for code in codes(answer))
        assert {answer["state"] for answer in answers} <= {*ON_THE_WAY, "REFUSED"}
        assert house.settles().export(newer, *SKIP)["state"] == "POSTED"
        exported = house.query("SELECT count_date FROM export WHERE state = 'POSTED'")
        assert len(house.journals()) == len(exported)
        assert house.balance("1310") == Decimal(f"{number}.20") - Decimal("4812.37")
    assert set(refusals) <= {"export_in_progress", "figures_changed", "not_offered"}, refusals


def pressed(house: House, day: str) -> Document:
    """Press Export, and look at what a person is told either way."""
    try:
        return house.export(day, *SKIP)
    except Refused as refused:
        problems = [problem_document(problem) for problem in refused.problems]
        return {"export": None, "state": "REFUSED", "problems": problems}


def test_the_first_calls_to_a_connection_may_all_come_at_once(house: House) -> None:
    limits = Limits(calls_per_minute=1_000_000)
    (connection,) = house.query("SELECT id, company_id FROM connection")
    turn = partial(pace, house.hub, connection["company_id"], connection["id"], limits)
    assert at_once(*[turn] * CLIENTS) == [True] * CLIENTS
