"""The night's look at a connection: what it finds is kept and said once, not again every night."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from hub.api import Level, Problem, Where
from hub.service.alarms import by_night
from hub.service.alarms.by_hand import look_at_connections
from hub.service.alarms.by_night import look_at, night_of
from hub.service.connecting.ending import disconnect
from hub.service.jobs import check_by_night
from hub.testing.lossy import Fault
from tests.connecting.conftest import MakeTyped
from tests.connecting.gate import ACCOUNT
from tests.connecting.signed_house import SignedHouse
from tests.posting.house import House


def nights(house: House, hours: int) -> list[str]:
    """Let the night watch run every hour, and return what it checked."""
    checked = []
    for _ in range(hours):
        house.clock.advance(3600)
        checked += check_by_night(house.hub)
    return checked


def test_a_connection_is_looked_at_once_a_night(signed: SignedHouse) -> None:
    assert nights(signed, 48) == [f"{signed.company}/books"] * 2
    told = night_of(signed.hub, signed.company, "books")
    assert (told["alarms"], told["chart"]) == ([], {"added": 0, "changed": 0, "gone": 0})


def test_a_system_that_does_not_answer_is_said_once_and_when_it_does_again(
    house_anywhere: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_anywhere
    house.export()
    house.down = Fault.UNAVAILABLE_503
    caplog.set_level(logging.INFO, "hub.service")
    assert nights(house, 72) == []
    told = night_of(house.hub, house.company, "books")["alarms"]
    assert [each["code"] for each in told] == ["connector_failed"]
    house.down = None
    assert nights(house, 24)
    assert night_of(house.hub, house.company, "books")["alarms"] == []
    said = [record.levelname for record in caplog.records if "alarm" in record.message]
    assert said == ["WARNING", "INFO"]


def test_a_sign_in_that_reaches_another_company_is_found(signed: SignedHouse) -> None:
    signed.connector.books = {"9": "Somebody Else"}
    look, changes = look_at(signed.hub, signed.company, "books")
    assert (look.usable, len(changes.opened)) == (False, 1)
    (alarm,) = night_of(signed.hub, signed.company, "books")["alarms"]
    assert alarm["code"] == "wrong_company"


def test_secrets_that_are_no_longer_taken_are_found_and_over_once_they_are_put_right_there(
    make_typed: MakeTyped,
) -> None:
    house = make_typed()
    house.types()
    known = dict(house.gate.secrets)
    house.gate.secrets = {ACCOUNT: "another-secret-of-theirs"}
    (found,) = look_at_connections(house.hub, house.company)
    assert [each["code"] for each in found["problems"]] == ["reconnect_needed"]
    house.gate.secrets = known
    house.clock.advance(60)
    (found,) = look_at_connections(house.hub, house.company)
    assert (found["problems"], found["checked"]) == ([], True)


def test_a_connection_that_nobody_signed_in_to_is_no_alarm(signed: SignedHouse) -> None:
    disconnect(signed.hub, signed.company, "books")
    look, changes = look_at(signed.hub, signed.company, "books")
    assert (look.usable, changes.opened) == (False, ())


def test_what_a_further_finder_finds_is_kept_with_the_rest(
    signed: SignedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Where(connection="books", gl_account="5010")
    gone = Problem(
        level=Level.WARNING, code="map_account_gone", message="5010 is gone.", fix="Map it anew.", where=where
    )
    monkeypatch.setattr(by_night, "FINDERS", (*by_night.FINDERS, lambda look: [gone] if look.usable else []))
    look_at(signed.hub, signed.company, "books")
    assert [each["code"] for each in night_of(signed.hub, signed.company, "books")["alarms"]] == ["map_account_gone"]
    monkeypatch.undo()
    look_at(signed.hub, signed.company, "books")
    assert night_of(signed.hub, signed.company, "books")["alarms"] == []


def test_the_look_is_in_the_night_of_the_company(signed: SignedHouse) -> None:
    signed.sets(time_zone="America/New_York")
    while not check_by_night(signed.hub):
        signed.clock.advance(900)
    assert 1 <= (signed.clock.now() - timedelta(hours=5)).hour < 5
