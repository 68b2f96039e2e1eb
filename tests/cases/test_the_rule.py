"""Reversal and new value, and net change: the worked figures to the cent, and what was frozen stays frozen."""

from tests.cases.company import COUNTED, NOVEMBER, OCTOBER, Company, blocking, journal, journals, only, said

WORKED = [
    "Dr 5010 COGS Meat 4,812.37 reverse_prior",
    "Cr 1310 Food Inventory 4,812.37 reverse_prior",
    "Dr 5020 COGS Produce 1,204.10 reverse_prior",
    "Cr 1310 Food Inventory 1,204.10 reverse_prior",
    "Dr 5100 COGS Liquor 9,650.00 reverse_prior",
    "Cr 1340 Liquor Inventory 9,650.00 reverse_prior",
    "Dr 1310 Food Inventory 5,120.05 current",
    "Cr 5010 COGS Meat 5,120.05 current",
    "Dr 1310 Food Inventory 988.40 current",
    "Cr 5020 COGS Produce 988.40 current",
    "Dr 1340 Liquor Inventory 9,650.00 current",
    "Cr 5100 COGS Liquor 9,650.00 current",
]


def test_the_worked_example_is_previewed_to_the_cent(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    shown = everywhere.preview(OCTOBER)
    assert journal(shown, "reason") == WORKED
    assert (shown["debits"], shown["credits"], shown["balanced"]) == ("31424.92", "31424.92", True)
    assert shown["problems"] == []
    assert shown["title"] == f"{shown['label']} - Inventory Adjustments Export"


def test_what_is_exported_is_what_was_previewed_and_what_the_books_then_carry(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    shown = everywhere.preview(OCTOBER)
    code = everywhere.exported(OCTOBER)
    again = everywhere.preview(OCTOBER)
    assert (again["hash"], again["entries"]) == (shown["hash"], shown["entries"])
    assert said(again) == ["already_exported"]
    assert everywhere.on_books() == [
        "DT Meat 5120.05 1310/5010",
        "DT Produce 988.40 1310/5020",
        "DT Liquor 9650.00 1340/5100",
    ]
    assert [posting["state"] for posting in everywhere.postings(code)] == ["POSTED"]


def test_net_change_posts_only_the_difference(company: Company) -> None:
    company.sets(method="net_change")
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(OCTOBER)
    assert journal(shown, "reason") == [
        "Dr 1310 Food Inventory 307.68 net_change",
        "Cr 5010 COGS Meat 307.68 net_change",
        "Dr 5020 COGS Produce 215.70 net_change",
        "Cr 1310 Food Inventory 215.70 net_change",
    ]
    assert shown["problems"] == []
    company.exported(OCTOBER)
    assert company.on_books() == [
        "DT Meat 5120.05 1310/5010",
        "DT Produce 988.40 1310/5020",
        "DT Liquor 9650.00 1340/5100",
    ]


def test_after_a_re_map_the_old_value_leaves_the_account_it_was_posted_to(company: Company) -> None:
    company.imports("account-map", "gl_account,account_number", "1310,1315", "5010,5011")
    company.counts("DT", OCTOBER, COUNTED)
    assert only(journal(company.preview(OCTOBER), "reason", "category"), "Meat", "_prior") == [
        "Dr 5010 COGS Meat 4,812.37 reverse_prior Meat",
        "Cr 1310 Food Inventory 4,812.37 reverse_prior Meat",
    ]
    assert only(journal(company.preview(OCTOBER), "reason", "category"), "current Meat") == [
        "Dr 1315 Cold Store Inventory 5,120.05 current Meat",
        "Cr 5011 Cost of Meat 5,120.05 current Meat",
    ]
    company.exported(OCTOBER)
    assert company.on_books()[0] == "DT Meat 5120.05 1315/5011"


def test_after_a_category_gets_another_gl_account_the_old_value_leaves_the_old_one(company: Company) -> None:
    company.imports("categories", "category,department,asset_account,cogs_account", "Meat,Food,1315,5011")
    company.counts("DT", OCTOBER, COUNTED)
    assert only(journal(company.preview(OCTOBER), "reason", "gl_account", "category"), "Meat", "prior") == [
        "Dr 5010 COGS Meat 4,812.37 reverse_prior 5010 Meat",
        "Cr 1310 Food Inventory 4,812.37 reverse_prior 1310 Meat",
    ]


def test_the_old_value_is_reversed_with_the_dimensions_it_was_posted_with(company: Company) -> None:
    company.imports("site-map", "site,dimension,value", "DT,class,Main Street")
    company.counts("DT", OCTOBER, COUNTED)
    company.exported(OCTOBER)
    company.imports("site-map", "site,dimension,value", "DT,class,Harbour")
    company.counts("DT", NOVEMBER, COUNTED)
    found = only(journal(company.preview(NOVEMBER), "reason", "dimensions", "category"), "Meat")
    assert found == [
        "Dr 5010 COGS Meat 5,120.05 reverse_prior {'class': 'Main Street'} Meat",
        "Cr 1310 Food Inventory 5,120.05 reverse_prior {'class': 'Main Street'} Meat",
        "Dr 1310 Food Inventory 5,120.05 current {'class': 'Harbour'} Meat",
        "Cr 5010 COGS Meat 5,120.05 current {'class': 'Harbour'} Meat",
    ]


def test_net_change_falls_back_to_reversal_where_the_account_changed_and_says_so(company: Company) -> None:
    company.sets(method="net_change")
    company.imports("categories", "category,department,cogs_account", "Meat,Food,5011")
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(OCTOBER)
    assert journal(shown, "reason", "category") == [
        "Dr 5010 COGS Meat 4,812.37 reverse_prior Meat",
        "Cr 1310 Food Inventory 4,812.37 reverse_prior Meat",
        "Dr 1310 Food Inventory 5,120.05 current Meat",
        "Cr 5011 Cost of Meat 5,120.05 current Meat",
        "Dr 5020 COGS Produce 215.70 net_change Produce",
        "Cr 1310 Food Inventory 215.70 net_change Produce",
    ]
    assert said(shown, "note") == ["net_change_fallback"]


def test_net_change_falls_back_where_the_dimensions_changed(company: Company) -> None:
    company.sets(method="net_change")
    company.imports("site-map", "site,dimension,value", "DT,class,Harbour")
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(OCTOBER)
    assert said(shown) == ["net_change_fallback"]
    assert len(journal(shown)) == 12


def test_under_net_change_a_new_category_is_current_and_one_at_zero_is_reversed_and_neither_is_a_fall_back(
    company: Company,
) -> None:
    company.sets(method="net_change")
    company.counts("DT", OCTOBER, {"Meat": "0", "Produce": "1204.10", "Liquor": "9650.00", "Prep": "12.00"})
    shown = company.preview(OCTOBER)
    assert journal(shown, "reason") == [
        "Dr 5010 COGS Meat 4,812.37 reverse_prior",
        "Cr 1310 Food Inventory 4,812.37 reverse_prior",
        "Dr 1310 Food Inventory 12.00 current",
        "Cr 5030 COGS Prep 12.00 current",
    ]
    assert shown["problems"] == []


def test_two_gl_accounts_that_share_an_account_do_not_make_net_change_fall_back(company: Company) -> None:
    company.sets(method="net_change")
    company.imports("account-map", "gl_account,account_number", "5011,5010")
    company.imports("categories", "category,department,cogs_account", "Meat,Food,5011")
    company.counts("DT", OCTOBER, COUNTED)
    assert said(company.preview(OCTOBER)) == []


def test_both_methods_leave_the_same_values_on_the_books_after_a_re_map(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.exported(OCTOBER)
    company.sets(method="net_change")
    company.counts("DT", NOVEMBER, {"Meat": "10.00", "Produce": "20.00", "Liquor": "30.00"})
    assert blocking(company.preview(NOVEMBER)) == []
    company.exported(NOVEMBER)
    assert company.on_books() == ["DT Meat 10.00 1310/5010", "DT Produce 20.00 1310/5020", "DT Liquor 30.00 1340/5100"]
    assert [day for day, _ in journals(company.preview(NOVEMBER))] == [NOVEMBER]
