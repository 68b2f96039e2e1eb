"""Transfers and production batches."""

import pytest

from tests.importing.company import Company, said

T = "transfer_id,date,from_site,to_site,item,category,quantity,unit_cost,value\n"
TRANSFER = T + "T1,2026-10-14,CK,DT,Sauce,Prep,4,2.505,\nT1,2026-10-14,CK,DT,Beef,Meat,1,,9.99\n"
B = "batch_id,date,site,side,item,category,quantity,unit_cost,value\n"
BATCH = B + (
    "B1,2026-10-20,CK,input,Beef,Meat,10,8,\n"
    "B1,2026-10-20,CK,input,Kale,Produce,10,,20\n"
    "B1,2026-10-20,CK,output,Ragu,Prep,5,,95\n"
)  # fmt: skip
TRANSFER_LINES = """SELECT t.transfer_id, t.status, i.name, c.name, l.quantity, l.unit_cost, l.value
    FROM transfer_line l JOIN transfer t ON t.id = l.movement_id JOIN item i ON i.id = l.item_id
    JOIN category c ON c.id = l.category_id ORDER BY l.id"""
BATCH_LINES = """SELECT b.batch_id, l.side, i.name, l.value FROM batch_line l JOIN batch b ON b.id = l.movement_id
    JOIN item i ON i.id = l.item_id ORDER BY l.id"""


def test_a_transfer_is_stored_with_its_lines(company: Company) -> None:
    assert company.imported("transfers", TRANSFER).added == 2
    assert company.query(TRANSFER_LINES) == [
        ("T1", "approved", "Sauce", "Prep", 4_000_000, 2_505_000, 1002),
        ("T1", "approved", "Beef", "Meat", 1_000_000, None, 999),
    ]


def test_a_batch_is_stored_and_an_output_without_a_value_has_none(company: Company) -> None:
    assert company.imported("production", BATCH.replace(",95", ",")).added == 3
    assert company.query(BATCH_LINES) == [
        ("B1", "input", "Beef", 8000), ("B1", "input", "Kale", 2000), ("B1", "output", "Ragu", None)]  # fmt: skip


@pytest.mark.parametrize(("kind", "content"), [("transfers", TRANSFER), ("production", BATCH)])
def test_importing_movements_again_changes_nothing_even_after_posting(
    company: Company, kind: str, content: str
) -> None:
    company.imported(kind, content)
    company.posted(*{"transfers": ("transfer", "T1"), "production": ("batch", "B1")}[kind])
    before = company.everything()
    result = company.imported(kind, content)
    assert (result.changed, result.added, result.unchanged) == (0, 0, result.rows)
    assert company.everything() == before


def test_a_known_line_is_updated_a_new_one_added_and_the_others_stay(company: Company) -> None:
    company.imported("transfers", TRANSFER)
    result = company.imported(
        "transfers", T + "T1,2026-10-14,CK,DT,Beef,Meat,2,,19\nT1,2026-10-14,CK,DT,Kale,Produce,1,1,\n"
    )
    assert (result.added, result.changed) == (1, 1)
    assert [row[6] for row in company.query(TRANSFER_LINES)] == [1002, 1900, 100]


