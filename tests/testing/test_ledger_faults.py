"""What the ledger does wrong on request, and who may call it and how often."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import httpx2
import pytest

from hub.api import Limits
from hub.testing import LedgerFault, Profile
from tests.testing.kit import BASE_URL, KEY, World, code, journal_body

THREE_LINES = journal_body("Dr 1310 30", "Dr 1340 10", "Cr 5010 40")


@pytest.fixture
def world() -> World:
    return World()


def lines_of(world: World, number: int = 0) -> list[str]:
    journal = world.ledger.journals()[number]
    return [f"{line.side.value} {line.account.removeprefix('acc-')} {line.amount}" for line in journal.lines]


def test_a_cent_is_put_on_both_sides_so_that_the_journal_still_balances(world: World) -> None:
    world.ledger.misbehave(LedgerFault.CENT_CHANGED)
    answer = world.send(THREE_LINES).json()["journal"]
    assert lines_of(world) == ["debit 1310 30.01", "debit 1340 10", "credit 5010 40.01"]
    assert answer["lines"][0]["debit"] == "30.01"
    assert world.ledger.trial_balance().total == 0


def test_a_dropped_lines_amount_is_carried_by_another_of_its_side(world: World) -> None:
    world.ledger.misbehave(LedgerFault.LINE_DROPPED)
    world.send(THREE_LINES)
    assert lines_of(world) == ["debit 1310 40", "credit 5010 40"]


def test_no_line_is_dropped_of_two_and_the_fault_waits(world: World) -> None:
    world.ledger.misbehave(LedgerFault.LINE_DROPPED)
    world.send()
    assert world.ledger.fired == {}
    world.send(THREE_LINES)
    assert world.ledger.fired == {LedgerFault.LINE_DROPPED: 1}


@pytest.mark.parametrize(
    ("fault", "status"), [(LedgerFault.MADE_DRAFT, "draft"), (LedgerFault.MADE_PENDING, "pending_approval")]
)
def test_a_journal_that_waits_for_a_person_moves_no_balance(world: World, fault: LedgerFault, status: str) -> None:
    world.ledger.misbehave(fault)
    assert world.send().json()["journal"]["status"] == status
    assert not any(world.ledger.trial_balance().balances.values())


def test_a_draft_is_finished_once_and_finishing_again_changes_nothing(world: World) -> None:
    world.ledger.misbehave(LedgerFault.MADE_DRAFT)
    world.send()
    for _ in range(2):
        answer = world.call("POST", "/journals/J1001/finish")
        assert answer.json()["journal"]["status"] == "posted"
    assert str(world.ledger.trial_balance()["acc-1310"]) == "4812.37"


def test_a_draft_is_not_finished_in_a_closed_period_nor_once_void(world: World) -> None:
    world.ledger.misbehave(LedgerFault.MADE_DRAFT)
    world.send()
    world.ledger.close_period(date(2026, 10, 31))
    assert code(world.call("POST", "/journals/J1001/finish")) == "period_closed"
    world.ledger.void("J1001")
    assert code(world.call("POST", "/journals/J1001/finish")) == "not_a_draft"


def test_a_journal_that_waited_for_approval_is_approved_by_a_person(world: World) -> None:
    world.ledger.misbehave(LedgerFault.MADE_PENDING)
    world.send()
    world.ledger.approve("J1001")
    assert str(world.ledger.trial_balance()["acc-1310"]) == "4812.37"


def test_a_date_is_changed_to_the_next_day(world: World) -> None:
    world.ledger.misbehave(LedgerFault.DATE_CHANGED)
    assert world.send().json()["journal"]["date"] == "2026-11-01"


def test_one_call_leaves_two_journals(world: World) -> None:
    world.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    world.send()
    assert [journal.reference for journal in world.ledger.journals()] == ["IA7K2Q9XM4B"] * 2


@pytest.mark.parametrize(("fault", "journals"), [(LedgerFault.ERROR_BEFORE, 0), (LedgerFault.ERROR_AFTER, 1)])
def test_an_internal_error_comes_before_or_after_the_journal(world: World, fault: LedgerFault, journals: int) -> None:
    world.ledger.misbehave(fault)
    answer = world.send()
    assert (answer.status_code, code(answer)) == (500, "internal_error")
    assert len(world.ledger.journals()) == journals


@pytest.mark.parametrize("asked", ["reference", "external_id", "changed_since"])
def test_a_lagging_look_up_shows_a_journal_later_while_reading_it_shows_it_at_once(asked: str) -> None:
    world = World(Profile.EXTERNAL_ID)
    params = {"reference": "IA7K2Q9XM4B", "external_id": KEY, "changed_since": world.clock.now().isoformat()}
    world.ledger.lag_look_ups(10)
    world.send(key=KEY)

    def found() -> int:
        return len(world.call("GET", "/journals", params={asked: params[asked]}).json()["journals"])

    world.clock.advance(9)
    assert found() == 0
    assert world.call("GET", "/journals/J1001").status_code == 200
    world.clock.advance(1)
    assert found() == 1


def test_planned_faults_can_be_called_off_but_what_is_under_way_still_comes(world: World) -> None:
    world.ledger.commit_late(60)
    with pytest.raises(httpx2.ReadTimeout):
        world.send()
    world.ledger.misbehave(LedgerFault.ERROR_BEFORE, times=3)
    world.ledger.behave()
    assert world.send().status_code == 201
    world.clock.advance(60)
    assert len(world.ledger.journals()) == 2


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_anyone_may_call_until_a_token_is_issued(world: World) -> None:
    assert world.call("GET", "").status_code == 200
    token = world.ledger.issue_token()
    assert code(world.call("GET", "")) == "token_invalid"
    assert code(world.call("GET", "", headers=bearer("another"))) == "token_invalid"
    assert world.call("GET", "", headers={"Authorization": token}).status_code == 401
    assert world.call("GET", "", headers=bearer(token)).status_code == 200


def test_a_token_expires(world: World) -> None:
    token = world.ledger.issue_token(life_s=1_800)
    world.clock.advance(1_799)
    assert world.call("GET", "", headers=bearer(token)).status_code == 200
    world.clock.advance(1)
    answer = world.call("GET", "", headers=bearer(token))
    assert (answer.status_code, code(answer)) == (401, "token_invalid")


def test_revoked_access_needs_a_grant_and_a_new_token(world: World) -> None:
    token = world.ledger.issue_token()
    world.ledger.revoke()
    assert code(world.call("GET", "", headers=bearer(token))) == "access_revoked"
    world.ledger.grant()
    assert code(world.call("GET", "", headers=bearer(token))) == "token_invalid"
    assert world.call("GET", "", headers=bearer(world.ledger.issue_token())).status_code == 200


def test_a_refused_caller_writes_nothing_and_uses_up_no_key() -> None:
    world = World(Profile.SHORT_KEY)
    world.ledger.revoke()
    assert world.send(key=KEY).status_code == 401
    world.ledger.grant()
    assert world.send(key=KEY).status_code == 201


def test_more_calls_than_a_minute_bears_are_throttled_until_the_first_is_a_minute_old() -> None:
    world = World(options={"limits": Limits(calls_per_minute=2)})
    world.send()
    world.clock.advance(20)
    world.send()
    answer = world.send()
    assert (answer.status_code, code(answer), answer.headers["Retry-After"]) == (429, "throttled", "40")
    world.clock.advance(40)
    assert world.send().status_code == 201
    assert (world.ledger.traffic.calls, world.ledger.traffic.throttled) == (4, 1)


def test_more_calls_at_once_than_the_ledger_bears_are_throttled() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def pause() -> None:
        inside.set()
        assert go_on.wait(30)

    world = World(options={"limits": Limits(calls_at_once=1), "pause": pause})
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(world.send)
        assert inside.wait(30)
        assert world.send().status_code == 429
        go_on.set()
        assert first.result(30).status_code == 201
    assert world.ledger.traffic.most_at_once == 1


def test_twelve_simultaneous_calls_with_one_external_id_write_one_journal() -> None:
    together = threading.Barrier(12)
    world = World(Profile.EXTERNAL_ID, options={"pause": lambda: together.wait(30) and None})
    with ThreadPoolExecutor(12) as pool:
        statuses = [each.status_code for each in pool.map(lambda _: world.send(key=KEY), range(12))]
    assert sorted(statuses) == [201] + [409] * 11
    assert len(world.ledger.journals()) == 1


def test_every_answer_carries_its_instant_and_a_request_id_of_its_own(world: World) -> None:
    first, second = world.call("GET", ""), world.call("GET", f"{BASE_URL}/nowhere")
    assert first.headers["Date"] == "Mon, 02 Nov 2026 09:00:00 GMT"
    assert (first.headers["Request-Id"], second.headers["Request-Id"]) == ("R-000001", "R-000002")
