"""Yesterday's back-up is restored: the hub finds its own journals by their references and posts none of them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from hub.service.context import Refused
from hub.service.posting.health import posting_health
from hub.service.restoring import end_search, notice
from hub.testing.lossy import Fault
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import House
from tests.posting.proofs import posted_once, sends, tells


@contextmanager
def restored(house: House) -> Iterator[None]:
    """Back the database up, do something, and bring the back-up back as the operator does."""
    file = Path(str(house.database.url.database))
    house.database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yesterday = file.read_bytes()
    yield
    house.database.close()
    for leftover in file.parent.glob(f"{file.name}-*"):
        leftover.unlink()
    file.write_bytes(yesterday)
    house.sent.clear()
    assert notice(house.hub)


def kinds(house: House) -> list[str]:
    """Return what was asked of the ledger about journals, in order: the look-ups and the sends."""
    asked = [request for request in house.sent if request.url.path.endswith("/journals")]
    return ["send" if request.method == "POST" else "look up" for request in asked]


@pytest.mark.parametrize("profile", list(Profile))
def test_what_was_exported_since_the_back_up_is_found_and_not_posted_again(
    counted: MakeHouse, profile: Profile
) -> None:
    house = counted(profile)
    with restored(house):
        before = house.export()
    assert house.query("SELECT code FROM export") == []
    made = house.export()
    assert (made["export"], kinds(house)) == (before["export"], ["look up"])
    assert made["postings"][0]["receipt"]["id"] == before["postings"][0]["receipt"]["id"]
    posted_once(house, made)


def test_what_was_never_exported_is_looked_for_and_then_posted(house: House) -> None:
    with restored(house):
        house.sets(production="off")
    made = house.export()
    assert kinds(house) == ["look up", "send"]
    posted_once(house, made)


def test_it_is_told_to_the_operator_until_the_search_is_ended_and_then_nothing_is_searched_first(house: House) -> None:
    with restored(house):
        house.sets(production="off")
    assert [problem.code for problem in posting_health(house.hub)] == ["searching_first"]
    assert notice(house.hub)
    end_search(house.hub)
    assert (posting_health(house.hub), notice(house.hub)) == ([], False)
    posted_once(house, house.export())
    assert kinds(house) == ["send"]


def test_with_other_figures_than_were_posted_before_the_restore_it_differs_and_is_not_silently_posted(
    house: House,
) -> None:
    with restored(house):
        house.export()
    house.counts(values={"Meat": "5120.06", "Liquor": "9650.00"})
    made = house.export()
    assert (made["state"], len(house.journals()), sends(house)) == ("MISMATCH", 1, [])
    tells(made, "differs", "Its total there is 19,582.42, and 19,582.43 was sent.")


def test_a_search_that_fails_after_the_restore_sends_nothing(house: House) -> None:
    with restored(house):
        house.export()
    house.wire.arrives = lambda request: _down(house) if "journals" in request.url.path else None
    made = house.export()
    assert (made["state"], sends(house)) == ("FROZEN", [])
    house.down = None
    house.wire.arrives = lambda request: None
    posted_once(house.settles(), made)
    assert sends(house) == []


def _down(house: House) -> None:
    house.down = Fault.UNAVAILABLE_503
    raise httpx2.ReadTimeout("no answer")


def unknown(house: House) -> None:
    house.spoil(Fault.ANSWER_LOST)
    assert house.export()["state"] == "UNKNOWN"


def waiting(house: House) -> None:
    house.spoil(Fault.THROTTLED_120)
    assert house.export()["state"] == "FROZEN"


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.NO_KEY])
@pytest.mark.parametrize("leave", [unknown, waiting])
def test_what_was_on_its_way_in_the_back_up_and_arrived_since_is_found(
    counted: MakeHouse, profile: Profile, leave: Callable[[House], None]
) -> None:
    house = counted(profile)
    leave(house)
    with restored(house):
        house.settles()
        assert len(house.journals()) == 1
    posted_once(house.settles(), house.export())
    assert sends(house) == []


def test_an_undo_made_since_the_back_up_is_found_and_not_posted_again(house: House) -> None:
    made = house.export()
    with restored(house):
        house.undo(made["export"])
    assert house.shown(made["export"])["state"] == "POSTED"
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert set(house.ledger.trial_balance().balances.values()) == {0}
    assert (len(house.journals()), sends(house)) == (2, [])


def refused(house: House) -> None:
    """Leave an export that was refused, and open what it was refused for."""
    house.wire.arrives = lambda request: house.ledger.deactivate("acc-1310") if request.method == "POST" else None
    assert house.export()["state"] == "REJECTED"
    house.wire.arrives = lambda request: None
    house.ledger.activate("acc-1310")


@pytest.mark.parametrize("back_up", [waiting, refused])
def test_what_was_sent_since_the_back_up_is_not_given_up_but_found_and_then_undone(
    house: House, back_up: Callable[[House], None]
) -> None:
    back_up(house)
    code = str(house.query("SELECT code FROM export")[0]["code"])
    with restored(house):
        house.resume(code)
        house.settles()
        assert len(house.journals()) == 1
    asked = house.undo(code)
    tells(asked, "sent_before_restore", "stands in")
    assert asked["state"] in ("FROZEN", "REJECTED")
    posted_once(house, house.resume(code))
    assert house.undo(code)["state"] == "UNDONE"
    assert set(house.ledger.trial_balance().balances.values()) == {0}
    assert len(house.journals()) == 2


def test_where_nobody_can_tell_whether_it_was_sent_since_the_back_up_it_is_not_given_up_whatever_is_said(
    house: House,
) -> None:
    waiting(house)
    code = str(house.query("SELECT code FROM export")[0]["code"])
    with restored(house):
        house.sets(production="off")
    house.down = Fault.UNAVAILABLE_503
    asked = house.undo(code, "acknowledge=not_checked", "acknowledge=not_searched")
    tells(asked, "not_searched", "restored from an older copy")
    house.down = None
    assert house.undo(code)["state"] == "UNDONE"
    assert house.journals() == []


def test_a_journal_that_arrives_after_its_export_was_given_up_in_a_restored_database_is_alarmed_by_night(
    house: House,
) -> None:
    waiting(house)
    code = str(house.query("SELECT code FROM export")[0]["code"])
    with restored(house):
        house.ledger.commit_late(60)
        house.later(121)
        assert house.journals() == []
    assert house.undo(code)["state"] == "UNDONE"
    house.clock.advance(60)
    assert len(house.journals()) == 1
    house.check()
    tells(house.shown(code), "duplicate_there", "though it does not count as posted")


def test_an_undo_that_may_have_been_posted_since_the_back_up_is_not_withdrawn(house: House) -> None:
    code = house.export()["export"]
    house.spoil(Fault.THROTTLED_120)
    assert house.undo(code)["state"] == "FROZEN"
    with restored(house):
        house.settles()
        assert house.shown(code)["state"] == "UNDONE"
    with pytest.raises(Refused) as told:
        house.undo(code, withdraw=True)
    assert [problem.code for problem in told.value.problems] == ["restored"]
    assert house.resume(code)["state"] == "UNDONE"
    assert (len(house.journals()), sends(house)) == (2, [])
