"""What the books carry stands in accounts closed since, in other books, or in another currency."""

import json
from datetime import date

import pytest

from hub.service.context import Refused
from hub.service.exporting import close_site
from tests.cases.company import (
    COUNTED,
    NOVEMBER,
    OCTOBER,
    Company,
    blocking,
    journal,
    lines,
    only,
    problem,
    refusal,
    said,
)

CHART = "number,name,kind,active"
MEAT = {"Meat": "10.00"}


@pytest.fixture
def closed(company: Company) -> Company:
    """The map moved on from account 1310, which was then made inactive; the books still carry food there."""
    company.imports("account-map", "gl_account,account_number", "1310,1315")
    company.imports("chart", CHART, "1310,Food Inventory,asset,no")
    company.counts("DT", OCTOBER, COUNTED)
    return company


def test_an_on_books_account_made_inactive_since_blocks(closed: Company) -> None:
    shown = closed.preview(OCTOBER)
    assert blocking(shown) == ["prior_account_closed"]
    found = problem(shown, "prior_account_closed")
    assert (found["where"]["account"], found["where"]["site"]) == ("1310", "DT")
    assert found["fix"].endswith("prior_account=1310/NEW")
    assert closed.export(OCTOBER)["state"] == "REFUSED"


def test_made_active_again_there_it_blocks_no_longer(closed: Company) -> None:
    closed.imports("chart", CHART, "1310,Food Inventory,asset,yes")
    assert closed.preview(OCTOBER)["problems"] == []


def test_the_account_where_its_balance_now_stands_is_named_and_recorded(closed: Company) -> None:
    decision = "prior_account=1310/1315"
    shown = closed.preview(OCTOBER, decision)
    assert shown["problems"] == []
    assert only(journal(shown, "category", "reason"), "Meat reverse_prior") == [
        "Dr 5010 COGS Meat 4,812.37 Meat reverse_prior",
        "Cr 1315 Cold Store Inventory 4,812.37 Meat reverse_prior",
    ]
    assert shown["hash"] != closed.preview(OCTOBER)["hash"]
    made = closed.export(OCTOBER, decision, expected_hash=shown["hash"])
    assert made["decisions"] == [decision]
    (audited,) = closed.query("SELECT detail FROM audit_event WHERE action = 'export'")
    assert decision in audited["detail"]


def test_a_named_account_that_the_chart_does_not_have_blocks(closed: Company) -> None:
    assert "account_missing" in blocking(closed.preview(OCTOBER, "prior_account=1310/9999"))


def test_an_account_renamed_since_is_still_the_same(company: Company) -> None:
    company.imports("chart", CHART, "1310,Food and Drink,asset,yes")
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(OCTOBER)
    assert shown["problems"] == []
    assert journal(shown)[1] == "Cr 1310 Food and Drink 4,812.37"


@pytest.fixture
def moved(sisters: Company) -> Company:
    """Downtown was exported to `books` and now posts to `kitchen`, where food is called 1315."""
    sisters.imports("account-map", "gl_account,account_number", "1310,1315", connection="kitchen")
    sisters.counts("DT", OCTOBER, MEAT)
    sisters.exported(OCTOBER, connection="books")
    sisters.imports("sites", "site,name,connection", "DT,Downtown,kitchen")
    sisters.counts("DT", NOVEMBER, {"Meat": "12.00"})
    sisters.counts("CK", NOVEMBER, {"Meat": "1.00"})
    return sisters


def test_a_site_moved_to_another_connection_blocks_until_a_person_chose(moved: Company) -> None:
    shown = moved.preview(NOVEMBER, connection="kitchen")
    assert blocking(shown) == ["site_moved"]
    assert problem(shown, "site_moved")["where"]["site"] == "DT"
    assert moved.export(NOVEMBER, connection="kitchen")["state"] == "REFUSED"


def test_the_same_books_through_another_connector_carry_over_through_the_new_map(moved: Company) -> None:
    decision = "moved=DT/same_books"
    shown = moved.preview(NOVEMBER, decision, connection="kitchen")
    assert (blocking(shown), said(shown, "note")) == ([], ["site_moved"])
    assert only(journal(shown, "site", "reason"), "DT") == [
        "Dr 5010 COGS Meat 10.00 DT reverse_prior",
        "Cr 1315 Cold Store Inventory 10.00 DT reverse_prior",
        "Dr 1315 Cold Store Inventory 12.00 DT current",
        "Cr 5010 COGS Meat 12.00 DT current",
    ]
    code = moved.exported(NOVEMBER, decision, connection="kitchen")
    assert only(moved.on_books(), "DT") == ["DT Meat 12.00 1315/5010"]
    moved.undone(code)
    assert only(moved.on_books(), "DT") == ["DT Meat 10.00 1310/5010"]
    assert blocking(moved.preview(NOVEMBER, connection="kitchen")) == ["site_moved"]


