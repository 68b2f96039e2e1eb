"""A posted journal that somebody edited, deleted or voided in the accounting system later: found by night, then decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.service.context import Refused
from hub.service.jobs import check_by_night
from hub.testing.ledger import Journal, LedgerFault
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import NOVEMBER, Document, House, codes
from tests.posting.proofs import reference, sends, tells

NOVEMBERS = {"Meat": "100.00", "Liquor": "200.00"}
SKIPPED = "acknowledge=older_count_skipped"
RIGHT = (Decimal("100.00") - Decimal("4812.37"), Decimal("200.00"))
"""The balances of food and liquor when November was exported, whatever befell October."""


def edits(house: House, journal: Journal) -> None:
    """Make the liquor of a journal dearer by 50."""
    dearer = [replace(line, amount=line.amount + 50) for line in journal.lines[-2:]]
    house.ledger.edit(journal.id, lines=[*journal.lines[:-2], *dearer])


def deletes(house: House, journal: Journal) -> None:
    house.ledger.delete(journal.id)


def voids(house: House, journal: Journal) -> None:
    house.ledger.void(journal.id)


def takes_the_cent_off(house: House, journal: Journal) -> None:
    """Make a journal what was sent, where a cent more was recorded and accepted."""
    right = [replace(line, amount=line.amount - Decimal("0.01")) for line in journal.lines[:2]]
    house.ledger.edit(journal.id, lines=[*right, *journal.lines[2:]])


def moves_a_day(house: House, journal: Journal) -> None:
    house.ledger.edit(journal.id, date=journal.date + timedelta(days=1))


Touch = Callable[[House, Journal], None]
TOUCHES: Mapping[Touch, str] = {edits: "edited", deletes: "deleted", voids: "deleted"}
GONE = [deletes, voids]


def touched(house: House, touch: Touch) -> tuple[Document, Journal]:
    """Post October and count November; then somebody touches October's journal there. Return export and journal."""
    made = house.export()
    house.counts(day=NOVEMBER, values=NOVEMBERS)
    (journal,) = house.ledger.journals(reference(made))
    touch(house, journal)
    return made, journal


def balances(house: House) -> tuple[Decimal, Decimal]:
    return house.balance("1310"), house.balance("1340")


@pytest.mark.parametrize("touch", TOUCHES)
def test_it_is_found_told_and_blocks_the_next_count_and_nothing_is_posted_again_by_itself(
    house: House, touch: Touch
) -> None:
    made, _ = touched(house, touch)
    change = TOUCHES[touch]
    found = [{"export": made["export"], "reference": reference(made), "change": change, "duplicates": []}]
    assert (house.check(), house.check()) == (found, [])
    tells(house.preview(NOVEMBER), "prior_changed", made["export"], change, "prior=accept")
    refused = house.export(NOVEMBER)
    assert (refused["export"], codes(refused)) == (None, ["prior_changed"])
    assert house.export()["export"] == made["export"]
    house.settles(86_400)
    assert len(sends(house)) == 1


def test_the_night_watch_finds_it_within_a_night_of_the_company(house: House) -> None:
    house.sets(time_zone="America/New_York")
    touched(house, deletes)
    found_at = None
    for _hour in range(24):
        house.clock.advance(3600)
        if check_by_night(house.hub):
            found_at = house.clock.now()
            break
    assert found_at is not None
    assert 1 <= (found_at - timedelta(hours=5)).hour < 5
    assert codes(house.preview(NOVEMBER)) == ["prior_changed"]


@pytest.mark.parametrize("profile", [Profile.EXTERNAL_ID, Profile.NO_KEY])
def test_a_deleted_journal_is_never_taken_for_one_that_was_not_posted(counted: MakeHouse, profile: Profile) -> None:
    house = counted(profile)
    made, _ = touched(house, deletes)
    house.check()
    assert house.resume(made["export"])["state"] == "POSTED"
    assert (house.settles(86_400).journals(), len(sends(house))) == ([], 1)


def test_an_edited_journal_that_is_accepted_is_what_the_next_count_reverses(house: House) -> None:
    touched(house, edits)
    house.check()
    assert house.export(NOVEMBER, "prior=accept")["state"] == "POSTED"
    assert balances(house) == RIGHT
    assert house.check() == []


def touched_once_accepted(house: House, touch: Touch) -> Journal:
    """Post October with a cent more than was sent, accept that and count November; then somebody touches the journal there."""
    house.ledger.misbehave(LedgerFault.CENT_CHANGED)
    made = house.export()
    assert house.accept(made["export"])["state"] == "POSTED"
    house.counts(day=NOVEMBER, values=NOVEMBERS)
    (journal,) = house.ledger.journals(reference(made))
    touch(house, journal)
    return journal


