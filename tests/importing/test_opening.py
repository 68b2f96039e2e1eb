"""Opening values: the first on-books values of a site."""

import json

import pytest

from tests.importing.company import Company, said

MAP = (
    "gl_account,account_number,account_name\n"
    "1310,1310,\n1340,1340,\n5010,5010,\n5020,,COGS Produce\n5030,5030,\n5100,5100,\n"
)
H = "date,site,category,value,asset_account,cogs_account\n"
OPENING = H + "2026-09-30,DT,Meat,4812.37,,\n2026-09-30,DT,Produce,1204.10,,\n2026-09-30,DT,Liquor,9650,,\n"
BOOKS = """SELECT s.code, c.name, o.value, o.asset_gl, o.cogs_gl, o.as_of, o.state, o.set_by FROM on_books o
    JOIN site s ON s.id = o.site_id JOIN category c ON c.id = o.category_id ORDER BY o.id"""


@pytest.fixture
def mapped(company: Company) -> Company:
    """A company whose GL accounts are mapped and whose site has a class."""
    company.imported("account-map", MAP)
    company.imported("site-map", "site,dimension,value\nDT,class,Downtown\n")
    return company


def carried(company: Company) -> list[str]:
    """Return the on-books values as text."""
    return [" ".join(str(value) for value in row) for row in company.query(BOOKS)]


def test_opening_values_become_the_on_books_values_with_todays_accounts_and_dimensions(mapped: Company) -> None:
    assert mapped.imported("opening", OPENING).added == 3
    assert carried(mapped) == [
        "DT Meat 481237 1310 5010 2026-09-30 live None",
        "DT Produce 120410 1310 5020 2026-09-30 live None",
        "DT Liquor 965000 1340 5100 2026-09-30 live None",
    ]
    documents = mapped.query("SELECT asset_account, cogs_account, dimensions FROM on_books ORDER BY id")[1]
    assert [json.loads(document) for document in documents] == [
        {"id": "", "number": "1310", "name": ""},
        {"id": "", "number": "", "name": "COGS Produce"},
        {"class": "Downtown"},
    ]
    site = "SELECT s.opening_date, c.name FROM site s JOIN connection c ON c.id = s.opening_connection_id"
    assert [(str(day), name) for day, name in mapped.query(site)] == [("2026-09-30", "books")]


def test_accounts_are_kept_as_the_chart_names_them(mapped: Company) -> None:
    mapped.imported("chart", "number,name,kind,id\n1310,Inventory:Food,asset,81\n5010,COGS:Meat,cogs,82\n")
    mapped.imported("opening", H + "2026-09-30,DT,Meat,1,,\n")
    assert json.loads(mapped.query("SELECT asset_account FROM on_books")[0][0]) == {
        "id": "81", "number": "1310", "name": "Inventory:Food"}  # fmt: skip


