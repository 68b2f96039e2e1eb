"""Each rule of a posting at its boundary: without a clock, a database or a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.api import Limits
from hub.domain.posting import (
    PARTLY_POSTED,
    RECONNECT,
    TOO_MANY,
    Action,
    Answer,
    Outcome,
    Rules,
    Standing,
    State,
    Timing,
    export_state,
)
from hub.testing.clock import START
from hub.testing.profile import Profile

NOW = START
TIMING = Timing(call_s=30, send_within_s=10, lease_s=60, lag_s=5, commit_s=20, first_wait_s=15, longest_wait_s=600)
RULES = Rules(TIMING)
LIMITS = Limits(latest_commit_s=300)
QUIET_S = 10 + 30 + 300 + 5
WAITING = Standing(state=State.FROZEN, due_at=NOW)
SENDING = Standing(state=State.SENDING, sends=1, calls=1, sent_at=NOW)
UNKNOWN = Standing(state=State.UNKNOWN, sends=1, calls=1, sent_at=NOW, due_at=NOW, uncertain=True)
NOT_WRITTEN = (Outcome.TRY_LATER, Outcome.RECONNECT, Outcome.REJECTED)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def sent(outcome: Outcome, standing: Standing = SENDING, *, wait_s: float | None = None) -> Standing:
    return RULES.after_send(standing, Answer(outcome=outcome, wait_s=wait_s), NOW, LIMITS)


def test_r4_only_what_says_that_nothing_was_written_is_not_written() -> None:
    assert [sent(outcome).state for outcome in NOT_WRITTEN] == [State.FROZEN, State.FROZEN, State.REJECTED]
    others = [outcome for outcome in Outcome if outcome not in (*NOT_WRITTEN, Outcome.DONE)]
    assert {sent(outcome).state for outcome in others} == {State.UNKNOWN}
    assert all(sent(outcome).uncertain for outcome in others)
    assert not any(sent(outcome).uncertain for outcome in NOT_WRITTEN)


def test_r4_try_later_waits_and_reconnect_needed_waits_for_a_person() -> None:
    later, parked = sent(Outcome.TRY_LATER, wait_s=120), sent(Outcome.RECONNECT)
    assert (later.due_at, later.needs_attention) == (after(120), "")
    assert (parked.due_at, parked.needs_attention) == (None, RECONNECT)


@pytest.mark.parametrize("outcome", [Outcome.TRY_LATER, Outcome.RECONNECT])
def test_r4_after_an_earlier_unknown_attempt_not_written_is_unknown_again(outcome: Outcome) -> None:
    again = sent(outcome, replace(SENDING, sends=2, uncertain=True))
    assert (again.state, again.uncertain) == (State.UNKNOWN, True)


@pytest.mark.parametrize(
    ("asked_s", "waits_s"), [(None, 15), (0, 1), (-5, 1), (1, 1), (120, 120), (600, 600), (999_999_999, 600)]
)
def test_r4_a_wait_that_was_asked_for_is_kept_within_a_second_and_the_longest(
    asked_s: float | None, waits_s: float
) -> None:
    assert RULES.wait_s(SENDING, asked_s) == waits_s


def test_r4_waits_of_its_own_double_up_to_the_longest() -> None:
    waits = [RULES.wait_s(replace(SENDING, calls=calls), None) for calls in (0, 1, 2, 3, 6, 7, 40, 10_000)]
    assert waits == [15, 15, 30, 60, 480, 600, 600, 600]


def test_r5_quiet_is_longer_than_sending_waiting_committing_and_showing_take() -> None:
    assert RULES.quiet_s(LIMITS) == QUIET_S
    assert RULES.quiet_s(Limits()) == 10 + 30 + 20 + 5


@pytest.mark.parametrize("profile", list(Profile))
def test_r5_quiet_exceeds_both_the_key_where_it_is_short_and_the_latest_commit(profile: Profile) -> None:
    limits = profile.limits
    assert limits.latest_commit_s is not None
    assert RULES.quiet_s(limits) > limits.latest_commit_s
    if limits.key_life_s is not None and limits.key_life_s < limits.latest_commit_s:
        assert RULES.quiet_s(limits) > limits.key_life_s


@pytest.mark.parametrize(("seconds", "quiet"), [(0, False), (QUIET_S - 1, False), (QUIET_S, True), (QUIET_S + 1, True)])
def test_r5_absent_is_believed_from_the_instant_of_quiet_on(seconds: float, quiet: bool) -> None:  # noqa: FBT001 - drawn
    assert RULES.is_quiet(UNKNOWN, after(seconds), LIMITS) is quiet
    assert RULES.is_quiet(replace(UNKNOWN, sent_at=None), after(seconds), LIMITS)


def test_r5_what_is_unknown_is_looked_up_and_never_simply_sent() -> None:
    assert RULES.next_action(UNKNOWN, NOW, look_first=False) is Action.LOOK_UP
    assert RULES.next_action(UNKNOWN, NOW - timedelta(seconds=1), look_first=False) is Action.WAIT


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.TRY_LATER, Outcome.UNKNOWN])
def test_r5_a_look_up_that_fails_is_unknown_and_never_absent(outcome: Outcome) -> None:
    failed = RULES.after_look_up(UNKNOWN, Answer(outcome=outcome), NOW)
    assert (failed.state, failed.uncertain, failed.sends) == (State.UNKNOWN, True, 1)
    assert failed.due_at is not None
    assert failed.due_at > NOW


def test_r5_a_look_up_that_needs_a_new_sign_in_leaves_it_unknown_and_parked() -> None:
    parked = RULES.after_look_up(UNKNOWN, Answer(outcome=Outcome.RECONNECT), NOW)
    assert (parked.state, parked.uncertain, parked.needs_attention) == (State.UNKNOWN, True, RECONNECT)


def test_r5_the_look_ups_begin_soon_and_one_falls_on_the_instant_of_quiet() -> None:
    assert RULES.next_look_at(UNKNOWN, NOW, LIMITS) == after(15)
    late = replace(UNKNOWN, calls=6)
    assert RULES.next_look_at(late, after(QUIET_S - 1), LIMITS) == after(QUIET_S)
    assert RULES.next_look_at(late, after(QUIET_S), LIMITS) == after(QUIET_S + 480)


@pytest.mark.parametrize(
    ("state", "quiet", "sends"),
    [(State.UNKNOWN, True, True), (State.UNKNOWN, False, False), (State.REJECTED, True, False)],
)
def test_r6_it_is_sent_again_only_when_it_is_quiet_and_absent(state: State, quiet: bool, sends: bool) -> None:  # noqa: FBT001 - drawn
    assert RULES.sends_after_absent(replace(UNKNOWN, state=state), quiet=quiet) is sends


def test_r6_absent_before_it_is_quiet_changes_nothing_but_the_next_look() -> None:
    waits = RULES.after_absent(UNKNOWN, NOW, LIMITS, quiet=False)
    assert waits == replace(UNKNOWN, due_at=after(15))


def test_r7_what_somebody_alive_holds_is_left_alone() -> None:
    assert RULES.next_action(replace(WAITING, held=True), NOW, look_first=False) is Action.REST
    assert RULES.next_action(WAITING, NOW, look_first=False) is Action.SEND


def test_r7_what_a_dead_worker_was_sending_may_have_arrived_and_what_it_looked_up_is_looked_up_again() -> None:
    cut = RULES.cut_off(SENDING, NOW)
    assert (cut.state, cut.uncertain, cut.due_at) == (State.UNKNOWN, True, NOW)
    assert RULES.cut_off(replace(UNKNOWN, due_at=after(60)), NOW) == UNKNOWN


@pytest.mark.parametrize(("sends", "certain"), [(1, True), (2, False), (3, False)])
def test_r8_a_refusal_is_certain_on_the_first_attempt_only(sends: int, certain: bool) -> None:  # noqa: FBT001 - drawn
    refused = sent(Outcome.REJECTED, replace(SENDING, sends=sends, uncertain=sends > 1))
    assert (refused.state, refused.uncertain, refused.due_at is None) == (State.REJECTED, not certain, certain)
    action = RULES.next_action(refused, after(QUIET_S), look_first=False)
    assert action is (Action.REST if certain else Action.LOOK_UP)


def test_r8_refused_on_retry_stays_refused_only_after_absent_when_it_is_quiet() -> None:
    refused = replace(UNKNOWN, state=State.REJECTED, sends=2)
    still = RULES.after_absent(refused, NOW, LIMITS, quiet=False)
    assert (still.state, still.uncertain) == (State.REJECTED, True)
    settled = RULES.after_absent(refused, NOW, LIMITS, quiet=True)
    assert (settled.state, settled.uncertain, settled.due_at) == (State.REJECTED, False, None)
    assert RULES.after_look_up(refused, Answer(outcome=Outcome.FOUND), NOW).state is State.POSTED


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.FOUND])
def test_r9_what_stands_there_otherwise_is_never_silently_posted(outcome: Outcome) -> None:
    same, other = Answer(outcome=outcome), Answer(outcome=outcome, differences=("Its date there is another.",))
    told = (
        RULES.after_send
        if outcome is Outcome.DONE
        else lambda one, answer, now, _: RULES.after_look_up(one, answer, now)
    )
    assert told(SENDING, same, NOW, LIMITS).state is State.POSTED
    seen = told(replace(SENDING, needs_attention=TOO_MANY, uncertain=True), other, NOW, LIMITS)
    assert (seen.state, seen.uncertain, seen.due_at, seen.needs_attention) == (State.MISMATCH, False, None, "")


@pytest.mark.parametrize(("calls", "parked"), [(39, False), (40, True), (41, True)])
def test_r11_after_forty_calls_a_person_looks_at_it(calls: int, parked: bool) -> None:  # noqa: FBT001 - drawn
    for standing in (
        sent(Outcome.TRY_LATER, replace(SENDING, calls=calls)),
        sent(Outcome.UNKNOWN, replace(SENDING, calls=calls)),
        RULES.after_look_up(replace(UNKNOWN, calls=calls), Answer(outcome=Outcome.FAILED), NOW),
        RULES.after_absent(replace(UNKNOWN, calls=calls), NOW, LIMITS, quiet=False),
    ):
        assert (standing.needs_attention, standing.due_at is None) == ((TOO_MANY, True) if parked else ("", False))
        assert (RULES.next_action(standing, after(86_400), look_first=False) is Action.REST) is parked


def test_r11_a_person_who_resumes_begins_the_calls_anew_and_nothing_unknown_is_forgotten() -> None:
    parked = replace(UNKNOWN, calls=40, due_at=None, needs_attention=TOO_MANY)
    assert RULES.after_resume(parked, NOW) == replace(UNKNOWN, calls=0)
    refused = replace(SENDING, state=State.REJECTED)
    assert RULES.after_resume(refused, NOW).state is State.FROZEN
    assert RULES.after_resume(replace(refused, uncertain=True), NOW).state is State.REJECTED


def test_r13_a_late_answer_may_confirm_what_is_open_and_changes_nothing_that_is_settled() -> None:
    confirmed = {state for state in State if RULES.may_confirm(state)}
    assert confirmed == {State.FROZEN, State.SENDING, State.UNKNOWN, State.REJECTED}


@pytest.mark.parametrize("state", [State.POSTED, State.MISMATCH, State.UNDONE, State.FILE_READY])
def test_r13_what_is_settled_is_never_called_for_again(state: State) -> None:
    assert RULES.next_action(replace(UNKNOWN, state=state), after(86_400), look_first=True) is Action.REST


@pytest.mark.parametrize("standing", [WAITING, replace(WAITING, sends=3, calls=3, sent_at=NOW)])
def test_r17_a_restored_database_looks_before_every_send_and_needs_no_quiet_for_what_was_not_written(
    standing: Standing,
) -> None:
    assert RULES.next_action(standing, NOW, look_first=False) is Action.SEND
    assert RULES.next_action(standing, NOW, look_first=True) is Action.LOOK_UP
    assert RULES.sends_after_absent(standing, quiet=RULES.is_quiet(standing, NOW, LIMITS))


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ((), "POSTED"),
        (("POSTED", "POSTED"), "POSTED"),
        (("POSTED", "FROZEN"), "FROZEN"),
        (("FROZEN", "SENDING"), "SENDING"),
        (("SENDING", "UNKNOWN"), "UNKNOWN"),
        (("POSTED", "REJECTED"), PARTLY_POSTED),
        (("POSTED", "MISMATCH", "REJECTED"), PARTLY_POSTED),
        (("POSTED", "REJECTED", "UNKNOWN"), "UNKNOWN"),
        (("POSTED", "REJECTED", "FROZEN"), "FROZEN"),
        (("REJECTED", "REJECTED"), "REJECTED"),
        (("MISMATCH", "POSTED"), "MISMATCH"),
        (("FILE_READY", "FILE_READY"), "FILE_READY"),
    ],
)
def test_an_exports_state_is_its_least_settled_postings(states: tuple[str, ...], state: str) -> None:
    assert export_state([State(each) for each in states]) == state
