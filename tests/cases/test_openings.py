"""The first export of a site: opening values are decided first, frozen, and bound what may be exported."""

import pytest

from hub.service.context import Refused
from tests.cases.company import (
    COUNTED,
    NOVEMBER,
    OCTOBER,
    OPENED,
    OPENING_DAY,
    Company,
    blocking,
    journal,
    only,
    problem,
    refusal,
    said,
)

HEAD = "date,site,category,value,asset_account,cogs_account"


def test_the_first_export_of_a_site_waits_until_its_opening_values_are_decided(new: Company) -> None:
    new.counts("DT", OCTOBER, COUNTED)
    shown = new.preview(OCTOBER)
    assert blocking(shown) == ["opening_not_decided"]
    assert problem(shown, "opening_not_decided")["where"]["site"] == "DT"
    assert new.export(OCTOBER, "acknowledge=opening_not_decided")["state"] == "REFUSED"


def test_one_row_with_value_0_and_no_category_says_that_the_books_carry_nothing(new: Company) -> None:
    new.opens("DT")
    new.counts("DT", OCTOBER, {"Meat": "5120.05"})
    shown = new.preview(OCTOBER)
    assert journal(shown, "reason") == ["Dr 1310 Food Inventory 5,120.05 current", "Cr 5010 COGS Meat 5,120.05 current"]
    assert shown["problems"] == []


def test_opening_values_become_the_on_books_values_with_the_maps_of_their_import(new: Company) -> None:
    new.opens("DT", OPENED)
    new.imports("categories", "category,department,cogs_account", "Meat,Food,5011")
    assert new.on_books()[0] == "DT Meat 4812.37 1310/5010"


def test_given_opening_accounts_go_through_the_account_map_and_not_through_overrides(new: Company) -> None:
    new.imports("overrides", "gl_account,override_account", "1340,1310")
    new.imports("account-map", "gl_account,account_number", "5011,5020")
    new.imports("opening", HEAD, f"{OPENING_DAY},DT,Meat,10.00,1340,5011")
    assert new.on_books() == ["DT Meat 10.00 1340/5020"]


def test_the_categorys_own_opening_accounts_take_overrides(new: Company) -> None:
    new.imports("overrides", "gl_account,override_account", "1310,1315")
    new.imports("opening", HEAD, f"{OPENING_DAY},DT,Meat,10.00,,")
    assert new.on_books() == ["DT Meat 10.00 1315/5010"]


def test_an_opening_value_needs_its_accounts_mapped_or_accounts_given(new: Company) -> None:
    new.imports("gl-accounts", "number,name,kind", "5040,COGS Dairy,cogs")
    new.imports("categories", "category,department,cogs_account", "Dairy,Food,5040")
    refused = new.tries("opening", HEAD, f"{OPENING_DAY},DT,Dairy,10.00,,")
    assert [error.rule for error in refused.errors] == ["unmapped_account"]
    new.imports("opening", HEAD, f"{OPENING_DAY},DT,Dairy,10.00,1310,5010")
    assert new.on_books() == ["DT Dairy 10.00 1310/5010"]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([f"{OPENING_DAY},DT,,0,,", f"{OPENING_DAY},DT,Meat,1.00,,"], "nothing_and_values"),
        ([f"{OPENING_DAY},DT,Meat,1.00,,", "2026-09-29,DT,Produce,1.00,,"], "rows_disagree"),
    ],
)
def test_opening_rows_of_a_site_that_contradict_each_other_are_refused(
    new: Company, rows: list[str], rule: str
) -> None:
    assert rule in [error.rule for error in new.tries("opening", HEAD, *rows).errors]
    assert new.on_books() == []


def test_opening_values_after_a_live_export_are_refused_and_after_its_undo_taken(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    code = company.exported(OCTOBER)
    late = f"{OPENING_DAY},DT,Prep,3.00,,"
    assert [error.rule for error in company.tries("opening", HEAD, late).errors] == ["already_exported"]
    company.undone(code)
    company.imports("opening", HEAD, late)
    assert "DT Prep 3.00 1310/5030" in company.on_books()


@pytest.mark.parametrize("day", [OPENING_DAY, "2026-08-31"])
def test_counts_on_or_before_the_opening_date_are_never_offered(company: Company, day: str) -> None:
    company.counts("DT", day, COUNTED)
    assert company.offered() == []
    assert blocking(company.preview(day)) == ["not_offered"]
    with pytest.raises(Refused) as refused:
        company.preview(None)
    assert refusal(refused.value) == ["nothing_offered"]


def test_transfers_and_production_on_or_before_the_opening_date_are_never_included(two: Company) -> None:
    two.transfers("T-1", OPENING_DAY, "CK>DT", {"Meat": "40.00"})
    two.produces("B-1", OPENING_DAY, {"Meat": "80.00"}, {"Prep": "80.00"})
    two.counts("DT", OCTOBER, COUNTED)
    two.counts("CK", OCTOBER, COUNTED)
    shown = two.preview(OCTOBER)
    assert only(journal(shown, "reason"), "transfer") + only(journal(shown, "reason"), "production") == []
    assert said(shown) == []


def test_the_day_after_the_opening_date_is_offered_and_included(company: Company) -> None:
    company.counts("DT", "2026-10-01", COUNTED)
    company.produces("B-1", "2026-10-01", {"Meat": "80.00"}, {"Prep": "80.00"})
    assert company.offered() == ["2026-10-01 DT"]
    assert len(only(journal(company.preview("2026-10-01"), "reason"), "production")) == 2


def test_opening_values_at_zero_are_reversed_by_nothing_and_need_no_line_in_the_count(new: Company) -> None:
    new.imports("opening", HEAD, f"{OPENING_DAY},DT,Meat,0,,", f"{OPENING_DAY},DT,Produce,5.00,,")
    new.counts("DT", OCTOBER, {"Produce": "6.00"})
    shown = new.preview(OCTOBER)
    assert shown["problems"] == []
    assert len(journal(shown)) == 4


def test_a_negative_opening_value_is_reversed_with_the_sides_swapped(new: Company) -> None:
    new.opens("DT", {"Meat": "-12.00"})
    new.counts("DT", NOVEMBER, {"Meat": "1.00"})
    assert journal(new.preview(NOVEMBER), "reason")[:2] == [
        "Dr 1310 Food Inventory 12.00 reverse_prior",
        "Cr 5010 COGS Meat 12.00 reverse_prior",
    ]