def test_other_books_get_a_closing_entry_in_the_old_and_an_opening_in_the_new(moved: Company) -> None:
    assert blocking(moved.preview(NOVEMBER, "moved=DT/other_books", connection="kitchen")) == ["site_moved"]
    made = close_site(moved.hub, "ACME", "DT", "books", on=date(2026, 11, 5))
    assert (made["state"], made["kind"], made["count_date"]) == ("FILE_READY", "closing", "2026-11-05")
    (posting,) = moved.postings(made["export"])
    entry = json.loads(posting["entry"])
    assert lines(entry, "reason", "memo") == [
        "Dr 5010 COGS Meat 10.00 closing Close inventory 2026-11-05 · Meat · Downtown",
        "Cr 1310 Food Inventory 10.00 closing Close inventory 2026-11-05 · Meat · Downtown",
    ]
    assert "file_not_confirmed" in blocking(moved.preview(NOVEMBER, connection="kitchen"))
    moved.confirm(made["export"])
    assert blocking(moved.preview(NOVEMBER, connection="kitchen")) == ["opening_not_decided"]
    moved.opens("DT", MEAT, day="2026-11-05")
    shown = moved.preview(NOVEMBER, connection="kitchen")
    assert blocking(shown) == []
    assert only(journal(shown, "site"), "1315", "DT") == [
        "Cr 1315 Cold Store Inventory 10.00 DT",
        "Dr 1315 Cold Store Inventory 12.00 DT",
    ]


def test_a_closing_entry_is_undone_like_any_export(moved: Company) -> None:
    code = close_site(moved.hub, "ACME", "DT", "books")["export"]
    moved.confirm(code)
    assert only(moved.on_books(), "DT") == []
    moved.undone(code)
    assert only(moved.on_books(), "DT") == ["DT Meat 10.00 1310/5010"]
    assert blocking(moved.preview(NOVEMBER, connection="kitchen")) == ["site_moved"]


def test_opening_values_in_the_new_books_wait_for_the_closing_entry_in_the_old(moved: Company) -> None:
    tried = moved.tries("opening", "date,site,category,value", "2026-11-05,DT,Meat,10.00")
    assert "carried_elsewhere" in [error.rule for error in tried.errors]


def test_a_site_whose_books_carry_nothing_has_no_closing_entry(moved: Company) -> None:
    with pytest.raises(Refused) as refused:
        close_site(moved.hub, "ACME", "CK", "kitchen")
    assert len(refusal(refused.value)) == 1


def test_a_site_that_moves_on_with_nothing_on_the_books_just_goes_on(sisters: Company) -> None:
    sisters.imports("sites", "site,name,connection", "DT,Downtown,kitchen")
    sisters.counts("DT", OCTOBER, MEAT)
    sisters.counts("CK", OCTOBER, MEAT)
    assert sisters.preview(OCTOBER, connection="kitchen")["problems"] == []


def test_a_site_in_a_currency_other_than_the_connections_base_blocks(empty: Company) -> None:
    empty.connect(currency="CAD")
    empty.set_up({"DT": "books"})
    empty.opens("DT")
    empty.counts("DT", OCTOBER, MEAT)
    shown = empty.preview(OCTOBER)
    assert blocking(shown) == ["currency_mismatch"]
    assert problem(shown, "currency_mismatch")["where"] == {"site": "DT", "connection": "books"}
    assert empty.export(OCTOBER)["state"] == "REFUSED"


def test_a_site_that_says_it_is_counted_in_the_base_currency_is_taken(empty: Company) -> None:
    empty.connect(currency="CAD")
    empty.set_up({"DT": "books"})
    empty.imports("sites", "site,name,connection,currency", "DT,Downtown,books,CAD")
    empty.opens("DT")
    empty.counts("DT", OCTOBER, MEAT)
    shown = empty.preview(OCTOBER)
    assert (shown["problems"], shown["currency"]) == ([], "CAD")


@pytest.mark.parametrize(("how", "word"), [("edited", "edited"), ("deleted", "deleted")])
def test_a_prior_journal_edited_or_deleted_there_blocks_until_decided(company: Company, how: str, word: str) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    code = company.exported(OCTOBER)
    company.counts("DT", NOVEMBER, COUNTED)
    company.changed_there(code, how)
    shown = company.preview(NOVEMBER)
    assert blocking(shown) == ["prior_changed"]
    found = problem(shown, "prior_changed")
    assert (found["where"]["export"], word in found["message"]) == (code, True)
    assert company.export(NOVEMBER, "acknowledge=prior_changed")["state"] == "REFUSED"
