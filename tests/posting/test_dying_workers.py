"""Wherever a worker dies between pressing Export and the journal's receipt, the next one ends with exactly one journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from hub.domain.posting import Rules
from hub.service.posting import life
from hub.store import Database, Transaction
from hub.testing.lossy import Fault, writes
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import OCTOBER, TIMING, House
from tests.posting.proofs import LABEL, nothing_posted, posted_once, reference, sends, tells

MOST_WRITES = 12


class Died(BaseException):
    """The worker's process is gone."""


class MortalDatabase:
    """A database whose process dies at one of its writing transactions: before it, in it, or right after it."""

    def __init__(self, inner: Database, *, at: int, moment: str) -> None:
        self._inner = inner
        self._at = at
        self._moment = moment
        self._writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        self._writes += 1
        dies = self._writes == self._at
        if dies and self._moment == "before":
            raise Died
        with self._inner.write() as connection:
            yield connection
            if dies and self._moment == "in":
                raise Died
        if dies:
            raise Died


def dies(house: House, act: Callable[[], object], *, at: int, moment: str) -> bool:
    """Act until the process dies at a writing transaction, then let another worker have the house; False if it did not."""
    mortal: Any = MortalDatabase(house.database, at=at, moment=moment)
    house.hub = replace(house.hub, database=mortal)
    try:
        act()
        return False
    except Died:
        return True
    finally:
        house.hub = replace(house.hub, database=house.database)
        house.hub = house.worker("another")


def everywhere(make: Callable[[], House], act: Callable[[House], object]) -> Iterator[House]:
    """Yield a house for each writing transaction of an act, its worker dead in it, or right after it."""
    for moment in ("in", "after"):
        for at in range(1, MOST_WRITES):
            house = make()
            if not dies(house, lambda here=house: act(here), at=at, moment=moment):  # type: ignore[misc]
                break
            yield house
        else:
            pytest.fail("it writes more often than was thought")


@pytest.mark.parametrize("profile", list(Profile))
def test_a_worker_that_dies_at_any_boundary_of_an_export_leaves_one_journal_or_none(
    counted: MakeHouse, profile: Profile
) -> None:
    deaths = 0
    for house in everywhere(lambda: counted(profile), House.export):
        deaths += 1
        frozen = bool(house.query("SELECT id FROM export"))
        assert len(house.settles().journals()) == frozen
        posted_once(house, house.export())
    assert deaths == 6  # freeze, claim and record, twice each


@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.ANSWER_LOST])
def test_a_worker_that_dies_while_it_finds_out_what_became_of_a_lost_call_leaves_one_journal(
    counted: MakeHouse, fault: Fault
) -> None:
    def lost() -> House:
        house = counted(Profile.NO_KEY, Rules(replace(TIMING, first_wait_s=600)))
        house.spoil(fault)
        house.export()
        return house

    deaths = 0
    for house in everywhere(lost, House.settles):
        deaths += 1
        made = house.export()
        posted_once(house.settles(), made)
    assert deaths == {Fault.ANSWER_LOST: 4, Fault.REQUEST_LOST: 10}[fault]  # claims and records, twice each


def test_before_it_is_frozen_a_dead_export_leaves_nothing_behind(house: House) -> None:
    assert dies(house, house.export, at=1, moment="in")
    assert (house.query("SELECT code FROM export"), house.journals()) == ([], [])
    assert house.preview()["problems"] == []
    posted_once(house, house.export())


def test_a_dead_worker_after_the_freeze_leaves_an_export_that_waits_and_is_sent_by_the_next(house: House) -> None:
    assert dies(house, house.export, at=1, moment="after")
    (row,) = house.query("SELECT code FROM export")
    waiting = house.shown(row["code"])
    assert (waiting["state"], house.journals()) == ("FROZEN", [])
    tells(waiting, "waiting", LABEL, reference(waiting), "The hub sends it by itself")
    house.sweep()
    posted_once(house, waiting)


