"""An export of three journals of which the second is refused: it goes on where it stopped, or all of it is put back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.testing.lossy import Fault, writes
from tests.posting.conftest import MakeHouse
from tests.posting.house import NOVEMBER, Document, House, codes, nothing
from tests.posting.proofs import LABEL, posted_once, sends, tells

SITES = ("AP", "CK", "DT")
POSTED = "SELECT s.code FROM on_books o JOIN site s ON s.id = o.site_id WHERE o.state = 'live' AND o.value = 965000"


@pytest.fixture
def partly(counted: MakeHouse) -> tuple[House, Document]:
    """Return a house whose export of three journals is posted but for the second, and the export."""
    house = counted(sites=SITES)
    house.sets(entry_per="site")

    def account_is_off_for_the_second(request: object) -> None:
        if writes(request):  # type: ignore[arg-type]
            switch = house.ledger.deactivate if len(sends(house)) == 2 else house.ledger.activate
            switch("acc-1340")

    house.wire.arrives = account_is_off_for_the_second
    made = house.export()
    house.wire.arrives = nothing
    return house, made


def states(made: Document) -> list[str]:
    return [posting["state"] for posting in made["postings"]]


def test_it_says_which_journal_was_refused_and_why_and_what_was_posted_is_what_the_books_carry(
    partly: tuple[House, Document],
) -> None:
    house, made = partly
    assert (made["state"], states(made)) == ("PARTLY_POSTED", ["POSTED", "REJECTED", "POSTED"])
    second = made["postings"][1]["reference"]
    tells(made, "refused", LABEL, second, "1340 Liquor Inventory is inactive", "hub resume", "put back", "hub undo")
    assert sorted(row["code"] for row in house.query(POSTED)) == ["AP", "DT"]
    house.counts("DT", NOVEMBER)
    assert "export_in_progress" in codes(house.preview(NOVEMBER))
    again = house.settles().export()
    assert (again["export"], again["state"], len(house.journals())) == (made["export"], "PARTLY_POSTED", 2)


def test_resumed_it_posts_what_was_refused_and_nothing_else(partly: tuple[House, Document]) -> None:
    house, made = partly
    assert house.resume(made["export"])["state"] == "POSTED"
    posted_once(house, made)
    assert (len(sends(house)), len(house.query(POSTED))) == (4, 3)
    assert house.balance("1310") == 3 * Decimal("307.68")


def test_undone_it_puts_back_what_was_posted_and_every_count_is_offered_again(partly: tuple[House, Document]) -> None:
    house, made = partly
    undone = house.undo(made["export"])
    assert (undone["state"], states(undone), len(house.journals())) == ("UNDONE", ["POSTED", "POSTED"], 4)
    assert set(house.ledger.trial_balance().balances.values()) == {0}
    assert house.query(POSTED) == []
    posted_once(house, house.export())


def test_resumed_with_its_answer_lost_it_is_posted_once(partly: tuple[House, Document]) -> None:
    house, made = partly
    house.spoil(Fault.ANSWER_LOST)
    assert house.resume(made["export"])["state"] == "UNKNOWN"
    posted_once(house.settles(), made)


def test_an_undo_of_which_one_journal_is_lost_on_the_way_ends_with_the_books_as_they_were(
    partly: tuple[House, Document],
) -> None:
    house, made = partly
    house.spoil(None, Fault.REQUEST_LOST)
    assert house.undo(made["export"])["state"] == "UNKNOWN"
    house.settles()
    assert house.undo(made["export"])["state"] == "UNDONE"
    assert set(house.ledger.trial_balance().balances.values()) == {0}


def test_one_of_three_that_nobody_knows_of_is_neither_resumed_nor_undone_until_it_is_known(counted: MakeHouse) -> None:
    house = counted(sites=SITES)
    house.sets(entry_per="site")
    house.spoil(None, Fault.REQUEST_LOST)
    made = house.export()
    assert states(made) == ["POSTED", "UNKNOWN", "POSTED"]
    assert codes(house.undo(made["export"])) == ["export_in_progress"]
    posted_once(house.settles(), made)
