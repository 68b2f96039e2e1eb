"""The database is locked or its disk full, before the call or after the answer: what was not written down is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from hub.store import Database, Transaction
from hub.testing.profile import Profile
from tests.faults.moments import DatabaseFails
from tests.posting.conftest import MakeHouse
from tests.posting.house import House
from tests.posting.proofs import posted_once, sends

FREEZE, CLAIM, RECORD = 1, 2, 3
"""The writing transactions of an export whose call is answered at once."""


class FailingDatabase:
    """A database of which some writing transactions fail: as they begin, before they commit, or after they did."""

    def __init__(self, inner: Database, *, at: int, moment: str, times: int = 1) -> None:
        self._inner = inner
        self._fails = range(at, at + times)
        self._moment = moment
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        self.writes += 1
        fails = self.writes in self._fails
        if fails and self._moment == "locked":
            raise DatabaseFails("database is locked")
        with self._inner.write() as connection:
            yield connection
            if fails and self._moment == "full":
                raise DatabaseFails("database or disk is full")
        if fails and self._moment == "unheard":
            raise DatabaseFails("the connection was lost at the commit")


def export_failing(house: House, *, at: int, moment: str, times: int = 1) -> None:
    """Press Export while the database fails, which the person is told as an error."""
    failing: Any = FailingDatabase(house.database, at=at, moment=moment, times=times)
    house.hub = replace(house.hub, database=failing)
    with pytest.raises(DatabaseFails):
        house.export()
    house.hub = replace(house.hub, database=house.database)


@pytest.mark.parametrize("moment", ["locked", "full"])
def test_before_the_freeze_nothing_is_left_and_pressing_again_exports(house: House, moment: str) -> None:
    export_failing(house, at=FREEZE, moment=moment)
    assert (house.query("SELECT code FROM export"), sends(house)) == ([], [])
    posted_once(house, house.export())


@pytest.mark.parametrize("moment", ["locked", "full"])
def test_before_the_call_nothing_is_sent_that_was_not_written_down(house: House, moment: str) -> None:
    export_failing(house, at=CLAIM, moment=moment)
    assert sends(house) == []
    posted_once(house, house.export())
    assert len(sends(house)) == 1


@pytest.mark.parametrize("moment", ["locked", "full", "unheard"])
def test_after_the_answer_the_journal_is_there_once_whether_or_not_it_was_written_down(
    counted: MakeHouse, moment: str
) -> None:
    house = counted(Profile.NO_KEY)
    export_failing(house, at=RECORD, moment=moment)
    (row,) = house.query("SELECT state FROM posting")
    assert (row["state"], len(house.journals())) == ("POSTED" if moment == "unheard" else "SENDING", 1)
    posted_once(house.settles(), house.export())
    assert len(sends(house)) == 1


@pytest.mark.parametrize("at", [FREEZE, CLAIM])
def test_a_commit_that_was_made_and_not_heard_of_is_found_by_whoever_comes_next(house: House, at: int) -> None:
    export_failing(house, at=at, moment="unheard")
    assert sends(house) == []
    posted_once(house.settles(), house.export())


def test_a_database_that_fails_again_and_again_doubles_nothing(house: House) -> None:
    for moment in ("locked", "full"):
        with suppress(DatabaseFails):
            export_failing(house, at=CLAIM, moment=moment, times=50)
    for moment in ("full", "locked"):
        house.settles(30)
        failing: Any = FailingDatabase(house.database, at=2, moment=moment, times=50)
        house.hub = replace(house.hub, database=failing)
        with suppress(DatabaseFails):
            house.settles(60)
        house.hub = replace(house.hub, database=house.database)
    posted_once(house.settles(), house.export())
