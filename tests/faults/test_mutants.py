"""Each rule left out in turn: the simulator must notice, or it would not notice a mistake in it either."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hub.api import JournalEntry, Limits, OutcomeUnknown, Receipt
from hub.domain.posting import Action, Answer, Outcome, Rules, Standing, State
from hub.plugins import GuardedSession
from hub.service.posting import calling, claiming, desk, recording, watching
from hub.testing.profile import Profile
from tests.faults.mix import PROFILES
from tests.faults.office import Office
from tests.faults.schedule import Wrong, run
from tests.posting.house import TIMING

MOST = 600
"""Schedules in which a rule that is left out must be missed at least once."""
Patch = Callable[[pytest.MonkeyPatch], object]


class WithoutThreeOutcomes(Rules):
    """R4 left out: an answer of unknown outcome counts as not written."""

    def after_send(self, standing: Standing, answer: Answer, now: datetime, limits: Limits) -> Standing:
        told = replace(answer, outcome=Outcome.TRY_LATER) if answer.outcome is Outcome.UNKNOWN else answer
        return super().after_send(standing, told, now, limits)


class WithoutLookUp(Rules):
    """R6 left out: what is not known is sent again."""

    def next_action(self, standing: Standing, now: datetime, *, look_first: bool) -> Action:
        action = super().next_action(standing, now, look_first=look_first)
        return Action.SEND if action is Action.LOOK_UP and standing.state is State.UNKNOWN else action


class WithoutComparison(Rules):
    """R9 left out: what stands there counts as posted, whatever it is."""

    def after_seen(self, standing: Standing, answer: Answer) -> Standing:
        return super().after_seen(standing, replace(answer, differences=()))


RULES = {
    "R4": WithoutThreeOutcomes,
    "R6": WithoutLookUp,
    "R9": WithoutComparison,
}


def written_down_afterwards(patch: pytest.MonkeyPatch) -> None:
    """R2 left out: nothing tells that a posting was being sent until the answer is there."""
    own = claiming._taken  # noqa: SLF001 - what is left out

    def taken(standing: Standing, action: Action, until: datetime, now: datetime) -> dict[str, Any]:
        return {**own(standing, action, until, now), "state": standing.state.value}

    patch.setattr(claiming, "_taken", taken)


def a_key_for_each_attempt(patch: pytest.MonkeyPatch) -> None:
    """R3 left out: a new key for every attempt."""
    own = claiming.frozen_entry

    def keyed(posting: Any, export: Any) -> JournalEntry:
        return replace(own(posting, export), key=f"{posting['sends']:032x}")

    patch.setattr(claiming, "frozen_entry", keyed)


def nothing_is_audited(patch: pytest.MonkeyPatch) -> None:
    """R12 left out: a change of state without its audit entry."""
    patch.setattr(desk.Desk, "audit", lambda self, action, export, **detail: None)


def sent_again_by_the_transport(patch: pytest.MonkeyPatch) -> None:
    """R14 left out: a call without an answer is made again at once."""
    own = GuardedSession.post

    def post(self: GuardedSession, entry: JournalEntry) -> Receipt:
        try:
            return own(self, entry)
        except OutcomeUnknown:
            return own(self, replace(entry, key=entry.key[::-1]))

    patch.setattr(GuardedSession, "post", post)


def one_match_is_enough(patch: pytest.MonkeyPatch) -> None:
    """R15 left out: further journals with the same reference are not looked at."""
    patch.setattr(recording, "_note_another", lambda at, row, told: None)
    best = calling._best  # noqa: SLF001 - what is left out
    patch.setattr(calling, "_best", lambda session, found, entry: (best(session, found, entry)[0], ()))
    record = watching._record  # noqa: SLF001 - what is left out
    patch.setattr(
        watching, "_record", lambda hub, rows, finding, now: record(hub, rows, replace(finding, others=()), now)
    )


PATCHES: dict[str, Patch] = {
    "R2": written_down_afterwards,
    "R3": a_key_for_each_attempt,
    "R12": nothing_is_audited,
    "R14": sent_again_by_the_transport,
    "R15": one_match_is_enough,
}


def is_missed(office: Office, seeds: Iterable[int], rules: Callable[[], Rules] | None = None) -> bool:
    """Whether some schedule finds something wrong."""
    for seed in seeds:
        try:
            run(office, seed, rules=rules() if rules else None)
        except (Wrong, AssertionError):
            return True
    return False


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_left_out_of_the_decisions_is_missed(rule: str, office: Office) -> None:
    assert is_missed(office, range(MOST), lambda: RULES[rule](TIMING))


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rule", PATCHES)
def test_a_rule_left_out_of_what_is_done_is_missed(rule: str, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    PATCHES[rule](monkeypatch)
    assert is_missed(office, range(MOST))


def test_a_profile_is_drawn_by_each_fourth_schedule() -> None:
    assert set(PROFILES) == set(Profile)