def test_importing_opening_values_again_after_an_export_changes_nothing_even_after_a_re_map(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    mapped.imported("account-map", "gl_account,account_number\n1310,1399\n")
    mapped.imported("counts", "count_date,site,item,category,quantity,value\n2026-10-31,DT,Beef,Meat,1,1.00\n")
    mapped.exported("DT", "2026-10-31")
    before = mapped.everything()
    assert mapped.imported("opening", OPENING).unchanged == 3
    assert mapped.everything() == before


def test_equal_values_imported_again_before_an_export_follow_what_was_mapped_since(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    mapped.imported("account-map", "gl_account,account_number\n1310,1399\n")
    result = mapped.imported("opening", OPENING)
    assert (result.changed, result.unchanged) == (2, 1)
    frozen = """SELECT c.name, o.asset_account, o.dimensions FROM on_books o
        JOIN category c ON c.id = o.category_id ORDER BY c.name"""
    accounts = {name: json.loads(account)["number"] for name, account, _ in mapped.query(frozen)}
    assert accounts == {"Liquor": "1340", "Meat": "1399", "Produce": "1399"}
    mapped.imported("site-map", "site,dimension,value\nDT,class,Uptown\n")
    assert mapped.imported("opening", OPENING).changed == 3
    assert {json.loads(dimensions)["class"] for *_, dimensions in mapped.query(frozen)} == {"Uptown"}
    before = mapped.everything()
    assert mapped.imported("opening", OPENING).unchanged == 3
    assert mapped.everything() == before


def test_equal_values_whose_accounts_no_longer_make_an_entry_stay_as_they_are(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    before = carried(mapped)
    mapped.imported(
        "account-map", "gl_account,account_number\n" + "".join(f"{gl},7\n" for gl in (1310, 1340, 5010, 5020, 5100))
    )
    assert mapped.imported("opening", OPENING).unchanged == 3
    assert carried(mapped) == before


def test_a_row_with_value_0_and_no_category_says_that_the_books_carry_nothing(mapped: Company) -> None:
    assert mapped.imported("opening", H + "2026-09-30,DT,,0,,\n").added == 1
    assert carried(mapped) == []
    assert mapped.query("SELECT count(*) FROM site WHERE opening_date IS NOT NULL") == [(1,)]


def test_a_category_at_zero_is_decided_and_needs_no_account(company: Company) -> None:
    company.imported("opening", H + "2026-09-30,DT,Meat,0.00,,\n")
    assert carried(company) == []
    assert company.query("SELECT value FROM opening") == [(0,)]


def test_before_an_export_a_value_is_corrected_by_importing_it_again(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    result = mapped.imported("opening", H + "2026-09-30,DT,Meat,5000,,\n2026-09-30,DT,Liquor,0,,\n")
    assert (result.added, result.changed) == (0, 2)
    assert [line.split(" 13")[0] for line in carried(mapped)] == ["DT Produce 120410", "DT Meat 500000"]


def test_overrides_of_counts_apply_most_specific_first_and_those_of_transfers_do_not(mapped: Company) -> None:
    header = "gl_account,site,use,override_account\n"
    mapped.imported("overrides", header + "5010,DT,transfer,5100\n5010,,,5020\n5010,DT,count,5030\n5030,,,5100\n")
    mapped.imported("opening", H + "2026-09-30,DT,Meat,1,,\n2026-09-30,AP,Meat,1,,\n")
    assert [line.split()[4] for line in carried(mapped)] == ["5030", "5020"]


def test_given_accounts_go_through_the_map_without_overrides(mapped: Company) -> None:
    mapped.imported("overrides", "gl_account,override_account\n5020,5030\n1340,1310\n")
    mapped.imported("opening", H + "2026-09-30,DT,Meat,1,1340,5020\n")
    assert carried(mapped) == ["DT Meat 100 1340 5020 2026-09-30 live None"]


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ("2026-09-30,XX,Meat,1,,\n", ["2 site unknown_site"]),
        ("2026-09-30,DT,Meet,1,,\n", ["2 category unknown_category"]),
        ("2026-09-30,DT,,1,,\n", ["2 category missing"]),
        ("2026-09-30,DT,Meat,1.005,,\n", ["2 value too_many_decimals"]),
        ("2026-09-30,DT,Meat,,,\n", ["2 value missing"]),
        ("2026-09-30,DT,Meat,1,9999,\n", ["2 asset_account unknown_gl_account"]),
        ("2026-09-30,DT,Meat,1,5010,\n", ["2 asset_account wrong_kind"]),
        ("2026-09-30,DT,Meat,1,,1310\n", ["2 cogs_account wrong_kind"]),
        ("2026-09-30,DT,Meat,1,1410,\n", ["2 asset_account unmapped_account"]),
        ("2026-09-30,DT,Meat,1,,\n2026-09-30,DT,Meat,2,,\n", ["3 duplicate"]),
        ("2026-09-30,DT,Meat,1,,\n2026-09-29,DT,Produce,2,,\n", ["3 date rows_disagree"]),
        ("2026-09-30,DT,Meat,1,,\n2026-09-30,DT,,0,,\n", ["2 category nothing_and_values"]),
    ],
)
def test_a_broken_opening_row_is_refused(mapped: Company, rows: str, errors: list[str]) -> None:
    before = mapped.everything()
    assert said(mapped.imports("opening", H + rows)) == errors
    assert mapped.everything() == before


def test_a_category_whose_accounts_are_not_mapped_is_refused_with_the_place_to_map_them(company: Company) -> None:
    result = company.imports("opening", H + "2026-09-30,DT,Meat,1,,\n")
    assert said(result) == ["2 category unmapped_account", "2 category unmapped_account"]
    assert "Map GL Account 1310" in result.errors[0].message


def test_a_category_without_gl_accounts_is_refused(mapped: Company) -> None:
    mapped.imported("departments", "department,asset_account\nFood,\n")
    assert said(mapped.imports("opening", H + "2026-09-30,DT,Meat,1,,\n")) == ["2 category unmapped_category"]


def test_two_sides_that_end_in_one_account_are_refused(mapped: Company) -> None:
    mapped.imported("account-map", "gl_account,account_number\n1310,77\n5010,77\n")
    assert said(mapped.imports("opening", H + "2026-09-30,DT,Meat,1,,\n")) == ["2 category wrong_kind"]


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("2026-09-30,DT,,0,,", "2026-09-30,DT,Meat,1,,", "nothing_and_values"),
        ("2026-09-30,DT,Meat,1,,", "2026-09-30,DT,,0,,", "nothing_and_values"),
        ("2026-09-30,DT,Meat,1,,", "2026-09-29,DT,Produce,1,,", "rows_disagree"),
    ],
)
def test_rows_imported_before_are_held_against_the_new_ones(
    mapped: Company, first: str, second: str, rule: str
) -> None:
    mapped.imported("opening", H + first + "\n")
    assert [error.rule for error in mapped.imports("opening", H + second + "\n").errors] == [rule]


