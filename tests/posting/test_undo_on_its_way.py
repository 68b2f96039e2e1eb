"""An undo whose call goes wrong: the opposite entry is posted once, and the books are as they were before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.service.context import Refused
from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import House, codes
from tests.posting.proofs import posted_once, sends, tells

KINDS = [Fault.REQUEST_LOST, Fault.ANSWER_LOST, Fault.ERROR_500_BEFORE, Fault.ERROR_500_AFTER, Fault.THROTTLED_120]


def undone(house: House, code: str) -> None:
    """Assert that the opposite stands there once, that the books are as before, and that pressing Undo adds nothing."""
    assert house.shown(code)["state"] == "UNDONE"
    assert (house.undo(code)["state"], len(house.journals())) == ("UNDONE", 2)
    assert set(house.ledger.trial_balance().balances.values()) == {0}


@pytest.mark.parametrize("fault", KINDS)
def test_an_undo_whose_call_went_wrong_is_posted_once(counted: MakeHouse, fault: Fault) -> None:
    house = counted(Profile.NO_KEY)
    code = house.export()["export"]
    house.spoil(fault)
    pressed = house.undo(code)
    assert pressed["state"] == ("FROZEN" if fault is Fault.THROTTLED_120 else "UNKNOWN")
    tells(pressed, "waiting" if fault is Fault.THROTTLED_120 else "checking")
    assert house.undo(code)["state"] == pressed["state"]
    assert codes(house.export()) == codes(pressed)
    house.settles()
    undone(house, code)


def test_an_undo_that_comes_late_is_found_and_not_posted_again(counted: MakeHouse) -> None:
    house = counted(Profile.NO_KEY)
    code = house.export()["export"]
    house.ledger.commit_late(1_400)
    house.undo(code)
    house.settles()
    undone(house, code)
    assert len(sends(house)) == 2


def test_an_undo_that_was_refused_is_withdrawn_and_the_export_stands_again(house: House) -> None:
    made = house.export()
    house.wire.arrives = lambda request: house.ledger.deactivate("acc-1340") if request.method == "POST" else None
    refused = house.undo(made["export"])
    house.wire.arrives = lambda request: None
    assert refused["state"] == "REJECTED"
    tells(refused, "refused", "1340 Liquor Inventory", f"hub resume {made['export']}")
    assert house.undo(made["export"], withdraw=True)["state"] == "POSTED"
    posted_once(house, made)


def test_an_undo_recorded_otherwise_is_shown_and_not_silently_undone(house: House) -> None:
    code = house.export()["export"]
    house.ledger.misbehave(LedgerFault.CENT_CHANGED)
    pressed = house.undo(code)
    assert pressed["state"] == "MISMATCH"
    tells(pressed, "differs", "19,582.43", "19,582.42")
    with pytest.raises(Refused) as refused:
        house.accept(code)
    assert [problem.code for problem in refused.value.problems] == ["undo_differs"]
    assert house.shown(code)["state"] == "MISMATCH"
    there = house.ledger.journals()[-1]
    right = [replace(line, amount=line.amount - Decimal("0.01")) for line in there.lines[:2]]
    house.ledger.edit(there.id, lines=[*right, *there.lines[2:]])
    assert house.accept(code)["state"] == "UNDONE"
    assert set(house.ledger.trial_balance().balances.values()) == {0}
