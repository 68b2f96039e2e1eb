"""Whatever the network or the accounting system does to the call that posts a journal, it is posted once."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx2
import pytest

from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault, writes
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import TIMING, House
from tests.posting.proofs import LABEL, posted_once, reference, sends, tells

THROTTLED_S = {
    Fault.THROTTLED_0: 1,
    Fault.THROTTLED_120: 120,
    Fault.THROTTLED_DATE: 120,
    Fault.THROTTLED_NEGATIVE: 15,
    Fault.THROTTLED_WORD: 15,
    Fault.THROTTLED_HUGE: 3600,
    Fault.THROTTLED_SILENT: 15,
}
NOT_SENT = {Fault.CONNECT_REFUSED, Fault.CONNECT_TIMED_OUT, *THROTTLED_S}
ONE_OF_EACH_KIND = {
    Fault.CONNECT_REFUSED,
    Fault.THROTTLED_120,
    Fault.REQUEST_LOST,
    Fault.ERROR_500_BEFORE,
    Fault.ANSWER_LOST,
    Fault.ERROR_500_AFTER,
    Fault.HTML_200,
}
EVERY_FAULT = [
    pytest.param(
        fault, profile, marks=() if profile is Profile.NO_KEY or fault in ONE_OF_EACH_KIND else pytest.mark.soak
    )
    for fault in Fault
    for profile in Profile
]


@pytest.mark.parametrize(("fault", "profile"), EVERY_FAULT)
def test_a_journal_whose_call_went_wrong_is_posted_once(counted: MakeHouse, fault: Fault, profile: Profile) -> None:
    house = counted(profile)
    house.spoil(fault)
    made = house.export()
    if fault in NOT_SENT:
        assert made["state"] == "FROZEN"
        tells(made, "waiting", LABEL, reference(made), "The hub tries again by itself")
    else:
        assert made["state"] == "UNKNOWN"
        tells(
            made, "checking", LABEL, reference(made), "looks for it", "only if it is not there", "Export again is safe"
        )
    again = house.export()
    assert (again["export"], len(house.journals()) <= 1) == (made["export"], True)
    posted_once(house.settles(), made)
    assert house.transport.fired[fault] == 1


@pytest.mark.parametrize("profile", list(Profile))
def test_a_lost_journal_is_sent_again_with_the_same_key_and_the_same_bytes(
    counted: MakeHouse, profile: Profile
) -> None:
    house = counted(profile)
    house.spoil(Fault.REQUEST_LOST)
    made = house.export()
    posted_once(house.settles(), made)
    first, second = sends(house)
    key = made["postings"][0]["key"]
    assert key_of(first, profile) == key_of(second, profile) == (None if profile is Profile.NO_KEY else key)
    assert (first.url, first.content) == (second.url, second.content)


@pytest.mark.parametrize("profile", list(Profile))
def test_a_lost_journal_is_sent_again_only_when_it_can_no_longer_arrive_and_was_looked_for(
    counted: MakeHouse, profile: Profile
) -> None:
    house = counted(profile)
    calls: list[tuple[str, timedelta]] = []
    began = house.clock.now()
    house.wire.arrives = lambda request: calls.append((_kind(request), house.clock.now() - began))
    house.spoil(Fault.RESET_BEFORE)
    house.export()
    house.settles()
    kinds = [kind for kind, _ in calls if kind != "other"]
    assert (kinds[0], kinds[-2:], kinds.count("send")) == ("look up", ["look up", "send"], 1)
    commit_s = profile.limits.latest_commit_s
    assert commit_s is not None
    quiet = timedelta(seconds=TIMING.send_within_s + TIMING.call_s + commit_s + TIMING.lag_s)
    assert next(at for kind, at in calls if kind == "send") >= quiet


@pytest.mark.parametrize("fault", list(Fault))
def test_a_look_up_that_goes_wrong_never_means_that_the_journal_is_not_there(counted: MakeHouse, fault: Fault) -> None:
    house = counted(Profile.NO_KEY)
    house.spoil(Fault.ANSWER_LOST)
    made = house.export()
    house.reading_faults = [fault, fault]
    house.later(16)
    shown = house.shown(made["export"])
    assert (shown["state"], house.transport.fired[fault] >= 1) == ("UNKNOWN", True)
    tells(shown, "checking", LABEL, reference(made), "only if it is not there")
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


@pytest.mark.parametrize("profile", list(Profile))
def test_while_the_look_up_is_down_for_hours_nothing_is_sent_again(counted: MakeHouse, profile: Profile) -> None:
    house = counted(profile)
    house.spoil(Fault.ANSWER_LOST)
    made = house.export()
    house.down = Fault.UNAVAILABLE_503
    house.settles(6 * 3600)
    shown = house.shown(made["export"])
    assert (shown["state"], len(sends(house)), len(house.journals())) == ("UNKNOWN", 1, 1)
    tells(shown, "checking", LABEL, reference(made), "Export again is safe")
    house.down = None
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


@pytest.mark.parametrize("profile", [Profile.SHORT_KEY, Profile.NO_KEY])
@pytest.mark.parametrize("late_s", [1, 45, 360, 361, 1499])
def test_a_journal_that_is_written_up_to_twenty_five_minutes_late_is_found_and_not_sent_again(
    counted: MakeHouse, late_s: int, profile: Profile
) -> None:
    _late(counted(profile), late_s)


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.EXTERNAL_ID])
@pytest.mark.parametrize("late_s", [1, 45, 299])
def test_a_journal_that_is_written_up_to_five_minutes_late_is_found_and_not_sent_again(
    counted: MakeHouse, late_s: int, profile: Profile
) -> None:
    _late(counted(profile), late_s)


def _late(house: House, late_s: int) -> None:
    house.ledger.commit_late(late_s)
    house.ledger.lag_look_ups(TIMING.lag_s - 1)
    made = house.export()
    assert made["state"] == "UNKNOWN"
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.EXTERNAL_ID])
def test_a_key_that_lives_long_keeps_a_journal_single_that_comes_later_than_its_system_ever_should(
    counted: MakeHouse, profile: Profile
) -> None:
    house = counted(profile)
    house.ledger.commit_late(3600)
    made = house.export()
    house.settles()
    house.later(3600)
    posted_once(house, made)
    assert (len(sends(house)), house.check()) == (2, [])


@pytest.mark.parametrize("profile", [Profile.SHORT_KEY, Profile.NO_KEY])
def test_a_journal_that_comes_later_than_declared_stands_there_twice_and_the_nightly_check_sounds_the_alarm(
    counted: MakeHouse, profile: Profile
) -> None:
    house = counted(profile)
    house.ledger.commit_late(2 * 3600)
    made = house.export()
    house.settles().later(2 * 3600)
    first, second = (journal.id for journal in house.ledger.journals(reference(made)))
    assert house.check() == [
        {"export": made["export"], "reference": reference(made), "change": "", "duplicates": [second]}
    ]
    shown = house.shown(made["export"])
    assert shown["postings"][0]["receipt"]["id"] == first
    tells(
        shown,
        "duplicate_there",
        LABEL,
        reference(made),
        "more than once",
        f"hub undo {made['export']} --duplicate {second}",
    )
    assert (house.export()["export"], len(house.journals())) == (made["export"], 2)


def test_the_error_that_a_key_repeats_for_six_minutes_does_not_stand_for_an_answer(counted: MakeHouse) -> None:
    house = counted(Profile.SHORT_KEY)
    house.ledger.misbehave(LedgerFault.ERROR_BEFORE)
    made = house.export()
    assert made["state"] == "UNKNOWN"
    posted_once(house.settles(), made)


@pytest.mark.parametrize("profile", list(Profile))
def test_a_key_that_was_forgotten_long_before_the_journal_is_sent_again_makes_no_second_one(
    counted: MakeHouse, profile: Profile
) -> None:
    house = counted(profile, key_life_s=30)
    house.spoil(Fault.ANSWER_LOST)
    made = house.export()
    house.reading_faults = [Fault.UNAVAILABLE_503] * 8
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1


def key_of(request: httpx2.Request, profile: Profile) -> str | None:
    """Return the key that a request carries, where its system takes one."""
    told: str | None = {
        Profile.REQUEST_ID: request.url.params.get("request_id"),
        Profile.SHORT_KEY: request.headers.get("Idempotency-Key"),
        Profile.EXTERNAL_ID: json.loads(request.content).get("external_id"),
        Profile.NO_KEY: None,
    }[profile]
    return told


def _kind(request: httpx2.Request) -> str:
    if writes(request):
        return "send"
    return "look up" if request.url.path.endswith("/journals") else "other"
