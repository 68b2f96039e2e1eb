"""Rules that are the only defence in few circumstances: each is left out in one of them, and missed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from hub.domain.posting import Rules
from hub.testing.clock import VirtualClock
from hub.testing.ledger import FakeLedger
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.faults import circumstances as when
from tests.faults import left_out
from tests.faults.circumstances import Patch, Seen
from tests.faults.test_mutants import PATCHES, RULES
from tests.posting.house import TIMING, House

SEVERAL = tuple(when.SITE_BY_SITE)
ALL_RULES = {f"R{number}" for number in range(1, 18)}
IMPATIENT = replace(TIMING, first_wait_s=0, longest_wait_s=0, probe_s=0)
STEADY = replace(TIMING, longest_wait_s=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A rule left out: how, in which circumstance, and what is seen with the rule and without it."""

    out: Callable[[Patch, House], None]
    when: Callable[[Patch, House], Seen]
    with_it: Seen
    without: Seen
    rules: Rules = Rules(TIMING)  # noqa: RUF009 - it never changes
    sites: tuple[str, ...] = ("DT",)


CASES = {
    "R1 once": Case(
        out=left_out.many_exports_of_a_count,
        when=when.one_count_frozen_twice,
        with_it=("IntegrityError", 1),
        without=("frozen", 2),
    ),
    "R1 as frozen": Case(
        out=left_out.altered_bytes,
        when=when.an_amount_altered_in_the_database,
        with_it=("altered", 0),
        without=("", 1),
    ),
    "R5": Case(
        out=left_out.absent_believed_at_once,
        when=when.a_journal_that_comes_late,
        with_it=(1,),
        without=(2,),
    ),
    "R7 lease": Case(
        out=left_out.nobody_holds_anything,
        when=when.another_worker_in_mid_call,
        with_it=(0,),
        without=(1,),
    ),
    "R7 deadline": Case(
        out=left_out.no_deadline,
        when=when.asleep_right_before_it_sends,
        with_it=(1,),
        without=(2,),
    ),
    "R8": Case(
        out=left_out.refusals_believed_at_once,
        when=when.a_refusal_while_a_journal_comes_late,
        with_it=("POSTED", 1),
        without=("REJECTED", 1),
    ),
    "R10": Case(
        out=left_out.nothing_is_the_same,
        when=when.export_pressed_again,
        with_it=("POSTED", "POSTED"),
        without=("POSTED", "not_offered"),
    ),
    "R11 turns": Case(
        out=left_out.oldest_first,
        when=when.one_export_that_is_put_off_again_and_again,
        with_it=(2,),
        without=(0,),
        rules=Rules(IMPATIENT),
        sites=SEVERAL,
    ),
    "R11 cap": Case(
        out=left_out.calls_without_end,
        when=when.days_out_of_order,
        with_it=("too_many_calls",),
        without=("",),
    ),
    "R11 breaker": Case(
        out=left_out.no_breaker,
        when=when.ten_minutes_out_of_order,
        with_it=(True,),
        without=(False,),
        rules=Rules(STEADY),
        sites=SEVERAL,
    ),
    "R13": Case(
        out=left_out.late_answers_count,
        when=when.no_answer_before_another_found_the_journal,
        with_it=("POSTED", 1),
        without=("UNKNOWN", 1),
    ),
    "R16 one at a time": Case(
        out=left_out.many_exports_of_a_site,
        when=when.two_counts_of_a_site_under_way_at_once,
        with_it=("IntegrityError", 1),
        without=("frozen", 2),
    ),
    "R16 values": Case(
        out=left_out.values_taken_whatever_they_are,
        when=when.a_value_replaced_twice,
        with_it=("ValueTaken", 1),
        without=("frozen", 2),
    ),
    "R16 second look": Case(
        out=left_out.no_second_look,
        when=when.an_account_mapped_otherwise_after_it_was_shown,
        with_it=("figures_changed", 0),
        without=("POSTED", 1),
    ),
    "R17": Case(
        out=left_out.no_look_after_a_restore,
        when=when.a_restored_back_up,
        with_it=("POSTED", 1),
        without=("POSTED", 2),
    ),
}


SLOW = ("R11 cap", "R11 breaker")
MakeHouse = Callable[[Case], House]


@pytest.fixture(scope="module")
def set_up(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path]:
    """Return the databases of houses of one site, which is counted, and of several, which are not."""
    return {
        sites: _set_up(sqlite_databases.migrated(), tmp_path_factory.mktemp("house"), sites)
        for sites in (("DT",), SEVERAL)
    }


def _set_up(url: str, folder: Path, sites: tuple[str, ...]) -> Path:
    house = House(url, folder, profile=Profile.NO_KEY).set_up(sites)
    if len(sites) == 1:
        house.counts()
    house.close()
    return Path(str(house.database.url.database)).rename(folder / "house.sqlite")


@pytest.fixture
def make_house(
    set_up: dict[tuple[str, ...], Path], sqlite_databases: SqliteDatabases, tmp_path: Path
) -> Iterator[MakeHouse]:
    """Make houses on ledgers that keep no key, for a case."""
    made: list[House] = []

    def make(case: Case) -> House:
        url = sqlite_databases.empty()
        shutil.copyfile(set_up[case.sites], Path(str(make_url(url).database)))
        clock = VirtualClock()
        ledger = FakeLedger(now=clock.now, profile=Profile.NO_KEY)
        made.append(House(url, tmp_path, profile=Profile.NO_KEY, rules=case.rules, ledger=ledger, clock=clock))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.soak) if name in SLOW else name for name in CASES]
)
def test_a_rule_holds_where_it_is_the_only_defence_and_is_missed_there_when_it_is_left_out(
    name: str, make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[name]
    assert case.when(monkeypatch, make_house(case)) == case.with_it
    house = make_house(case)
    case.out(monkeypatch, house)
    assert case.when(monkeypatch, house) == case.without


def test_no_rule_is_forgotten() -> None:
    """Those that are left out here, and in whole schedules."""
    assert {name.split()[0] for name in (*CASES, *RULES, *PATCHES)} == ALL_RULES
