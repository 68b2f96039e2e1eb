"""Tokens renewed: ahead, once, by one at a time; lost answers, crashes, refusals, and a 401 that does not go away."""

from __future__ import annotations

import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hub.api import ReconnectNeeded, TryLater
from hub.service.connecting.books_there import companies_there
from hub.service.connecting.standing import connections
from hub.service.connecting.trying import try_connection
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import WAY

GRACE = replace(WAY, grace_s=1800)
AT_ONCE = 50


def ask(house: SignedHouse) -> None:
    """Make a call that only reads."""
    companies_there(house.hub, house.company, "books")


def state(house: SignedHouse) -> str:
    (found,) = connections(house.hub, house.company)
    return str(found["state"])


def renewals_by(house: SignedHouse, clients: int) -> int:
    """Have so many callers ask at once, and return how often the tokens were renewed for them."""
    before = house.vendor.renewals
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(lambda _: ask(house), range(clients)))
    return house.vendor.renewals - before


def test_a_token_with_life_left_is_used_as_it_is(signed: SignedHouse) -> None:
    before = signed.vendor.renewals
    ask(signed)
    signed.clock.advance(3600 - 130)
    ask(signed)
    assert signed.vendor.renewals == before


def test_a_token_with_less_than_two_minutes_left_is_renewed_before_the_request(signed: SignedHouse) -> None:
    before = signed.vendor.renewals
    signed.clock.advance(3600 - 110)
    ask(signed)
    ask(signed)
    assert signed.vendor.renewals == before + 1


@pytest.mark.parametrize("life", [60, "3600", "soon", None, -5, 10**12, True])
def test_however_long_a_token_is_said_to_live_it_is_not_renewed_with_every_request(
    make_signed: MakeSigned, life: object
) -> None:
    house = make_signed()
    house.vendor.access_s = life
    house.sign_in()
    before = house.vendor.renewals
    for _ in range(3):
        ask(house)
    assert house.vendor.renewals == before


def test_fifty_callers_of_an_expired_token_make_one_renewal(signed: SignedHouse) -> None:
    signed.patiently().clock.advance(3601)
    assert renewals_by(signed, AT_ONCE) == 1


def test_two_workers_of_one_database_make_one_renewal(database_url: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    house = SignedHouse(database_url, tmp_path).begin()
    house.patiently().sign_in()
    other = SignedHouse(
        database_url, tmp_path, clock=house.clock, ledger=house.ledger, vendor=house.vendor
    ).patiently()  # its own connections to the database, as another process has
    house.clock.advance(3601)
    before = house.vendor.renewals
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, [house, other] * 4))
    assert house.vendor.renewals == before + 1
    other.close()
    house.close()


def test_a_renewal_that_another_does_is_waited_for_and_no_call_waits_where_the_token_still_lives(
    signed: SignedHouse,
) -> None:
    before = signed.vendor.renewals
    signed.clock.advance(3600 - 60)
    signed.vendor.meanwhile = lambda: ask(signed)  # a call comes while the renewal is on its way
    ask(signed)
    assert signed.vendor.renewals == before + 1


def test_a_token_that_does_not_rotate_stays(signed: SignedHouse) -> None:
    signed.vendor.rotates = False
    for _ in range(2):
        signed.clock.advance(3600)
        ask(signed)
    assert state(signed) == "ready"


def test_a_renewal_that_died_before_it_was_saved_is_tried_again_where_the_system_has_a_grace(
    make_signed: MakeSigned,
) -> None:
    house = make_signed(way=GRACE)
    house.sign_in()
    dies_in_renewal(house)
    house.clock.advance(61)
    ask(house)
    assert state(house) == "ready"


def test_a_renewal_that_died_before_it_was_saved_asks_to_connect_again_where_the_token_is_used_up(
    signed: SignedHouse,
) -> None:
    dies_in_renewal(signed)
    signed.clock.advance(61)
    asks_to_reconnect(signed)


def test_a_grace_that_has_passed_asks_to_connect_again(make_signed: MakeSigned) -> None:
    house = make_signed(way=GRACE)
    house.sign_in()
    dies_in_renewal(house)
    house.clock.advance(1801)
    asks_to_reconnect(house)


def dies_in_renewal(house: SignedHouse) -> None:
    """Let the process die when the new tokens are there and before they are saved."""
    house.clock.advance(3600)
    house.vendor.meanwhile = lambda: None
    real = house.vendor._grant  # noqa: SLF001 - the moment after it is what this is about

    def granted_and_gone(form: dict[str, str]) -> None:
        real(form)
        raise KeyboardInterrupt

    house.vendor._grant = granted_and_gone  # type: ignore[method-assign, assignment]  # noqa: SLF001
    with pytest.raises(KeyboardInterrupt):
        ask(house)
    house.vendor._grant = real  # type: ignore[method-assign]  # noqa: SLF001


def asks_to_reconnect(house: SignedHouse) -> None:
    """Assert that a person is asked, once, and that the accounting system is not asked again and again."""
    for _ in range(3):
        with pytest.raises(ReconnectNeeded, match="Connect again"):
            ask(house)
        asked = house.vendor.renewals
        house.clock.advance(600)
    assert house.vendor.renewals == asked
    assert state(house) == "reconnect"
    ended = house.query("SELECT action FROM audit_event WHERE action = 'sign-in ended'")
    assert len(ended) == 1
    house.sign_in()
    assert state(house) == "ready"
    ask(house)


