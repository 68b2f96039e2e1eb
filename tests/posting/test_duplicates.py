"""A journal that stands in the books twice: alarmed with its ids, and taken off by an opposite that a person asks for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.service.context import Refused
from hub.service.posting import deciding
from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault
from tests.posting.house import NOVEMBER, Document, House
from tests.posting.proofs import LABEL, reference, sends, tells

ONCE = Decimal("307.68")


def doubled(house: House) -> tuple[Document, str]:
    """Post a count whose one call leaves two journals, and check; return the export and the second journal's id."""
    house.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    made = house.export()
    (found,) = house.check()
    (second,) = found["duplicates"]
    assert (found["export"], found["reference"], found["change"]) == (made["export"], reference(made), "")
    assert house.balance("1310") == 2 * ONCE
    return made, str(second)


def undo_duplicate(house: House, made: Document, journal: str) -> Document:
    return deciding.undo_duplicate(house.hub, house.company, made["export"], journal)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    (problem,) = refused.value.problems
    return problem.code


def test_a_second_journal_is_alarmed_with_its_number_and_the_offered_undo(house: House) -> None:
    made, second = doubled(house)
    shown = house.shown(made["export"])
    told = tells(shown, "duplicate_there", LABEL, reference(made), "more than once", "JE-1001", "JE-1002")
    assert f"hub undo {made['export']} --duplicate {second}" in told["fix"]
    assert (house.check(), house.shown(made["export"])["problems"]) == ([], shown["problems"])
    assert len(sends(house)) == 1


def test_its_undo_posts_the_opposite_once_and_the_books_are_right(house: House) -> None:
    made, second = doubled(house)
    for _press in range(2):
        undone = undo_duplicate(house, made, second)
        assert (undone["state"], undone["problems"]) == ("POSTED", [])
        assert (len(house.journals()), house.balance("1310")) == (3, ONCE)
    assert house.check() == []
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert house.balance("1310") == 0


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.THROTTLED_120])
def test_an_undo_that_is_lost_on_the_way_is_posted_once(house: House, fault: Fault) -> None:
    made, second = doubled(house)
    house.spoil(fault)
    assert undo_duplicate(house, made, second)["state"] in ("UNKNOWN", "FROZEN")
    undo_duplicate(house, made, second)
    house.settles()
    assert house.shown(made["export"])["state"] == "POSTED"
    assert (len(house.journals()), house.balance("1310")) == (3, ONCE)


def test_one_that_was_edited_there_is_taken_off_as_it_stands(house: House) -> None:
    made, second = doubled(house)
    journal = next(one for one in house.ledger.journals() if one.id == second)
    house.ledger.edit(second, lines=journal.lines[2:])
    undo_duplicate(house, made, second)
    assert house.balance("1310") == ONCE


def test_one_that_was_deleted_there_is_forgotten_by_the_check_or_by_its_undo(house: House) -> None:
    made, second = doubled(house)
    house.ledger.delete(second)
    with pytest.raises(Refused) as refused:
        undo_duplicate(house, made, second)
    assert code_of(refused) == "not_there"
    assert (house.shown(made["export"])["problems"], house.balance("1310")) == ([], ONCE)
    assert house.check() == []


def test_where_the_journal_that_counted_was_deleted_instead_both_are_told(house: House) -> None:
    made, _ = doubled(house)
    house.ledger.delete(house.ledger.journals()[0].id)
    assert [found["change"] for found in house.check()] == ["deleted"]
    tells(house.shown(made["export"]), "duplicate_there", "JE-1002")


def test_an_opposite_recorded_with_other_amounts_is_not_accepted_until_it_is_corrected(house: House) -> None:
    made, second = doubled(house)
    house.ledger.misbehave(LedgerFault.CENT_CHANGED)
    assert undo_duplicate(house, made, second)["state"] == "MISMATCH"
    with pytest.raises(Refused) as refused:
        deciding.accept(house.hub, house.company, made["export"])
    assert code_of(refused) == "undo_differs"
    assert "does not take off the second journal of export" in refused.value.problems[0].message
    there = house.ledger.journals()[-1]
    right = [replace(line, amount=line.amount - Decimal("0.01")) for line in there.lines[:2]]
    house.ledger.edit(there.id, lines=[*right, *there.lines[2:]])
    assert deciding.accept(house.hub, house.company, made["export"])["state"] == "POSTED"
    assert house.balance("1310") == ONCE


def test_only_a_journal_that_is_known_as_a_second_one_is_undone(house: House) -> None:
    made, _ = doubled(house)
    for journal in ("J999", house.ledger.journals()[0].id):
        with pytest.raises(Refused) as refused:
            undo_duplicate(house, made, journal)
        assert code_of(refused) == "no_duplicate"
    assert len(house.journals()) == 2


def test_two_journals_that_a_look_up_finds_after_a_lost_answer_are_alarmed_at_once(house: House) -> None:
    house.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    house.spoil(Fault.ANSWER_LOST)
    made = house.export()
    house.settles()
    tells(house.shown(made["export"]), "duplicate_there", "JE-1002")
    assert (house.shown(made["export"])["state"], len(sends(house))) == ("POSTED", 1)


def test_it_is_not_taken_off_while_another_export_of_the_site_is_under_way(house: House) -> None:
    made, second = doubled(house)
    house.counts(day=NOVEMBER)
    house.spoil(Fault.ANSWER_LOST)
    later = house.export(NOVEMBER)
    assert later["state"] == "UNKNOWN"
    with pytest.raises(Refused) as refused:
        undo_duplicate(house, made, second)
    assert code_of(refused) == "export_in_progress"
    assert refused.value.problems[0].where.export == later["export"]
    house.settles()
    assert undo_duplicate(house, made, second)["state"] == "POSTED"
