"""GL accounts, departments, categories, sites, overrides, site maps and due accounts."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from hub.api import Account, AccountKind, ChartUnreadable, File
from hub.service.importing import ImportRefused, import_file, import_rows
from tests.importing.company import NOW, SETUP, Company, said


@pytest.mark.parametrize("kind", SETUP)
def test_importing_a_set_up_file_again_changes_nothing(company: Company, kind: str) -> None:
    before = company.everything()
    result = company.imported(kind, SETUP[kind])
    assert (result.added, result.changed) == (0, 0)
    assert result.unchanged == result.rows
    assert company.everything() == before


def test_a_row_with_a_known_number_updates_the_gl_account(company: Company) -> None:
    result = company.imported("gl-accounts", "number,name,kind\n1310,Food & Dry Goods,Expense\n1999,New,asset\n")
    assert (result.added, result.changed, result.unchanged) == (1, 1, 0)
    assert company.query("SELECT name, kind FROM gl_account WHERE number = '1310'") == [("Food & Dry Goods", "expense")]


def test_a_column_that_the_file_lacks_stays_as_it_is_and_an_empty_cell_clears(company: Company) -> None:
    company.imported("departments", "department\nFood\n")
    assert company.query("SELECT count(*) FROM department WHERE asset_account IS NOT NULL") == [(2,)]
    company.imported("departments", "department,asset_account\nFood,\n")
    assert company.query("SELECT asset_account FROM department WHERE name = 'Food'") == [(None,)]


def test_categories_keep_the_order_in_which_they_were_first_set_up(company: Company) -> None:
    company.imported("categories", "category,department\nBread,Food\nMeat,Food\nBeer,Bar\n")
    rows = company.query("SELECT name FROM category ORDER BY position")
    assert [row[0] for row in rows] == ["Meat", "Produce", "Prep", "Liquor", "Bread", "Beer"]


def test_a_retired_category_comes_back_when_it_is_imported_again(company: Company) -> None:
    with company.database.write() as connection:
        connection.exec_driver_sql("UPDATE category SET retired = true WHERE name = 'Meat'")
    assert company.imported("categories", "category,department\nMeat,Food\n").changed == 1
    assert company.query("SELECT retired FROM category WHERE name = 'Meat'") == [(False,)]


@pytest.mark.parametrize(
    ("kind", "content", "errors"),
    [
        ("gl-accounts", "number,name,kind\n1310,Food,assets\n", ["2 kind not_a_choice"]),
        ("gl-accounts", "number,name,kind\n1310,A,asset\n1310,B,asset\n", ["3 duplicate"]),
        ("gl-accounts", "number,name,kind\n,A,asset\n", ["2 number missing"]),
        ("departments", "department,asset_account\nFood,9999\n", ["2 asset_account unknown_gl_account"]),
        ("categories", "category,department,cogs_account\nX,Fod,9\n",
         ["2 department unknown_department", "2 cogs_account unknown_gl_account"]),
        ("sites", "site,name,connection\nXX,X,boks\n", ["2 connection unknown_connection"]),
        ("sites", "site,name,currency\nXX,X,US\n", ["2 currency unknown_currency"]),
        ("sites", "site,name,currency\nXX,X,XAU\n", ["2 currency unknown_currency"]),
        ("overrides", "gl_account,override_account\n5010,5010\n", ["2 override_account same_account"]),
        ("overrides", "gl_account,override_account,site,use\n5010,5020,XX,sale\n", ["2 use not_a_choice"]),
        ("overrides", "gl_account,override_account,site\n5010,5020,DT\n5010,5030,DT\n", ["3 duplicate"]),
        ("overrides", "gl_account,override_account\n5010,1\n", ["2 override_account unknown_gl_account"]),
        ("site-map", "site,dimension,value\nXX,class,X\n", ["2 site unknown_site"]),
        ("site-map", "site,dimension,value\nDT,class,\n", ["2 value missing"]),
        ("due-accounts", "from_connection,to_connection,due_from,due_to\nbooks,bar,1410,1\n",
         ["2 to_connection unknown_connection", "2 due_to unknown_gl_account"]),
    ],
)  # fmt: skip
def test_a_broken_set_up_row_is_refused_and_nothing_stored(
    company: Company, kind: str, content: str, errors: list[str]
) -> None:
    before = company.everything()
    result = company.imports(kind, content)
    assert said(result) == errors
    assert not result.stored
    assert company.everything() == before


def test_with_valid_rows_the_good_set_up_rows_are_stored(company: Company) -> None:
    result = company.imports("gl-accounts", "number,name,kind\n1,A,asset\n2,B,nothing\n", valid_rows=True)
    assert (result.stored, result.added, result.left_out, result.error_count) == (True, 1, 1, 1)


def test_a_site_of_a_company_without_connections_has_none_and_of_one_with_one_has_that(bare: Company) -> None:
    bare.imported("sites", "site,name\nDT,Downtown\n")
    assert bare.query("SELECT connection_id FROM site") == [(None,)]
    connection_id = bare.connect("books")
    bare.imported("sites", "site,name\nDT,Downtown\n")
    assert bare.query("SELECT connection_id FROM site") == [(connection_id,)]


def test_with_several_connections_a_new_site_must_name_its_own(company: Company) -> None:
    second = company.connect("airport")
    assert said(company.imports("sites", "site,name\nXX,X\n")) == ["2 connection connection_needed"]
    company.imported("sites", "site,name,connection\nAP,Airport,airport\n")
    assert company.query("SELECT connection_id FROM site WHERE code = 'AP'") == [(second,)]
    assert company.imported("sites", "site,name\nAP,The Airport\n").changed == 1
    assert company.query("SELECT connection_id FROM site WHERE code = 'AP'") == [(second,)]


def test_the_connection_chosen_for_the_file_holds_where_a_row_names_none(company: Company) -> None:
    second = company.connect("airport")
    company.imported("sites", "site,name\nXX,X\n", connection="airport")
    assert company.query("SELECT connection_id FROM site WHERE code = 'XX'") == [(second,)]


def test_a_sites_currency_cannot_change_once_it_has_counts(company: Company) -> None:
    company.imported("sites", "site,name,currency\nDT,Downtown,EUR\n")
    company.imported("counts", "count_date,site,item,category,quantity,value\n2026-10-31,DT,A,Meat,1,1\n")
    assert said(company.imports("sites", "site,name,currency\nDT,Downtown,\n")) == ["2 currency currency_in_use"]
    assert company.imported("sites", "site,name,currency\nDT,Down Town,EUR\n").changed == 1


def test_an_override_is_keyed_by_account_site_and_use(company: Company) -> None:
    header = "gl_account,site,use,override_account\n"
    rows = header + "5010,,,5020\n5010,DT,,5020\n5010,,count,5020\n5010,DT,transfer,5020\n"
    assert company.imported("overrides", rows).added == 4
    assert company.imported("overrides", header + "5010,,,5030\n").changed == 1
    assert company.imported("overrides", rows.replace("5010,,,5020", "5010,,,5030")).unchanged == 4


def test_site_maps_are_kept_for_each_connection(company: Company) -> None:
    company.connect("airport")
    rows = "site,dimension,value,connection\nDT,class,Downtown,books\nDT,class,City,airport\n"
    assert company.imported("site-map", rows).added == 2
    assert said(company.imports("site-map", "site,dimension,value\nDT,class,X\n")) == ["2 connection connection_needed"]


def test_due_accounts_may_join_a_connection_with_itself(company: Company) -> None:
    rows = "from_connection,to_connection,due_from,due_to\nbooks,books,1410,2410\n"
    assert company.imported("due-accounts", rows).added == 1


CHART = "number,name,kind,id,active\n1310,Food,asset,81,yes\n,Bank:Petty Cash,asset,,no\n5010,COGS Meat,cogs,,\n"


def test_a_chart_is_kept_by_id_else_number_else_name(company: Company) -> None:
    assert company.imported("chart", CHART).added == 3
    rows = company.query("SELECT key, account_id, number, name, kind, active FROM chart_account ORDER BY id")
    assert rows == [
        ("81", "81", "1310", "Food", "asset", True),
        ("Bank:Petty Cash", "", "", "Bank:Petty Cash", "asset", False),
        ("5010", "", "5010", "COGS Meat", "cogs", True),
    ]
    assert company.imported("chart", CHART).unchanged == 3


def test_a_chart_needs_to_know_whose_it_is(company: Company) -> None:
    company.connect("airport")
    assert set(said(company.imports("chart", CHART))) == {f"{row} connection connection_needed" for row in (2, 3, 4)}
    assert company.imported("chart", CHART, connection="airport").added == 3


def test_an_account_without_id_number_and_name_is_refused(company: Company) -> None:
    assert said(company.imports("chart", "number,name,kind\n,,asset\n")) == ["2 id missing"]


def read_list(file: File) -> Iterable[Account]:
    if not file.content.startswith(b"!ACCNT"):
        raise ChartUnreadable("This is no exported list of accounts: line 1 should begin with !ACCNT.")
    for line in file.content.decode().splitlines()[1:]:
        number, name = line.split("\t")
        yield Account(number=number, name=name, kind=AccountKind.ASSET if number < "5" else None)


def test_a_chart_in_the_connectors_own_format_is_read_by_the_connector_and_replaces_the_old_one(
    company: Company,
) -> None:
    company.imported("chart", "!ACCNT\n1310\tFood\n1320\tDry\n5010\tMeat\n", chart_reader=read_list)
    assert company.query("SELECT number, kind FROM chart_account ORDER BY number") == [
        ("1310", "asset"), ("1320", "asset"), ("5010", None)]  # fmt: skip
    result = company.imported("chart", "!ACCNT\n1310\tFood\n5010\tMeats\n", chart_reader=read_list)
    assert (result.changed, result.unchanged, result.removed) == (1, 1, 1)
    assert company.query("SELECT count(*) FROM chart_account") == [(2,)]
    assert company.imported("chart", "!ACCNT\n1310\tFood\n5010\tMeats\n", chart_reader=read_list).unchanged == 2


def test_our_own_chart_file_is_ours_even_where_the_connector_has_a_format(company: Company) -> None:
    assert company.imported("chart", CHART, chart_reader=read_list).added == 3


def test_a_chart_that_the_connector_cannot_read_says_what_was_expected(company: Company) -> None:
    result = company.imports("chart", "!HDR\tx\n", chart_reader=read_list)
    assert said(result) == ["0 chart_unreadable"]
    assert "!ACCNT" in result.errors[0].message


def test_without_a_chart_an_account_map_is_stored_as_given(company: Company) -> None:
    company.imported("account-map", "gl_account,account_number\n1310,120-00\n")
    assert company.query("SELECT account_number, account_name, account_id FROM account_map") == [("120-00", "", "")]


@pytest.mark.parametrize(
    ("row", "errors"),
    [
        ("1310,1310,,", []),
        ("1310,,Food,", []),
        ("1310,,,81", []),
        ("1310,1310,Food,81", []),
        ("1310,1310,Meat,", ["2 account_number unknown_account"]),
        ("1310,,food,", ["2 account_name unknown_account"]),
        ("1310,,,", ["2 account_number missing"]),
        ("9999,1310,,", ["2 gl_account unknown_gl_account"]),
    ],
)
def test_with_a_chart_the_mapped_account_must_be_in_it(company: Company, row: str, errors: list[str]) -> None:
    company.imported("chart", CHART)
    result = company.imports("account-map", f"gl_account,account_number,account_name,account_id\n{row}\n")
    assert said(result) == errors


def test_an_unknown_account_is_named_with_the_nearest_ones(company: Company) -> None:
    company.imported("chart", CHART)
    result = company.imports("account-map", "gl_account,account_name\n5010,COGS Meats\n")
    assert "“5010 COGS Meat”" in result.errors[0].message


def test_an_account_name_that_stands_twice_in_the_chart_is_ambiguous(company: Company) -> None:
    company.imported("chart", "number,name,kind\n1310,Food,asset\n1311,Food,asset\n")
    assert said(company.imports("account-map", "gl_account,account_name\n1310,Food\n")) == [
        "2 account_name ambiguous_account"]  # fmt: skip
    company.imported("account-map", "gl_account,account_number,account_name\n1310,1311,Food\n")


def test_several_gl_accounts_may_share_one_account_but_one_has_only_one_account(company: Company) -> None:
    assert company.imported("account-map", "gl_account,account_number\n1310,1\n1340,1\n").added == 2
    assert said(company.imports("account-map", "gl_account,account_number\n1310,1\n1310,2\n")) == ["3 duplicate"]


def test_rows_of_json_keep_the_rules_of_a_file(company: Company) -> None:
    rows = [{"number": "77", "name": "New", "kind": "asset"}, {"number": 78, "name": "Bad", "kind": "asset"}]
    result = import_rows(company.database, "ACME", "gl-accounts", rows, actor="api", now=NOW)
    assert said(result) == ["2 number unreadable_cell"]
    assert "JSON string" in result.errors[0].message
    result = import_rows(company.database, "ACME", "gl-accounts", rows[:1], actor="api", now=NOW)
    assert (result.stored, result.added) == (True, 1)


def test_rows_of_json_with_an_unknown_name_or_no_row_are_refused(company: Company) -> None:
    for rows, rule in (([{"number": "1", "nmae": "x"}], "unknown_column"), ([], "empty_file")):
        result = import_rows(company.database, "ACME", "gl-accounts", rows, actor="api", now=NOW)
        assert rule in [error.rule for error in result.errors]


@pytest.mark.parametrize(
    ("code", "kind", "options", "message"),
    [
        ("ACMY", "sites", {}, "There is no company “ACMY”."),
        ("ACME", "site", {}, "There is no import kind “site”."),
        ("ACME", "sites", {"connection": "boks"}, "There is no connection “boks”. The connections are: books."),
    ],
)
def test_an_import_that_cannot_begin_says_why(
    company: Company, code: str, kind: str, options: dict[str, str], message: str
) -> None:
    company.code = code
    with pytest.raises(ImportRefused) as refused:
        company.imports(kind, SETUP["sites"], **options)
    assert str(refused.value).startswith(message)


def test_a_file_that_is_not_there_is_said_so(company: Company, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be opened"):
        import_file(company.database, "ACME", "sites", tmp_path / "no.csv", actor="tester", now=NOW)


def test_set_up_of_another_company_is_out_of_reach(company: Company) -> None:
    other = Company(company.database, code="OTHER")
    result = other.imports("categories", "category,department\nMeat,Food\n")
    assert said(result) == ["2 department unknown_department"]
    other.imported("gl-accounts", "number,name,kind\n1310,Theirs,asset\n")
    assert company.query("SELECT name FROM gl_account WHERE number = '1310' ORDER BY id") == [
        ("Food Inventory",), ("Theirs",)]  # fmt: skip