def test_a_pending_transfer_is_approved_by_importing_it_with_that_status(company: Company) -> None:
    header = T.replace("value", "value,status")
    company.imported("transfers", header + "T1,2026-10-14,CK,DT,Beef,Meat,1,,5,pending\n")
    assert company.query("SELECT status FROM transfer") == [("pending",)]
    result = company.imported("transfers", header + "T1,2026-10-14,CK,DT,Beef,Meat,1,,5,approved\n")
    assert (result.changed, result.unchanged) == (1, 0)
    assert company.query("SELECT status FROM transfer") == [("approved",)]


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ("T1,2026-10-14,DT,DT,A,Meat,1,1,\n", ["2 to_site same_site"]),
        ("T1,2026-10-14,XX,DT,A,Meat,1,1,\n", ["2 from_site unknown_site"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,,\n", ["2 unit_cost missing"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,,-1\n", ["2 value negative_value"]),
        ("T1,2026-10-14,CK,DT,A,Meat,-1,2,\n", ["2 value negative_value"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,,1.005\n", ["2 value too_many_decimals"]),
        ("T1,2026-10-14,CK,DT,A,Meet,1,1,\n", ["2 category unknown_category"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,1,\nT1,2026-10-15,CK,DT,B,Meat,1,1,\n", ["3 date rows_disagree"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,1,\nT1,2026-10-14,CK,AP,B,Meat,1,1,\n", ["3 to_site rows_disagree"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,1,\nT1,2026-10-14,AP,DT,B,Meat,1,1,\n", ["3 from_site rows_disagree"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,1,\nT1,2026-10-14,CK,DT,A,Meat,2,1,\n", ["3 duplicate"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,1,\nT1,2026-10-14,CK,DT,A,Prep,2,1,\n", ["3 category two_categories"]),
        ("T1,2026-10-14,CK,DT,A,Meat,1,1,\nT2,2026-10-14,CK,DT,A,Prep,2,1,\n", ["3 category two_categories"]),
        (",2026-10-14,CK,DT,A,Meat,1,1,\n", ["2 transfer_id missing"]),
    ],
)
def test_a_broken_transfer_is_refused(company: Company, rows: str, errors: list[str]) -> None:
    before = company.everything()
    assert said(company.imports("transfers", T + rows)) == errors
    assert company.everything() == before


def test_rows_of_one_transfer_must_agree_on_their_status(company: Company) -> None:
    header = T.replace("value", "value,status")
    rows = "T1,2026-10-14,CK,DT,A,Meat,1,1,,pending\nT1,2026-10-14,CK,DT,B,Meat,1,1,,\n"
    assert said(company.imports("transfers", header + rows)) == ["3 status rows_disagree"]


def test_an_item_already_in_the_stored_transfer_under_another_category_is_refused(company: Company) -> None:
    company.imported("transfers", TRANSFER)
    result = company.imports("transfers", T + "T1,2026-10-14,CK,DT,Beef,Prep,1,1,\n")
    assert said(result) == ["2 category two_categories"]


def test_a_transfer_between_sites_of_different_currencies_is_refused(company: Company) -> None:
    company.imported("sites", "site,name,currency\nAP,Airport,CAD\n")
    result = company.imports("transfers", T + "T1,2026-10-14,CK,AP,A,Meat,1,1,\n")
    assert said(result) == ["2 to_site different_currencies"]


def test_a_transfer_between_books_of_different_base_currencies_is_refused(company: Company) -> None:
    company.connect("us", "USD")
    company.connect("canada", "CAD")
    company.imported("sites", "site,name,connection\nCK,Commissary,us\nAP,Airport,canada\n")
    result = company.imports("transfers", T + "T1,2026-10-14,CK,AP,A,Meat,1,1,\n")
    assert said(result) == ["2 to_site different_currencies"]


@pytest.mark.parametrize(
    "row", ["Beef,Meat,2,,9.99", "Beef,Meat,1,,9.98", "Kale,Produce,1,1,", "Beef,Meat,1,1,9.99"]
)  # fmt: skip
def test_a_transfer_changed_after_posting_is_refused_and_a_correcting_one_asked_for(company: Company, row: str) -> None:
    company.imported("transfers", TRANSFER)
    company.posted("transfer", "T1")
    result = company.imports("transfers", T + f"T1,2026-10-14,CK,DT,{row}\n")
    assert said(result) == ["2 already_posted"]
    assert "Enter a correcting transfer" in result.errors[0].message


def test_a_posted_transfers_date_cannot_change_and_an_undone_ones_can(company: Company) -> None:
    company.imported("transfers", TRANSFER)
    company.posted("transfer", "T1", live=False)
    later = TRANSFER.replace("-14", "-15")
    assert company.imported("transfers", later).changed == 2
    company.posted("transfer", "T1")
    assert said(company.imports("transfers", TRANSFER)) == ["2 already_posted"]


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ("B1,2026-10-20,CK,input,A,Meat,1,1,\n", ["2 side no_output"]),
        ("B1,2026-10-20,CK,input,A,Meat,1,,\nB1,2026-10-20,CK,output,R,Prep,1,,\n", ["2 value missing"]),
        ("B1,2026-10-20,CK,output,R,Prep,1,,-1\n", ["2 value negative_value"]),
        ("B1,2026-10-20,CK,input,A,Meat,-1,1,\nB1,2026-10-20,CK,output,R,Prep,1,,\n", ["2 value negative_value"]),
        ("B1,2026-10-20,CK,output,R,Prep,1,,5\nB1,2026-10-20,CK,output,S,Prep,1,,\n", ["2 value missing"]),
        ("B1,2026-10-20,CK,output,R,Prep,1,,5\nB1,2026-10-20,CK,output,R,Prep,1,,6\n", ["3 duplicate"]),
        ("B1,2026-10-20,CK,output,R,Prep,1,,5\nB1,2026-10-20,CK,input,R,Meat,1,,6\n", ["3 category two_categories"]),
        ("B1,2026-10-20,CK,output,R,Prep,1,,5\nB1,2026-10-20,DT,input,A,Meat,1,,6\n", ["3 site rows_disagree"]),
        ("B1,2026-10-20,CK,output,R,Prep,1,,5\nB1,2026-10-21,CK,input,A,Meat,1,,6\n", ["3 date rows_disagree"]),
        ("B1,2026-10-20,CK,made,R,Prep,1,,5\n", ["2 side not_a_choice"]),
    ],
)
def test_a_broken_batch_is_refused(company: Company, rows: str, errors: list[str]) -> None:
    before = company.everything()
    assert said(company.imports("production", B + rows)) == errors
    assert company.everything() == before


def test_a_further_input_joins_a_stored_batch_whose_output_is_there(company: Company) -> None:
    company.imported("production", BATCH)
    assert company.imported("production", B + "B1,2026-10-20,CK,input,Salt,Produce,1,1,\n").added == 1


def test_a_batch_changed_after_posting_is_refused(company: Company) -> None:
    company.imported("production", BATCH)
    company.posted("batch", "B1")
    assert said(company.imports("production", BATCH.replace(",95", ",96"))) == ["4 already_posted"]


def test_with_valid_rows_a_movement_with_a_bad_row_is_left_out_whole(company: Company) -> None:
    rows = TRANSFER + "T2,2026-10-14,CK,AP,Corn,Produce,1,1,\nT2,2026-10-14,CK,AP,Oats,Produce,x,1,\n"
    result = company.imports("transfers", rows, valid_rows=True)
    assert (result.stored, result.added, result.left_out) == (True, 2, 1)
    assert company.query("SELECT transfer_id FROM transfer") == [("T1",)]
    assert company.query("SELECT count(*) FROM item WHERE name IN ('Corn', 'Oats')") == [(0,)]


def test_with_valid_rows_nothing_is_stored_where_a_row_does_not_say_which_transfer_it_is_of(company: Company) -> None:
    before = company.everything()
    result = company.imports("transfers", TRANSFER + ",2026-10-14,CK,AP,Corn,Produce,1,1,\n", valid_rows=True)
    assert not result.stored
    assert company.everything() == before


def test_a_movements_value_that_is_not_quantity_times_cost_is_noted(company: Company) -> None:
    result = company.imported("transfers", T + "T1,2026-10-14,CK,DT,Beef,Meat,2,5,9.99\n")
    assert [note.rule for note in result.notes] == ["value_differs"]
