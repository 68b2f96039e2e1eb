"""One export from pressing Export to a journal in the books, and back."""

from decimal import Decimal

from tests.posting.house import NOVEMBER, House


def test_an_export_is_posted_once_read_back_and_shown_again_to_whoever_presses_export_again(
    house_anywhere: House,
) -> None:
    made = house_anywhere.export()
    assert (made["state"], made["problems"]) == ("POSTED", [])
    posting = made["postings"][0]
    assert posting["receipt"]["id"]
    assert house_anywhere.journals() == [(posting["reference"], Decimal("19582.42"))]
    assert house_anywhere.balance("1310") == Decimal("307.68")
    again = house_anywhere.export()
    assert (again["export"], again["state"], len(house_anywhere.journals())) == (made["export"], "POSTED", 1)


def test_an_undone_export_leaves_nothing_on_the_books_and_its_count_is_offered_again(house_anywhere: House) -> None:
    made = house_anywhere.export()
    assert house_anywhere.undo(made["export"])["state"] == "UNDONE"
    assert (len(house_anywhere.journals()), house_anywhere.balance("1310")) == (2, Decimal(0))
    assert house_anywhere.export()["state"] == "POSTED"
    house_anywhere.counts(day=NOVEMBER, values={"Meat": "1.00", "Liquor": "2.00"})
    assert house_anywhere.export(NOVEMBER)["state"] == "POSTED"
    assert house_anywhere.balance("1310") == Decimal("1.00") - Decimal("4812.37")
