"""From category to account: its GL Account, its department's, one override, the map; and what is wrong with it."""

import pytest

from tests.cases.company import OCTOBER, Company, blocking, journal, only, problem


@pytest.fixture
def counted(two: Company) -> Company:
    two.counts("DT", OCTOBER, {"Meat": "10.00", "Liquor": "20.00"})
    two.counts("CK", OCTOBER, {"Meat": "30.00"})
    return two


def current(company: Company, *words: str) -> list[str]:
    """The lines of the October preview with site, category and reason."""
    return only(journal(company.preview(OCTOBER), "site", "category", "reason"), *words)


def test_a_category_takes_its_own_gl_account_and_else_its_departments(counted: Company) -> None:
    assert current(counted, "Liquor", "Cr") == ["Cr 5100 COGS Liquor 20.00 DT Liquor current"]
    counted.imports("categories", "category,department,cogs_account", "Liquor,Bar,6100")
    assert current(counted, "Cr", "DT Liquor") == ["Cr 6100 Kitchen Supplies 20.00 DT Liquor current"]


OVERRIDES = ["5010,,,5011", "5010,DT,,5020", "5010,,count,5030", "5010,DT,count,5100"]


@pytest.mark.parametrize(("most", "account"), [
    (1, "5011 Cost of Meat"), (2, "5020 COGS Produce"), (3, "5030 COGS Prep"), (4, "5100 COGS Liquor"),
])  # fmt: skip
def test_the_most_specific_override_wins_site_and_use_then_use_then_site_then_neither(
    counted: Company, most: int, account: str
) -> None:
    counted.imports("overrides", "gl_account,site,use,override_account", *OVERRIDES[:most])
    assert current(counted, "Cr", "DT Meat") == [f"Cr {account} 10.00 DT Meat current"]


def test_overrides_do_not_chain(counted: Company) -> None:
    counted.imports("overrides", "gl_account,override_account", "5010,5011", "5011,5020")
    assert current(counted, "Cr", "DT Meat") == ["Cr 5011 Cost of Meat 10.00 DT Meat current"]


def test_an_override_for_transfers_leaves_counts_alone_and_the_other_way_round(counted: Company) -> None:
    counted.imports("overrides", "gl_account,use,override_account", "5010,transfer,5011")
    counted.transfers("T-1", "2026-10-10", "CK>DT", {"Meat": "4.00"})
    assert current(counted, "Cr", "DT Meat current") == ["Cr 5010 COGS Meat 10.00 DT Meat current"]
    assert current(counted, "transfer") == [
        "Dr 5011 Cost of Meat 4.00 DT Meat transfer",
        "Cr 5011 Cost of Meat 4.00 CK Meat transfer",
    ]


def test_production_takes_the_overrides_for_counts(counted: Company) -> None:
    counted.imports("overrides", "gl_account,use,override_account", "5010,count,5011")
    counted.produces("B-1", "2026-10-10", {"Meat": "4.00"}, {"Prep": "4.00"})
    assert current(counted, "production")[1] == "Cr 5011 Cost of Meat 4.00 DT Meat production"


def test_the_production_variance_takes_the_overrides_for_counts(counted: Company) -> None:
    counted.sets(production_variance="5900")
    counted.imports("overrides", "gl_account,use,override_account", "5900,count,6100")
    counted.produces("B-1", "2026-10-10", {"Meat": "4.00"}, {"Prep": "3.00"})
    assert current(counted, "production_variance") == ["Dr 6100 Kitchen Supplies 1.00 DT Prep production_variance"]


def test_a_category_without_gl_account_blocks_and_is_still_previewed_and_totalled(two: Company) -> None:
    two.imports("departments", "department", "Store")
    two.imports("categories", "category,department", "Paper,Store")
    two.counts("DT", OCTOBER, {"Paper": "10.00"})
    shown = two.preview(OCTOBER)
    assert blocking(shown) == ["unmapped_category"]
    assert journal(shown) == ["Dr ? 10.00", "Cr ? 10.00"]
    assert (shown["debits"], shown["credits"], shown["balanced"]) == ("10.00", "10.00", True)


def test_an_unmapped_account_blocks_and_its_line_carries_its_gl_account_and_no_account(two: Company) -> None:
    two.imports("gl-accounts", "number,name,kind", "5040,COGS Dairy,cogs")
    two.imports("categories", "category,department,cogs_account", "Dairy,Food,5040")
    two.counts("DT", OCTOBER, {"Dairy": "10.00"})
    shown = two.preview(OCTOBER)
    assert blocking(shown) == ["unmapped_account"]
    assert problem(shown, "unmapped_account")["where"]["category"] == "Dairy"
    assert journal(shown, "gl_account") == ["Dr 1310 Food Inventory 10.00 1310", "Cr ? 10.00 5040"]
    assert two.export(OCTOBER)["state"] == "REFUSED"


@pytest.mark.parametrize(("asset", "cogs"), [("5020", "5010"), ("1310", "1340"), ("1310", "4000"), ("2410", "5010")])
def test_a_gl_account_of_the_wrong_kind_blocks(counted: Company, asset: str, cogs: str) -> None:
    row = f"Meat,Food,{asset},{cogs}"
    counted.imports("categories", "category,department,asset_account,cogs_account", row)
    assert blocking(counted.preview(OCTOBER)) == ["wrong_kind"]


def test_an_expense_account_is_a_fitting_cost_account(counted: Company) -> None:
    counted.imports("categories", "category,department,cogs_account", "Meat,Food,6100")
    assert blocking(counted.preview(OCTOBER)) == []


def test_an_account_of_the_wrong_kind_in_the_chart_blocks(counted: Company) -> None:
    counted.imports("account-map", "gl_account,account_number", "5010,4000")
    assert blocking(counted.preview(OCTOBER)) == ["wrong_kind"]


def test_the_asset_and_the_cost_side_must_not_end_in_one_account(counted: Company) -> None:
    counted.imports("account-map", "gl_account,account_number", "5010,1310")
    counted.writes("UPDATE chart_account SET kind = NULL WHERE number = '1310'")
    shown = counted.preview(OCTOBER)
    assert blocking(shown) == ["wrong_kind"]
    assert "both end in account 1310 Food Inventory" in str(shown["problems"])


def test_only_accounts_that_a_line_needs_are_asked_for(counted: Company) -> None:
    counted.imports("gl-accounts", "number,name,kind", "5040,COGS Dairy,cogs")
    counted.imports("categories", "category,department,cogs_account", "Dairy,Food,5040")
    assert blocking(counted.preview(OCTOBER)) == []
    counted.counts("CK", OCTOBER, {"Meat": "30.00", "Dairy": "0"})
    assert blocking(counted.preview(OCTOBER)) == []


def test_several_gl_accounts_may_share_one_account(counted: Company) -> None:
    counted.imports("account-map", "gl_account,account_number", "5100,5010")
    assert current(counted, "Cr", "Liquor") == ["Cr 5010 COGS Meat 20.00 DT Liquor current"]
