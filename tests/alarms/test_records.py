"""Alarms from the hub's own records: each begins once, is logged once, and is over once what was wrong is put right."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from hub.service.alarms.keeping import Changes, keep_records
from hub.service.alarms.records import find_in_records
from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault
from tests.connecting.signed_house import SignedHouse
from tests.posting.house import House

DAY_S = 86_400


def edits(house: House) -> None:
    """Post October, and make the first line of its journal dearer there."""
    house.export()
    (journal,) = house.ledger.journals()
    lines = [replace(line, amount=line.amount + 50) for line in journal.lines[-2:]]
    house.ledger.edit(journal.id, lines=[*journal.lines[:-2], *lines])
    house.check()


def deletes(house: House) -> None:
    house.export()
    house.ledger.delete(house.ledger.journals()[0].id)
    house.check()


def doubles(house: House) -> None:
    house.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    house.export()
    house.settles()
    house.check()


def differs(house: House) -> None:
    house.ledger.misbehave(LedgerFault.CENT_CHANGED)
    house.export()


def is_stuck(house: House) -> None:
    house.spoil(Fault.REQUEST_LOST)
    house.export()
    house.clock.advance(DAY_S)


def fails(house: House) -> None:
    house.spoil(Fault.REQUEST_LOST)
    house.export()
    house.down = Fault.UNAVAILABLE_503
    house.later(3600)


WRONG: Mapping[str, Callable[[House], None]] = {
    "edited_there": edits,
    "deleted_there": deletes,
    "duplicate_there": doubles,
    "differs": differs,
    "posting_stands_still": is_stuck,
    "connection_failing": fails,
}


def codes(house: House) -> list[str]:
    with house.database.read() as connection:
        return [each.code for each in find_in_records(house.hub, connection)]


@pytest.mark.parametrize("code", WRONG)
def test_what_the_records_hold_is_found_with_what_to_do(house: House, code: str) -> None:
    assert codes(house) == []
    WRONG[code](house)
    with house.database.read() as connection:
        found = [each for each in find_in_records(house.hub, connection) if each.code == code]
    (one,) = found
    assert one.message
    assert one.fix
    assert (one.subject == "") == (code == "connection_failing")


def test_an_alarm_begins_once_and_is_over_once_and_both_are_logged_once(
    house_anywhere: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_anywhere
    differs(house)
    made = house.query("SELECT code FROM export")[0]["code"]
    caplog.set_level(logging.INFO, "hub.service.alarms")
    began = keep_records(house.hub)
    assert len(began.opened) == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    house.clock.advance(DAY_S)
    assert keep_records(house.hub) == Changes()
    house.accept(made)
    assert keep_records(house.hub) == Changes(closed=began.opened)
    assert keep_records(house.hub) == Changes()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    (row,) = house.query("SELECT code, opened_at, closed_at FROM alarm")
    assert (row["code"], row["opened_at"] < row["closed_at"]) == ("differs", True)


def test_what_comes_back_after_it_was_over_is_a_new_alarm(house: House) -> None:
    deletes(house)
    assert len(keep_records(house.hub).opened) == 1
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE posting SET changed_there = ''")
    assert len(keep_records(house.hub).closed) == 1
    house.check()
    assert len(keep_records(house.hub).opened) == 1
    assert len(house.query("SELECT id FROM alarm")) == 2


def test_what_waits_for_a_paused_company_is_not_said_to_stand_still(house: House) -> None:
    is_stuck(house)
    house.sets(mode="paused")
    assert "posting_stands_still" not in codes(house)
    house.sets(mode="manual")
    assert "posting_stands_still" in codes(house)


def test_a_sign_in_that_ends_is_told_thirty_and_seven_days_ahead_and_when_it_is_over(signed: SignedHouse) -> None:
    signed.vendor.hard_s = 60 * DAY_S
    signed.sign_in()

    def told() -> list[tuple[str, str]]:
        with signed.database.read() as connection:
            return [(each.code, each.level.value) for each in find_in_records(signed.hub, connection)]

    assert told() == []
    signed.clock.advance(31 * DAY_S)
    assert told() == [("sign_in_ends", "note")]
    signed.clock.advance(23 * DAY_S)
    assert told() == [("sign_in_ends", "warning")]


def test_alarms_that_are_long_over_are_forgotten(house: House) -> None:
    deletes(house)
    keep_records(house.hub)
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE posting SET changed_there = ''")
    keep_records(house.hub)
    house.clock.advance(91 * DAY_S)
    keep_records(house.hub)
    assert house.query("SELECT id FROM alarm") == []
