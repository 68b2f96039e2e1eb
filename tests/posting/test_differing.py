"""A journal that the accounting system recorded otherwise than it was sent: shown, and never silently posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from hub.service.context import Refused
from hub.testing.ledger import LedgerFault
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import NOVEMBER, Document, House, codes
from tests.posting.proofs import LABEL, reference, tells

TOLD: Mapping[LedgerFault, str] = {
    LedgerFault.CENT_CHANGED: "Its total there is 19,582.43, and 19,582.42 was sent.",
    LedgerFault.LINE_DROPPED: "It has 5 lines there, and 6 were sent.",
    LedgerFault.DATE_CHANGED: "Its date there is 2026-11-01, and 2026-10-31 was sent.",
}
NOVEMBERS = {"Meat": "100.00", "Liquor": "200.00"}


def differing(house: House, fault: LedgerFault = LedgerFault.CENT_CHANGED) -> Document:
    """Export a count whose journal is recorded otherwise, and count the next month."""
    house.ledger.misbehave(fault)
    made = house.export()
    house.counts(day=NOVEMBER, values=NOVEMBERS)
    assert house.ledger.fired[fault] == 1
    return made


@pytest.mark.parametrize("fault", TOLD)
def test_what_was_recorded_otherwise_is_shown_with_both_versions_and_blocks_the_next_count(
    house: House, fault: LedgerFault
) -> None:
    made = differing(house, fault)
    assert made["state"] == "MISMATCH"
    tells(made, "differs", LABEL, TOLD[fault], f"hub accept {made['export']}", f"hub undo {made['export']}")
    again = house.export()
    assert (again["export"], again["state"], len(house.journals())) == (made["export"], "MISMATCH", 1)
    assert "export_in_progress" in codes(house.preview(NOVEMBER))
    assert len(house.settles().journals()) == 1


def test_a_difference_that_a_lost_answer_hid_is_found_by_the_look_up(house: House) -> None:
    house.ledger.misbehave(LedgerFault.ERROR_AFTER)
    made = differing(house)
    assert made["state"] == "UNKNOWN"
    house.settles()
    tells(house.shown(made["export"]), "differs", TOLD[LedgerFault.CENT_CHANGED])


def test_what_stands_there_is_accepted_and_what_the_books_carry_follows_it(house: House) -> None:
    made = differing(house)
    accepted = house.accept(made["export"])
    assert (accepted["state"], accepted["problems"]) == ("POSTED", [])
    house.export(NOVEMBER)
    assert house.balance("1310") == Decimal("100.00") - Decimal("4812.37")
    assert house.balance("1340") == Decimal("200.00")


def test_what_was_put_right_there_is_accepted_as_it_stands_then(house: House) -> None:
    made = differing(house)
    (journal,) = house.ledger.journals(reference(made))
    cent = [replace(line, amount=line.amount - Decimal("0.01")) for line in journal.lines[:2]]
    house.ledger.edit(journal.id, lines=[*cent, *journal.lines[2:]])
    assert house.accept(made["export"])["state"] == "POSTED"
    assert house.balance("1310") == Decimal("307.68")
    house.export(NOVEMBER)
    assert house.balance("1310") == Decimal("100.00") - Decimal("4812.37")


def test_what_cannot_be_followed_is_not_accepted_and_stays_as_it_is(house: House) -> None:
    made = differing(house, LedgerFault.LINE_DROPPED)
    with pytest.raises(Refused) as refused:
        house.accept(made["export"])
    assert [problem.code for problem in refused.value.problems] == ["prior_changed"]
    assert house.shown(made["export"])["state"] == "MISMATCH"


@pytest.mark.parametrize("fault", TOLD)
def test_an_undo_takes_off_what_stands_there_and_not_what_was_sent(house: House, fault: LedgerFault) -> None:
    made = differing(house, fault)
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert len(house.journals()) == 2
    assert set(house.ledger.trial_balance().balances.values()) == {0}
    assert codes(house.preview()) == []


def test_one_that_was_deleted_there_meanwhile_is_not_accepted_and_its_undo_posts_nothing(house: House) -> None:
    made = differing(house)
    house.ledger.delete(house.ledger.journals()[0].id)
    with pytest.raises(Refused) as refused:
        house.accept(made["export"])
    assert [problem.code for problem in refused.value.problems] == ["not_there"]
    assert (house.undo(made["export"])["state"], house.journals()) == ("UNDONE", [])


def test_while_it_cannot_be_read_there_nothing_is_accepted(house: House) -> None:
    made = differing(house)
    house.ledger.revoke()
    with pytest.raises(Refused) as refused:
        house.accept(made["export"])
    assert [problem.code for problem in refused.value.problems] == ["not_checked"]
    assert house.shown(made["export"])["state"] == "MISMATCH"


@pytest.mark.parametrize("profile", [Profile.REQUEST_ID, Profile.NO_KEY])
def test_a_journal_that_became_a_draft_is_finished_and_one_that_waits_for_approval_counts(
    counted: MakeHouse, profile: Profile
) -> None:
    for fault in (LedgerFault.MADE_DRAFT, LedgerFault.MADE_PENDING):
        house = counted(profile)
        house.ledger.misbehave(fault)
        assert house.export()["state"] == "POSTED"
        assert len(house.journals()) == 1
