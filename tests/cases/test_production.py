"""Production: cost of goods from the ingredients' categories to the produced one, and the variance."""

import pytest

from tests.cases.company import NOVEMBER, OCTOBER, Company, blocking, journal, only, problem, said

DAY = "2026-10-20"
HEAD = "batch_id,date,site,side,item,category,quantity,unit_cost,value"
MEAT = {"Meat": "10.00"}


@pytest.fixture
def kitchen(new: Company) -> Company:
    new.opens("DT")
    new.counts("DT", OCTOBER, MEAT)
    return new


def produced(company: Company, day: str = OCTOBER) -> list[str]:
    """The production lines of a preview with category and reason."""
    return only(journal(company.preview(day), "category", "reason"), " production")


def test_the_worked_batch_goes_to_the_variance_account_to_the_cent(everywhere: Company) -> None:
    everywhere.sets(production_variance="5900")
    everywhere.produces("B-1", DAY, {"Meat": "80.00", "Produce": "20.00"}, {"Prep": "95.00"})
    everywhere.counts("DT", OCTOBER, {"Meat": "1.00", "Produce": "1.00", "Liquor": "1.00"})
    assert produced(everywhere) == [
        "Dr 5030 COGS Prep 95.00 Prep production",
        "Dr 5900 Production Variance 5.00 Prep production_variance",
        "Cr 5010 COGS Meat 80.00 Meat production",
        "Cr 5020 COGS Produce 20.00 Produce production",
    ]
    everywhere.exported(OCTOBER)


def test_a_variance_without_an_account_for_it_blocks_and_is_still_shown(kitchen: Company) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "75.00"})
    shown = kitchen.preview(OCTOBER)
    assert blocking(shown) == ["no_variance_account"]
    assert problem(shown, "no_variance_account")["where"]["batch"] == "B-1"
    assert (shown["balanced"], "Dr ? 5.00 Prep production_variance" in produced(kitchen)) == (True, True)
    assert kitchen.export(OCTOBER)["state"] == "REFUSED"


def test_an_output_worth_more_than_its_inputs_credits_the_variance(kitchen: Company) -> None:
    kitchen.sets(production_variance="5900")
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "85.00"})
    assert produced(kitchen) == [
        "Dr 5030 COGS Prep 85.00 Prep production",
        "Cr 5900 Production Variance 5.00 Prep production_variance",
        "Cr 5010 COGS Meat 80.00 Meat production",
    ]


def test_an_output_without_a_value_takes_the_sum_of_its_inputs(kitchen: Company) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00", "Produce": "20.00"}, {"Prep": ""})
    assert produced(kitchen)[0] == "Dr 5030 COGS Prep 100.00 Prep production"
    assert kitchen.preview(OCTOBER)["problems"] == []


@pytest.mark.parametrize(("output", "shown"), [("99.98", "100.00"), ("100.02", "100.00"), ("99.97", None)])
def test_a_difference_of_at_most_a_cent_per_input_row_goes_to_the_output(
    kitchen: Company, output: str, shown: str | None
) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00", "Produce": "20.00"}, {"Prep": output})
    assert blocking(kitchen.preview(OCTOBER)) == ([] if shown else ["no_variance_account"])
    assert produced(kitchen)[0] == f"Dr 5030 COGS Prep {shown or output} Prep production"


def test_a_small_difference_goes_to_the_largest_output(kitchen: Company) -> None:
    rows = [f"B-1,{DAY},DT,output,Stock,Produce,1,,30.00", f"B-1,{DAY},DT,output,Stew,Prep,1,,69.99"]
    kitchen.imports("production", HEAD, f"B-1,{DAY},DT,input,Beef,Meat,1,,100.00", *rows)
    assert produced(kitchen) == [
        "Dr 5020 COGS Produce 30.00 Produce production",
        "Dr 5030 COGS Prep 70.00 Prep production",
        "Cr 5010 COGS Meat 100.00 Meat production",
    ]


