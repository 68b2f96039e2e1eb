"""What each profile does with a key that comes again: with the same body or another, soon or late, after an error."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from hub.testing import LedgerFault, Profile
from tests.testing.kit import KEY, World, code, journal_body

SIX_MINUTES_S = 360
OTHER = journal_body("Dr 1310 1", "Cr 5010 1")


def ids(world: World) -> list[str]:
    return [journal.id for journal in world.ledger.journals()]


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.SHORT_KEY])
def test_the_same_key_gives_the_first_answer_again(profile: Profile) -> None:
    world = World(profile)
    first, second = world.send(key=KEY), world.send(key=KEY)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert ids(world) == ["J1001"]
    assert world.ledger.journals()[0].key == KEY


@pytest.mark.parametrize("profile", list(Profile))
def test_another_key_is_another_journal(profile: Profile) -> None:
    world = World(profile)
    world.send(key=KEY)
    assert world.send(key="f" * 32).status_code == 201
    assert ids(world) == ["J1001", "J1002"]


@pytest.mark.parametrize("profile", list(Profile))
def test_without_a_key_every_call_writes(profile: Profile) -> None:
    world = World(profile)
    world.send()
    world.send()
    assert ids(world) == ["J1001", "J1002"]


def test_a_request_id_ignores_another_body() -> None:
    world = World(Profile.REQUEST_ID)
    first = world.send(key=KEY)
    assert world.send(OTHER, key=KEY).content == first.content
    assert ids(world) == ["J1001"]


def test_a_request_id_lives_for_months() -> None:
    world = World(Profile.REQUEST_ID)
    world.send(key=KEY)
    world.clock.advance(300 * 86_400)
    world.send(key=KEY)
    assert ids(world) == ["J1001"]


def test_a_request_id_answers_as_at_first_though_the_journal_was_deleted() -> None:
    world = World(Profile.REQUEST_ID)
    first = world.send(key=KEY)
    world.ledger.delete("J1001")
    assert world.send(key=KEY).content == first.content
    assert ids(world) == []


def test_a_request_id_does_not_keep_a_refusal() -> None:
    world = World(Profile.REQUEST_ID)
    world.ledger.deactivate("acc-5010")
    assert code(world.send(key=KEY)) == "account_inactive"
    world.ledger.activate("acc-5010")
    assert world.send(key=KEY).status_code == 201


def test_a_short_key_refuses_another_body() -> None:
    world = World(Profile.SHORT_KEY)
    world.send(key=KEY)
    answer = world.send(OTHER, key=KEY)
    assert (answer.status_code, code(answer)) == (400, "key_reused")
    assert ids(world) == ["J1001"]


def test_a_short_key_is_forgotten_six_minutes_after_its_first_call() -> None:
    world = World(Profile.SHORT_KEY)
    world.send(key=KEY)
    world.clock.advance(SIX_MINUTES_S - 1)
    world.send(key=KEY)
    assert ids(world) == ["J1001"]
    world.clock.advance(1)
    world.send(key=KEY)
    assert ids(world) == ["J1001", "J1002"]


def test_a_short_key_repeats_a_refusal_until_it_is_forgotten() -> None:
    world = World(Profile.SHORT_KEY)
    world.ledger.deactivate("acc-5010")
    world.send(key=KEY)
    world.ledger.activate("acc-5010")
    assert code(world.send(key=KEY)) == "account_inactive"
    world.clock.advance(SIX_MINUTES_S)
    assert world.send(key=KEY).status_code == 201


@pytest.mark.parametrize("fault", [LedgerFault.ERROR_BEFORE, LedgerFault.ERROR_AFTER])
def test_a_short_key_repeats_an_error_of_the_system_until_it_is_forgotten(fault: LedgerFault) -> None:
    world = World(Profile.SHORT_KEY)
    world.ledger.misbehave(fault)
    written = fault is LedgerFault.ERROR_AFTER
    for _ in range(2):
        assert world.send(key=KEY).status_code == 500
        assert len(ids(world)) == written
    world.clock.advance(SIX_MINUTES_S)
    assert world.send(key=KEY).status_code == 201
    assert len(ids(world)) == written + 1


def test_a_request_id_gives_the_journal_after_an_error_that_wrote_it() -> None:
    world = World(Profile.REQUEST_ID)
    world.ledger.misbehave(LedgerFault.ERROR_AFTER)
    assert world.send(key=KEY).status_code == 500
    assert world.send(key=KEY).json()["journal"]["id"] == "J1001"
    assert ids(world) == ["J1001"]


def test_an_external_id_is_refused_a_second_time_without_the_first_ones_id() -> None:
    world = World(Profile.EXTERNAL_ID)
    world.send(key=KEY)
    answer = world.send(OTHER, key=KEY)
    assert (answer.status_code, code(answer)) == (409, "already_exists")
    assert "J1001" not in answer.text
    assert ids(world) == ["J1001"]
    found = world.call("GET", "/journals", params={"external_id": KEY}).json()["journals"]
    assert [journal["id"] for journal in found] == ["J1001"]


def test_an_external_id_is_free_again_once_its_journal_is_deleted_and_not_when_it_is_void() -> None:
    world = World(Profile.EXTERNAL_ID)
    world.send(key=KEY)
    world.ledger.void("J1001")
    assert code(world.send(key=KEY)) == "already_exists"
    world.ledger.delete("J1001")
    assert world.send(key=KEY).status_code == 201


def test_other_profiles_know_no_external_id() -> None:
    world = World(Profile.NO_KEY)
    world.send(external_id=KEY)
    world.send(external_id=KEY)
    assert ids(world) == ["J1001", "J1002"]
    assert world.call("GET", "/journals", params={"external_id": KEY}).json()["journals"] == []


def test_a_key_may_be_given_another_life() -> None:
    world = World(Profile.SHORT_KEY, options={"key_life_s": 2})
    world.send(key=KEY)
    world.clock.advance(2)
    world.send(key=KEY)
    assert ids(world) == ["J1001", "J1002"]


def lost(world: World, key: str = KEY) -> None:
    """Send a journal and hear nothing."""
    with pytest.raises(httpx2.ReadTimeout):
        world.send(key=key)


@pytest.mark.parametrize("profile", list(Profile))
def test_a_late_journal_is_there_when_its_time_has_come_and_not_before(profile: Profile) -> None:
    world = World(profile)
    world.ledger.commit_late(1_500)
    lost(world)
    world.clock.advance(1_499)
    assert ids(world) == []
    world.clock.advance(1)
    assert ids(world) == ["J1001"]
    assert world.ledger.journals()[0].created_at == world.clock.now()
    assert world.ledger.fired == {LedgerFault.LATE_COMMIT: 1}


def test_a_late_journal_is_dated_when_it_came_though_nobody_looked_then() -> None:
    world = World(Profile.REQUEST_ID)
    world.ledger.commit_late(60)
    lost(world)
    came = world.clock.now() + timedelta(seconds=60)
    world.clock.advance(3_600)
    assert world.ledger.journals()[0].created_at == came


def test_a_late_journal_may_come_later_than_the_profile_declares() -> None:
    world = World(Profile.SHORT_KEY)
    late_s = (Profile.SHORT_KEY.limits.latest_commit_s or 0) + 600
    world.ledger.commit_late(late_s)
    lost(world)
    world.clock.advance(late_s)
    assert ids(world) == ["J1001"]


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.EXTERNAL_ID])
def test_a_late_journal_gives_way_to_the_one_that_was_sent_again(profile: Profile) -> None:
    world = World(profile)
    world.ledger.commit_late(60)
    lost(world)
    assert world.send(key=KEY).status_code == 201
    world.clock.advance(60)
    assert ids(world) == ["J1001"]


def test_a_late_journal_answers_to_its_request_id() -> None:
    world = World(Profile.REQUEST_ID)
    world.ledger.commit_late(60)
    lost(world)
    world.clock.advance(60)
    assert world.send(key=KEY).json()["journal"]["id"] == "J1001"


def test_two_late_journals_of_one_request_id_are_one() -> None:
    world = World(Profile.REQUEST_ID)
    world.ledger.commit_late(60, times=2)
    lost(world)
    lost(world)
    world.clock.advance(60)
    assert ids(world) == ["J1001"]


def test_sending_again_after_a_short_key_is_forgotten_doubles_a_late_journal() -> None:
    world = World(Profile.SHORT_KEY)
    world.ledger.commit_late(1_500)
    lost(world)
    assert (world.send(key=KEY).status_code, ids(world)) == (504, [])
    world.clock.advance(SIX_MINUTES_S)
    assert world.send(key=KEY).status_code == 201
    world.clock.advance(1_500)
    assert ids(world) == ["J1001", "J1002"]


def test_sending_again_too_early_without_a_key_doubles_a_late_journal() -> None:
    world = World(Profile.NO_KEY)
    world.ledger.commit_late(60)
    lost(world)
    world.send()
    world.clock.advance(60)
    assert ids(world) == ["J1001", "J1002"]


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.SHORT_KEY, Profile.EXTERNAL_ID])
def test_a_ledger_that_ignores_a_known_key_writes_a_second_journal(profile: Profile) -> None:
    world = World(profile)
    world.ledger.misbehave(LedgerFault.KEY_IGNORED)
    world.send(key=KEY)
    assert world.ledger.fired == {}
    assert world.send(key=KEY).status_code == 201
    assert ids(world) == ["J1001", "J1002"]
    assert world.ledger.fired == {LedgerFault.KEY_IGNORED: 1}