def test_a_dead_worker_after_the_intent_has_the_next_look_before_it_sends(house: House) -> None:
    assert dies(house, house.export, at=2, moment="after")
    (row,) = house.query("SELECT code FROM export")
    sending = house.shown(row["code"])
    assert (sending["state"], len(sends(house))) == ("SENDING", 0)
    tells(sending, "posting", LABEL, reference(sending))
    house.later(75)
    tells(house.shown(row["code"]), "checking", LABEL, reference(sending), "only if it is not there")
    assert len(sends(house)) == 0
    posted_once(house.settles(), sending)


def test_a_dead_worker_after_the_send_has_the_next_find_the_journal(house: House) -> None:
    house.wire.leaves = lambda request: interrupt() if writes(request) else None
    with pytest.raises(KeyboardInterrupt):
        house.export()
    house.wire.leaves = lambda request: None
    house.hub = house.worker("another")
    posted_once(house.settles(), house.export())
    assert len(sends(house)) == 1


def test_a_dead_worker_before_the_first_byte_has_the_next_send_the_journal(house: House) -> None:
    house.wire.arrives = lambda request: interrupt() if writes(request) else None
    with pytest.raises(KeyboardInterrupt):
        house.export()
    house.wire.arrives = lambda request: None
    house.hub = house.worker("another")
    house.later(70)
    assert house.journals() == []
    posted_once(house.settles(), house.export())


def test_a_dead_worker_after_the_answer_has_the_next_find_the_journal(house: House) -> None:
    assert dies(house, house.export, at=3, moment="in")
    (row,) = house.query("SELECT code FROM export")
    assert (house.shown(row["code"])["state"], len(house.journals())) == ("SENDING", 1)
    posted_once(house.settles(), house.shown(row["code"]))
    assert len(sends(house)) == 1


def test_pressing_export_while_a_dead_workers_call_is_not_given_up_yet_sends_nothing(house: House) -> None:
    assert dies(house, house.export, at=2, moment="after")
    (row,) = house.query("SELECT code FROM export")
    nothing_posted(house, house.shown(row["code"]), "SENDING")
    assert len(sends(house)) == 0


def test_what_a_worker_held_is_taken_over_as_soon_as_it_gives_no_sign_of_life(house: House) -> None:
    house.hub = house.worker("first", beats=True)
    life.start(house.hub)
    assert dies(house, house.export, at=2, moment="after")
    house.later(10)
    (row,) = house.query("SELECT code, lease_owner FROM export JOIN posting ON posting.export_id = export.id")
    assert house.shown(row["code"])["state"] == "UNKNOWN"


def test_a_worker_that_starts_again_takes_what_it_held_itself_at_once(house: House) -> None:
    house.hub = house.worker("first", beats=True)
    life.start(house.hub)
    assert dies(house, house.export, at=2, moment="after")
    house.hub = replace(house.hub, posting=replace(house.posting, worker="first", incarnation="again", beats=True))
    life.start(house.hub)
    house.sweep()
    (row,) = house.query("SELECT code FROM export")
    assert house.shown(row["code"])["state"] == "UNKNOWN"


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.NO_KEY])
def test_a_worker_that_dies_at_any_boundary_of_an_undo_leaves_the_books_as_they_were(
    counted: MakeHouse, profile: Profile
) -> None:
    def exported() -> House:
        house = counted(profile)
        house.export()
        return house

    for house in everywhere(exported, lambda house: house.undo(code_of(house))):
        house.settles()
        assert house.undo(code_of(house))["state"] == "UNDONE"
        assert len(house.journals()) == 2
        assert set(house.ledger.trial_balance().balances.values()) == {0}
        assert house.preview(OCTOBER)["problems"] == []


def code_of(house: House) -> str:
    (row,) = house.query("SELECT code FROM export")
    return str(row["code"])


def interrupt() -> None:
    """End the process as an operator does: the only way out of a plugin that the hub does not sort."""
    raise KeyboardInterrupt
