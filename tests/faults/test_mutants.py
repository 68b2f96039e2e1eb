"""Each rule left out in turn: the simulator must notice, or it would not notice a mistake in it either."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hub.api import JournalEntry, Limits, OutcomeUnknown, Receipt
from hub.domain.posting import Action, Answer, Outcome, Rules, Standing, State
from hub.plugins import GuardedSession
from hub.service.posting import calling, claiming, desk, recording, watching
from hub.service.posting.working import work
from hub.store.posting_rows import set_look_first
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.faults.mix import PROFILES
from tests.faults.office import Office
from tests.faults.schedule import Wrong, run
from tests.posting.house import TIMING, House

MOST = 600
"""Schedules in which a rule that is left out must be missed at least once."""
Patch = Callable[[pytest.MonkeyPatch], object]


class WithoutThreeOutcomes(Rules):
    """R4 left out: an answer of unknown outcome counts as not written."""

    def after_send(self, standing: Standing, answer: Answer, now: datetime, limits: Limits) -> Standing:
        told = replace(answer, outcome=Outcome.TRY_LATER) if answer.outcome is Outcome.UNKNOWN else answer
        return super().after_send(standing, told, now, limits)


class WithoutQuiet(Rules):
    """R5 left out: absent is believed at once."""

    def is_quiet(self, standing: Standing, now: datetime, limits: Limits) -> bool:
        return True


class WithoutLookUp(Rules):
    """R6 left out: what is not known is sent again."""

    def next_action(self, standing: Standing, now: datetime, *, look_first: bool) -> Action:
        action = super().next_action(standing, now, look_first=look_first)
        return Action.SEND if action is Action.LOOK_UP and standing.state is State.UNKNOWN else action


class WithCertainRefusals(Rules):
    """R8 left out: refused on retry counts as never posted."""

    def refusal_is_certain(self, standing: Standing) -> bool:
        return True


class WithoutComparison(Rules):
    """R9 left out: what stands there counts as posted, whatever it is."""

    def after_seen(self, standing: Standing, answer: Answer) -> Standing:
        return super().after_seen(standing, replace(answer, differences=()))


class WithoutLookFirst(Rules):
    """R17 left out: a restored database sends without a search."""

    def looks_first(self, *, look_first: bool) -> bool:
        return False


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


def nobody_holds_anything(patch: pytest.MonkeyPatch) -> None:
    """R7 left out: a lease is not looked at."""
    patch.setattr(claiming, "_is_held", lambda at, row: False)


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


# Some rules are the only defence in few circumstances, which are brought about here.


@pytest.fixture
def house(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Make houses whose ledger keeps no key, each with one count to export."""
    made: list[House] = []

    def make(rules: Rules) -> House:
        url = sqlite_databases.migrated()
        made.append(House(url, tmp_path, profile=Profile.NO_KEY, rules=rules).set_up())
        made[-1].counts()
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize(("rules", "journals"), [(Rules, 1), (WithoutQuiet, 2)])
def test_absent_believed_too_soon_doubles_a_journal_that_comes_late(
    house: Callable[..., House], rules: type[Rules], journals: int
) -> None:
    late = house(rules(TIMING))
    late.ledger.commit_late(1_200)
    late.export()
    late.later(7_200)
    assert len(late.ledger.journals()) == journals


@pytest.mark.parametrize(("rules", "state"), [(Rules, "POSTED"), (WithCertainRefusals, "REJECTED")])
def test_a_refusal_on_retry_believed_at_once_hides_a_journal_that_comes_late(
    house: Callable[..., House], rules: type[Rules], state: str
) -> None:
    late = house(rules(TIMING))
    late.ledger.commit_late(2_400)
    made = late.export()
    late.ledger.deactivate("acc-1310")
    late.later(2_300)
    late.ledger.activate("acc-1310")
    late.later(7_200)
    assert len(late.ledger.journals()) == 1
    assert late.shown(made["export"])["state"] == state


@pytest.mark.parametrize(("rules", "journals"), [(Rules, 1), (WithoutLookFirst, 2)])
def test_a_restored_database_that_does_not_look_first_posts_again(
    house: Callable[..., House], rules: type[Rules], journals: int
) -> None:
    restored = house(rules(TIMING))
    file = Path(str(restored.database.url.database))
    restored.database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = file.read_bytes()
    assert restored.export()["state"] == "POSTED"
    restored.database.close()
    for leftover in file.parent.glob(f"{file.name}-*"):
        leftover.unlink()
    file.write_bytes(before)
    with restored.database.write() as connection:
        set_look_first(connection, look_first=True)
    assert restored.export()["state"] == "POSTED"
    assert len(restored.ledger.journals()) == journals


@pytest.mark.parametrize("held", [True, False])
def test_a_lease_that_is_not_looked_at_lets_two_work_on_one_journal(
    house: Callable[..., House],
    monkeypatch: pytest.MonkeyPatch,
    held: bool,  # noqa: FBT001 - drawn by pytest
) -> None:
    shared = house(Rules(TIMING))
    if not held:
        nobody_holds_anything(monkeypatch)
    during: list[int] = []
    own = shared.transport.handle_request

    def meanwhile(request: Any) -> Any:
        if request.method == "POST" and not during:
            during.append(len(shared.sent))
            other = shared.worker("other")
            for export_id in {row["export_id"] for row in shared.query("SELECT export_id FROM posting")}:
                work(other, export_id)
            during.append(len(shared.sent))
        return own(request)

    monkeypatch.setattr(shared.transport, "handle_request", meanwhile)
    shared.export()
    assert (during[1] == during[0]) is held
