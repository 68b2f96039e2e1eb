"""Categories that are new, gone, at zero, missing or negative."""

from hub.service.companies import retire_category
from tests.cases.company import COUNTED, NOVEMBER, OCTOBER, OPENED, Company, blocking, journal, only, problem, said

WITHOUT_MEAT = {"Produce": "988.40", "Liquor": "9650.00"}
MEAT_REVERSED = [
    "Dr 5010 COGS Meat 4,812.37 reverse_prior Meat",
    "Cr 1310 Food Inventory 4,812.37 reverse_prior Meat",
]


def meat(company: Company, *decisions: str) -> list[str]:
    """The lines of Meat in the October preview."""
    return only(journal(company.preview(OCTOBER, *decisions), "reason", "category"), "Meat")


def test_a_new_category_has_the_current_half_only(company: Company) -> None:
    company.counts("DT", OCTOBER, {**COUNTED, "Prep": "12.00"})
    found = only(journal(company.preview(OCTOBER), "reason"), "12.00")
    assert found == ["Dr 1310 Food Inventory 12.00 current", "Cr 5030 COGS Prep 12.00 current"]


def test_a_category_counted_at_zero_has_the_reversal_only(company: Company) -> None:
    company.counts("DT", OCTOBER, {**COUNTED, "Meat": "0"})
    assert meat(company) == MEAT_REVERSED
    company.exported(OCTOBER)
    assert only(company.on_books(), "Meat") == []


def test_a_category_gone_from_the_company_has_the_reversal_only(company: Company) -> None:
    retire_category(company.hub, "ACME", "Meat", retired=True)
    company.counts("DT", OCTOBER, WITHOUT_MEAT)
    assert company.preview(OCTOBER)["problems"] == []
    assert meat(company) == MEAT_REVERSED


def test_an_on_books_category_without_a_line_in_the_count_blocks(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, WITHOUT_MEAT)
    shown = everywhere.preview(OCTOBER)
    assert blocking(shown) == ["category_missing"]
    assert problem(shown, "category_missing")["where"] == {"site": "DT", "category": "Meat", "connection": "books"}
    assert problem(shown, "category_missing")["fix"].endswith("zero=DT/Meat")
    assert everywhere.export(OCTOBER)["state"] == "REFUSED"


def test_the_decision_that_a_missing_category_is_zero_reverses_it(company: Company) -> None:
    company.counts("DT", OCTOBER, WITHOUT_MEAT)
    assert blocking(company.preview(OCTOBER, "zero=DT/Meat")) == []
    assert meat(company, "zero=DT/Meat") == MEAT_REVERSED
    company.exported(OCTOBER, "zero=DT/Meat")
    company.counts("DT", NOVEMBER, WITHOUT_MEAT)
    assert company.preview(NOVEMBER)["problems"] == []


def test_the_decision_for_another_site_or_category_does_not_help(company: Company) -> None:
    company.counts("DT", OCTOBER, WITHOUT_MEAT)
    assert blocking(company.preview(OCTOBER, "zero=CK/Meat", "zero=DT/Produce")) == ["category_missing"]


def test_a_corrected_count_answers_a_missing_category(company: Company) -> None:
    company.counts("DT", OCTOBER, WITHOUT_MEAT)
    company.counts("DT", OCTOBER, COUNTED)
    assert company.preview(OCTOBER)["problems"] == []


def test_an_item_with_a_negative_value_is_named_and_needs_a_yes(company: Company) -> None:
    head = "count_date,site,item,category,quantity,value"
    company.imports("counts", head, f"{OCTOBER},DT,Ribeye,Meat,1,100.00", f"{OCTOBER},DT,Credit,Meat,-1,-30.00",
                    f"{OCTOBER},DT,Lettuce,Produce,1,5.00", f"{OCTOBER},DT,Gin,Liquor,1,5.00")  # fmt: skip
    shown = company.preview(OCTOBER)
    assert said(shown) == said(shown, "warning") == ["negative_value"]
    assert problem(shown, "negative_value")["where"]["item"] == "Credit"
    assert only(meat(company), "current") == [
        "Dr 1310 Food Inventory 70.00 current Meat",
        "Cr 5010 COGS Meat 70.00 current Meat",
    ]
    refused = company.export(OCTOBER)
    assert (refused["state"], said(refused)) == ("REFUSED", ["not_acknowledged"])
    company.exported(OCTOBER, "acknowledge=negative_value")


def test_the_sides_swap_where_the_categorys_sum_is_negative(company: Company) -> None:
    company.counts("DT", OCTOBER, {**COUNTED, "Meat": "-30.00"})
    assert only(meat(company), "current") == [
        "Dr 5010 COGS Meat 30.00 current Meat",
        "Cr 1310 Food Inventory 30.00 current Meat",
    ]
    company.exported(OCTOBER, "acknowledge=negative_value")
    assert "DT Meat -30.00 1310/5010" in company.on_books()
    company.counts("DT", NOVEMBER, COUNTED)
    reversed_ = only(journal(company.preview(NOVEMBER), "reason", "category"), "30.00", "reverse_prior")
    assert reversed_ == [
        "Dr 1310 Food Inventory 30.00 reverse_prior Meat",
        "Cr 5010 COGS Meat 30.00 reverse_prior Meat",
    ]


def test_a_value_that_is_not_quantity_times_cost_is_used_and_noted(company: Company) -> None:
    head = "count_date,site,item,category,quantity,unit_cost,value"
    company.imports("counts", head, f"{OCTOBER},DT,Ribeye,Meat,2,10.00,25.00",
                    f"{OCTOBER},DT,Lettuce,Produce,3,1.115,", f"{OCTOBER},DT,Gin,Liquor,1,5.00,5.00")  # fmt: skip
    shown = company.preview(OCTOBER)
    assert said(shown) == said(shown, "note") == ["value_differs"]
    assert only(journal(shown, "reason"), "current", "Dr") == [
        "Dr 1310 Food Inventory 25.00 current",
        "Dr 1310 Food Inventory 3.35 current",
        "Dr 1340 Liquor Inventory 5.00 current",
    ]


def test_a_category_whose_items_add_up_to_zero_counts_as_zero(company: Company) -> None:
    head = "count_date,site,item,category,quantity,value"
    company.imports("counts", head, *(f"{OCTOBER},DT,{item}" for item in (
        "Ribeye,Meat,1,30.00", "Credit,Meat,-1,-30.00", "Lettuce,Produce,1,5.00", "Gin,Liquor,1,5.00")))  # fmt: skip
    assert meat(company) == MEAT_REVERSED
    assert blocking(company.preview(OCTOBER)) == []


def test_lines_of_nothing_are_left_out(new: Company) -> None:
    new.opens("DT")
    new.counts("DT", OCTOBER, {**OPENED, "Prep": "0"})
    assert only(journal(new.preview(OCTOBER), "category"), "Prep") == []