def test_input_rows_of_one_category_are_one_line_but_count_as_rows_for_the_cent(kitchen: Company) -> None:
    rows = [f"B-1,{DAY},DT,input,Beef {number},Meat,1,,10.00" for number in range(3)]
    kitchen.imports("production", HEAD, *rows, f"B-1,{DAY},DT,output,Stew,Prep,1,,29.97")
    assert produced(kitchen) == ["Dr 5030 COGS Prep 30.00 Prep production", "Cr 5010 COGS Meat 30.00 Meat production"]


def test_inputs_take_their_value_from_quantity_and_unit_cost(kitchen: Company) -> None:
    kitchen.imports("production", HEAD, f"B-1,{DAY},DT,input,Beef,Meat,3,1.115,", f"B-1,{DAY},DT,output,Stew,Prep,1,,")
    assert produced(kitchen)[1] == "Cr 5010 COGS Meat 3.35 Meat production"


def test_the_memo_says_what_batch_category_and_site(kitchen: Company) -> None:
    kitchen.sets(production_variance="5900")
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "75.00"})
    memos = only(journal(kitchen.preview(OCTOBER), "memo"), "B-1")
    assert [memo.partition("Production ")[2] for memo in memos] == [
        f"B-1 {DAY} · Prep · Downtown",
        f"Variance 5.00 Production variance B-1 {DAY} · Prep · Downtown",
        f"B-1 {DAY} · Meat · Downtown",
    ]


def test_a_batch_without_an_output_or_without_an_inputs_value_is_refused_at_import(kitchen: Company) -> None:
    assert kitchen.tries("production", HEAD, f"B-1,{DAY},DT,input,Beef,Meat,1,,80.00").errors
    rows = (f"B-1,{DAY},DT,input,Beef,Meat,1,,", f"B-1,{DAY},DT,output,Stew,Prep,1,,80.00")
    assert kitchen.tries("production", HEAD, *rows).errors
    assert kitchen.query("SELECT id FROM batch") == []


def test_a_batch_is_posted_once(kitchen: Company) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "80.00"})
    kitchen.exported(OCTOBER)
    kitchen.counts("DT", NOVEMBER, MEAT)
    assert produced(kitchen, NOVEMBER) == []


def test_a_batch_is_included_up_to_the_count_date(kitchen: Company) -> None:
    kitchen.produces("B-1", OCTOBER, {"Meat": "80.00"}, {"Prep": "80.00"})
    kitchen.produces("B-2", "2026-11-01", {"Meat": "7.00"}, {"Prep": "7.00"})
    assert len(produced(kitchen)) == 2


def test_a_batch_that_came_in_after_its_count_was_exported_is_late(kitchen: Company) -> None:
    kitchen.exported(OCTOBER)
    kitchen.produces("B-1", OCTOBER, {"Meat": "80.00"}, {"Prep": "80.00"})
    kitchen.counts("DT", NOVEMBER, MEAT)
    shown = kitchen.preview(NOVEMBER)
    assert said(shown) == said(shown, "warning") == ["late_production"]
    assert problem(shown, "late_production")["where"]["batch"] == "B-1"
    assert len(produced(kitchen, NOVEMBER)) == 2


def test_a_batch_before_go_live_is_not_included_and_one_on_that_day_is(kitchen: Company) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "80.00"})
    kitchen.sets(go_live="2026-10-21")
    assert produced(kitchen) == []
    kitchen.sets(go_live=DAY)
    assert len(produced(kitchen)) == 2


def test_switched_off_no_batch_is_included(kitchen: Company) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "75.00"})
    kitchen.sets(production="off")
    assert (produced(kitchen), kitchen.preview(OCTOBER)["problems"]) == ([], [])


def test_a_batch_changed_after_posting_is_refused(kitchen: Company) -> None:
    kitchen.produces("B-1", DAY, {"Meat": "80.00"}, {"Prep": "80.00"})
    kitchen.exported(OCTOBER)
    rows = (f"B-1,{DAY},DT,input,Meat input,Meat,1,,81.00", f"B-1,{DAY},DT,output,Prep output,Prep,1,,80.00")
    assert kitchen.tries("production", HEAD, *rows).errors