def test_the_opening_date_is_corrected_by_importing_every_row_of_the_site_with_another(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    assert mapped.imported("opening", OPENING.replace("09-30", "08-31")).changed == 3
    assert [str(row[0]) for row in mapped.query("SELECT opening_date FROM site WHERE code = 'DT'")] == ["2026-08-31"]
    assert {line.split()[5] for line in carried(mapped)} == {"2026-08-31"}


def test_after_a_live_export_of_the_site_opening_values_are_refused_and_after_its_undo_taken(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    mapped.exported("DT", "2026-10-31", live=False)
    mapped.imported("opening", H + "2026-09-30,DT,Meat,1,,\n")
    mapped.imported("counts", "count_date,site,item,category,quantity,value\n2026-10-31,DT,Beef,Meat,1,1.00\n")
    mapped.exported("DT", "2026-10-31")
    assert said(mapped.imports("opening", H + "2026-09-30,DT,Meat,2,,\n")) == ["2 already_exported"]
    assert mapped.imported("opening", H + "2026-09-30,AP,Meat,2,,\n").added == 1


def test_a_site_without_a_connection_cannot_be_opened(mapped: Company) -> None:
    with mapped.database.write() as connection:
        connection.exec_driver_sql("UPDATE site SET connection_id = NULL WHERE code = 'DT'")
    mapped.connect("second")
    assert said(mapped.imports("opening", H + "2026-09-30,DT,Meat,1,,\n")) == ["2 site no_connection"]


def test_a_moved_site_opens_in_its_new_books_only_when_the_old_ones_carry_nothing(mapped: Company) -> None:
    mapped.imported("opening", OPENING)
    mapped.connect("new")
    mapped.imported("account-map", MAP, connection="new")
    mapped.imported("sites", "site,name,connection\nDT,Downtown,new\n")
    assert said(mapped.imports("opening", OPENING)) == ["2 carried_elsewhere"]
    with mapped.database.write() as connection:
        connection.exec_driver_sql("UPDATE on_books SET state = 'replaced'")
    assert mapped.imported("opening", OPENING).added == 3


def test_with_valid_rows_a_site_with_a_bad_row_is_left_out_whole(mapped: Company) -> None:
    rows = OPENING + "2026-09-30,DT,Prep,x,,\n2026-09-30,AP,Meat,1,,\n"
    result = mapped.imports("opening", rows, valid_rows=True)
    assert (result.stored, result.added, result.left_out) == (True, 1, 1)
    assert [line.split()[0] for line in carried(mapped)] == ["AP"]


def test_an_opening_value_may_be_of_a_category_that_is_gone(mapped: Company) -> None:
    with mapped.database.write() as connection:
        connection.exec_driver_sql("UPDATE category SET retired = true WHERE name = 'Meat'")
    assert mapped.imported("opening", H + "2026-09-30,DT,Meat,1,,\n").added == 1