@pytest.mark.parametrize("touch", [edits, takes_the_cent_off, moves_a_day])
def test_what_was_accepted_before_is_not_taken_over_again_with_what_is_accepted_now(house: House, touch: Touch) -> None:
    touched_once_accepted(house, touch)
    assert ([each["change"] for each in house.check()], house.check()) == (["edited"], [])
    assert codes(house.preview(NOVEMBER)) == ["prior_changed"]
    assert house.export(NOVEMBER, "prior=accept")["state"] == "POSTED"
    assert balances(house) == RIGHT
    assert house.check() == []


def test_a_journal_put_back_to_how_it_was_accepted_is_reversed_as_it_was_accepted(house: House) -> None:
    journal = touched_once_accepted(house, edits)
    house.check()
    house.ledger.restore([journal])
    assert house.export(NOVEMBER, "prior=restored")["state"] == "POSTED"
    assert balances(house) == RIGHT
    assert house.check() == []


@pytest.mark.parametrize("touch", GONE)
@pytest.mark.parametrize("decision", ["prior=accept", "prior=undone"])
def test_a_journal_that_is_gone_and_is_to_stay_so_carries_nothing_that_the_next_count_reverses(
    house: House, touch: Touch, decision: str
) -> None:
    made, _ = touched(house, touch)
    house.check()
    assert house.export(NOVEMBER, decision, SKIPPED)["state"] == "POSTED"
    assert house.shown(made["export"])["state"] == "UNDONE"
    assert balances(house) == RIGHT


@pytest.mark.parametrize("touch", TOUCHES)
def test_a_journal_that_was_put_back_is_reversed_as_it_was_posted(house: House, touch: Touch) -> None:
    made, journal = touched(house, touch)
    house.check()
    house.ledger.restore([journal])
    assert house.export(NOVEMBER, "prior=restored")["state"] == "POSTED"
    assert balances(house) == RIGHT
    assert (house.check(), house.shown(made["export"])["state"]) == ([], "POSTED")


@pytest.mark.parametrize("touch", [edits, deletes])
def test_a_journal_said_to_be_put_back_that_was_not_is_refused(house: House, touch: Touch) -> None:
    made, journal = touched(house, touch)
    house.check()
    house.clock.advance(7 * 3600)
    with pytest.raises(Refused) as refused:
        house.export(NOVEMBER, "prior=restored")
    (problem,) = refused.value.problems
    assert (problem.code, reference(made) in problem.message, "still" in problem.message) == (
        "prior_changed",
        True,
        True,
    )
    house.ledger.restore([journal])
    assert house.export(NOVEMBER, "prior=restored")["state"] == "POSTED"


def test_what_was_edited_again_since_the_check_is_accepted_as_it_stands_now(house: House) -> None:
    _, journal = touched(house, edits)
    house.check()
    house.ledger.edit(
        journal.id, lines=[*journal.lines[:-2], *(replace(line, amount=Decimal(7)) for line in journal.lines[-2:])]
    )
    assert house.export(NOVEMBER, "prior=accept")["state"] == "POSTED"
    assert balances(house) == RIGHT


@pytest.mark.parametrize(("hours", "found"), [(23.9, False), (24.1, True)])
def test_where_no_worker_watches_by_night_the_preview_looks_at_what_nobody_looked_at_for_a_day(
    house: House,
    hours: float,
    found: bool,  # noqa: FBT001 - drawn
) -> None:
    touched(house, deletes)
    house.clock.advance(hours * 3600)
    assert codes(house.preview(NOVEMBER)) == (["prior_changed"] if found else [])
    if not found:
        return
    asked = len(house.sent)
    house.preview(NOVEMBER)
    assert len(house.sent) - asked == 2  # the preflight's: what was looked at is not looked at again for a day


def test_a_preview_that_cannot_look_says_so_and_looks_next_time(house: House) -> None:
    touched(house, deletes)
    house.clock.advance(25 * 3600)
    house.ledger.revoke()
    assert codes(house.preview(NOVEMBER)) == ["not_checked"]
    house.ledger.grant()
    assert codes(house.preview(NOVEMBER)) == ["prior_changed"]


def test_of_two_journals_one_gone_and_one_standing_neither_accept_nor_undone_is_taken_but_an_undo_is(
    counted: MakeHouse,
) -> None:
    house = counted(sites=("DT", "AP"))
    house.sets(entry_per="site")
    made = house.export()
    for site in ("DT", "AP"):
        house.counts(site, NOVEMBER, NOVEMBERS)
    house.ledger.delete(house.ledger.journals()[0].id)
    house.check()
    for decision in ("prior=accept", "prior=undone"):
        with pytest.raises(Refused) as refused:
            house.export(NOVEMBER, decision, SKIPPED)
        (problem,) = refused.value.problems
        assert (problem.code, problem.fix) == ("prior_changed", "Undo the export instead.")
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert set(house.ledger.trial_balance().balances.values()) == {0}


@pytest.mark.parametrize("touch", TOUCHES)
def test_an_undo_takes_off_what_stands_there_now(house: House, touch: Touch) -> None:
    made, _ = touched(house, touch)
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert set(house.ledger.trial_balance().balances.values()) == {0}
    assert codes(house.preview()) == []