def test_a_refresh_token_that_was_taken_back_asks_to_connect_again(signed: SignedHouse) -> None:
    signed.vendor.refresh.clear()
    signed.clock.advance(3600)
    asks_to_reconnect(signed)


def test_fifty_callers_of_a_sign_in_that_has_ended_ask_once(signed: SignedHouse) -> None:
    signed.patiently().vendor.refresh.clear()
    signed.clock.advance(3600)
    before = signed.vendor.renewals

    def refused(_: int) -> bool:
        with pytest.raises(ReconnectNeeded):
            ask(signed)
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert all(threads.map(refused, range(AT_ONCE)))
    assert signed.vendor.renewals == before + 1


def test_a_lost_answer_is_asked_for_again_at_once_where_there_is_a_grace(make_signed: MakeSigned) -> None:
    house = make_signed(way=GRACE)
    house.sign_in()
    house.clock.advance(3600)
    house.vendor.troubles = ["lost_answer"]
    ask(house)
    assert state(house) == "ready"


@pytest.mark.parametrize("trouble", ["lost_request", "unavailable", "invalid_client"])
def test_a_system_that_does_not_renew_for_now_is_asked_again_later_and_not_with_every_call(
    signed: SignedHouse, trouble: str
) -> None:
    signed.clock.advance(3600)
    signed.vendor.troubles = [trouble]
    before = signed.vendor.renewals
    with pytest.raises((TryLater, ReconnectNeeded)):
        ask(signed)
    with pytest.raises(TryLater) as later:
        ask(signed)
    assert signed.vendor.renewals == before + 1
    assert 1 <= (later.value.retry_after_s or 0) <= 10
    assert state(signed) == "ready"
    signed.clock.advance(11)
    ask(signed)


def test_a_renewal_ahead_that_fails_keeps_nobody_from_using_what_still_lives(signed: SignedHouse) -> None:
    signed.clock.advance(3600 - 60)
    signed.vendor.troubles = ["unavailable"]
    ask(signed)
    assert state(signed) == "ready"


def test_a_late_renewal_does_not_replace_the_tokens_of_a_later_one(make_signed: MakeSigned) -> None:
    house = make_signed(way=GRACE)
    house.sign_in()
    house.clock.advance(3600)

    def overtaken() -> None:
        house.vendor.meanwhile = lambda: None
        house.clock.advance(61)  # the renewal on its way is asleep past its lease
        ask(house)

    house.vendor.meanwhile = overtaken
    ask(house)
    (row,) = house.query("SELECT version FROM sign_in")
    assert row["version"] == 2
    house.clock.advance(3600)
    ask(house)
    assert state(house) == "ready"


def test_a_read_that_is_refused_is_sent_again_with_a_new_token(signed: SignedHouse) -> None:
    signed.clock.advance(600)
    signed.ledger.revoke()
    signed.ledger.grant()
    before = signed.vendor.renewals
    ask(signed)
    assert signed.vendor.renewals == before + 1


def test_a_refusal_that_does_not_go_away_is_told_after_one_renewal(signed: SignedHouse) -> None:
    signed.clock.advance(600)
    before = signed.vendor.renewals
    signed.ledger.revoke()
    for _ in range(5):
        with pytest.raises(ReconnectNeeded):
            ask(signed)
    assert signed.vendor.renewals == before + 1


def test_a_trial_tells_the_causes_apart(signed: SignedHouse) -> None:
    def codes() -> list[object]:
        return [each["code"] for each in try_connection(signed.hub, signed.company, "books")["problems"]]

    assert try_connection(signed.hub, signed.company, "books")["reached"]
    assert codes() == []
    signed.connector.books = {"2": "Other Books"}
    assert codes() == ["wrong_company"]
    signed.connector.books = {"1": "Fake Company"}
    signed.clock.advance(3600)
    signed.vendor.troubles = ["unavailable"]
    assert codes() == ["not_reached"]
    signed.clock.advance(60)
    signed.vendor.refresh.clear()
    assert codes() == ["reconnect_needed"]


def test_no_token_and_no_secret_is_in_a_log_a_traceback_or_an_answer(
    signed: SignedHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = [repr(signed.hub), repr(connections(signed.hub, signed.company))]
    for trouble in ("garbage", "lost_answer", "lost_request", "invalid_client"):
        signed.clock.advance(3600)
        signed.vendor.troubles = [trouble]
        with pytest.raises((TryLater, ReconnectNeeded)) as failed:
            ask(signed)
        told.append("".join(traceback.format_exception(failed.value)))
        signed.clock.advance(60)
    told += [record.getMessage() for record in caplog.records]
    told += [str(row) for row in signed.query("SELECT * FROM sign_in")]
    told += [str(row) for row in signed.query("SELECT * FROM audit_event")]
    assert len(told) > 8
    assert [each for each in told if "canary" in each or "fake-token" in each] == []
