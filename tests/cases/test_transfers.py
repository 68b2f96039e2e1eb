"""Transfers: whole in one set of books, one side in each of two, once, in time and only when approved."""

import pytest

from tests.cases.company import (
    NOVEMBER,
    OCTOBER,
    OPENING_DAY,
    Company,
    blocking,
    journal,
    journals,
    only,
    problem,
    said,
)

MEAT, DAY = {"Meat": "10.00"}, "2026-10-10"
LEFT_OUT = "acknowledge=site_not_counted"
DUE = "from_connection,to_connection,due_from,due_to"


def moved(company: Company, day: str = OCTOBER, connection: str | None = None) -> list[str]:
    """The transfer lines of a preview with site and category."""
    shown = company.preview(day, connection=connection)
    found = [line for _, lines in journals(shown, "site", "category", "reason") for line in lines]
    return [line.removesuffix(" transfer") for line in found if line.endswith(" transfer")]


@pytest.fixture
def counted(two: Company) -> Company:
    two.counts("DT", OCTOBER, MEAT)
    two.counts("CK", OCTOBER, MEAT)
    return two


@pytest.fixture
def apart(sisters: Company) -> Company:
    """Both sites counted in October, in different books with due accounts, and a transfer between them."""
    sisters.counts("DT", OCTOBER, MEAT)
    sisters.counts("CK", OCTOBER, MEAT)
    sisters.imports("due-accounts", DUE, "kitchen,books,1410,2410")
    sisters.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00", "Prep": "2.50"})
    return sisters


def test_a_transfer_in_one_set_of_books_moves_cost_of_goods_between_the_sites(counted: Company) -> None:
    counted.imports("site-map", "site,dimension,value", "DT,class,Main", "CK,class,Prep Kitchen")
    counted.transfers("T-1", DAY, "CK>DT", {"Produce": "2.50", "Meat": "4.00"})
    shown = counted.preview(OCTOBER)
    assert only(journal(shown, "site", "dimensions", "memo"), "Transfer") == [
        f"Dr 5010 COGS Meat 4.00 DT {{'class': 'Main'}} Transfer T-1 {DAY} · Meat · Commissary to Downtown",
        f"Cr 5010 COGS Meat 4.00 CK {{'class': 'Prep Kitchen'}} Transfer T-1 {DAY} · Meat · Commissary to Downtown",
        f"Dr 5020 COGS Produce 2.50 DT {{'class': 'Main'}} Transfer T-1 {DAY} · Produce · Commissary to Downtown",
        f"Cr 5020 COGS Produce 2.50 CK {{'class': 'Prep Kitchen'}} Transfer T-1 {DAY} · Produce · Commissary to Downtown",
    ]
    assert shown["problems"] == []


def test_items_of_one_category_add_up_to_one_pair(counted: Company) -> None:
    head = "transfer_id,date,from_site,to_site,item,category,quantity,unit_cost"
    counted.imports("transfers", head, f"T-1,{DAY},CK,DT,Ribeye,Meat,3,1.115", f"T-1,{DAY},CK,DT,Ham,Meat,1,2.00")
    assert moved(counted) == ["Dr 5010 COGS Meat 5.35 DT Meat", "Cr 5010 COGS Meat 5.35 CK Meat"]


@pytest.mark.parametrize(("first", "second"), [("DT", "CK"), ("CK", "DT")])
def test_it_is_taken_whole_by_the_first_export_of_either_site_and_by_no_other(
    two: Company, first: str, second: str
) -> None:
    two.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    two.counts(first, OCTOBER, MEAT)
    assert moved(two) == ["Dr 5010 COGS Meat 4.00 DT Meat", "Cr 5010 COGS Meat 4.00 CK Meat"]
    two.exported(OCTOBER, LEFT_OUT)
    two.counts(second, OCTOBER, MEAT)
    assert moved(two) == []


def test_a_transfer_is_included_up_to_the_count_date(counted: Company) -> None:
    counted.transfers("T-1", OCTOBER, "CK>DT", {"Meat": "4.00"})
    counted.transfers("T-2", "2026-11-01", "CK>DT", {"Meat": "5.00"})
    assert len(moved(counted)) == 2
    counted.exported(OCTOBER)
    counted.counts("DT", NOVEMBER, MEAT)
    assert moved(counted, NOVEMBER) == ["Dr 5010 COGS Meat 5.00 DT Meat", "Cr 5010 COGS Meat 5.00 CK Meat"]


def test_a_pending_transfer_is_left_out_with_a_note(counted: Company) -> None:
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"}, status="pending")
    shown = counted.preview(OCTOBER)
    assert (moved(counted), said(shown), said(shown, "note")) == ([], ["transfer_pending"], ["transfer_pending"])
    assert problem(shown, "transfer_pending")["where"]["transfer"] == "T-1"
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    assert len(moved(counted)) == 2


def test_a_pending_transfer_on_or_before_an_opening_date_is_not_spoken_of(counted: Company) -> None:
    counted.transfers("T-1", OPENING_DAY, "CK>DT", {"Meat": "4.00"}, status="pending")
    assert counted.preview(OCTOBER)["problems"] == []


def test_it_waits_while_one_of_its_sites_has_no_opening_values(two: Company) -> None:
    two.imports("sites", "site,name,connection", "AP,Airport,books")
    two.transfers("T-1", DAY, "DT>AP", {"Meat": "4.00"})
    two.counts("DT", OCTOBER, MEAT)
    two.counts("CK", OCTOBER, MEAT)
    shown = two.preview(OCTOBER)
    assert moved(two) == []
    assert said(shown, "note") == ["transfer_pending"]
    two.opens("AP", day="2026-10-09")
    assert len(moved(two)) == 2


@pytest.mark.parametrize("opened", ["DT", "CK"])
def test_its_own_date_is_later_than_both_sites_opening_dates(empty: Company, opened: str) -> None:
    empty.connect()
    empty.set_up({"DT": "books", "CK": "books"})
    for site in ("DT", "CK"):
        empty.opens(site, day=DAY if site == opened else OPENING_DAY)
        empty.counts(site, OCTOBER, MEAT)
    empty.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    empty.transfers("T-2", "2026-10-11", "CK>DT", {"Meat": "5.00"})
    assert moved(empty) == ["Dr 5010 COGS Meat 5.00 DT Meat", "Cr 5010 COGS Meat 5.00 CK Meat"]


def test_a_transfer_before_go_live_is_not_included_and_one_on_that_day_is(counted: Company) -> None:
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    counted.sets(go_live="2026-10-11")
    assert moved(counted) == []
    counted.sets(go_live=DAY)
    assert len(moved(counted)) == 2
    counted.sets(go_live="")
    assert len(moved(counted)) == 2


def test_switched_off_no_transfer_is_included_and_switched_on_again_it_is(counted: Company) -> None:
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    counted.transfers("T-2", DAY, "CK>DT", {"Meat": "4.00"}, status="pending")
    counted.sets(transfers="off")
    assert counted.preview(OCTOBER)["problems"] == []
    assert moved(counted) == []
    counted.sets(transfers="with_adjustments")
    assert len(moved(counted)) == 2


def test_a_transfer_that_came_in_after_its_count_was_exported_is_late(counted: Company) -> None:
    counted.exported(OCTOBER)
    counted.transfers("T-1", OCTOBER, "CK>DT", {"Meat": "4.00"})
    counted.counts("DT", NOVEMBER, MEAT)
    shown = counted.preview(NOVEMBER)
    assert said(shown, "warning") == ["late_transfer", "site_not_counted"]
    assert problem(shown, "late_transfer")["where"]["transfer"] == "T-1"
    assert len(moved(counted, NOVEMBER)) == 2
    counted.exported(NOVEMBER, "acknowledge=late_transfer", LEFT_OUT)


def test_it_is_late_for_the_sites_that_the_export_covers_alone(two: Company) -> None:
    two.counts("CK", OCTOBER, MEAT)
    two.exported(OCTOBER, LEFT_OUT)
    two.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    two.counts("DT", NOVEMBER, MEAT)
    assert said(two.preview(NOVEMBER), "warning") == ["site_not_counted"]
    assert len(moved(two, NOVEMBER)) == 2


def test_between_two_sets_of_books_each_posts_its_side_against_a_due_account(apart: Company) -> None:
    assert moved(apart, connection="kitchen") == [
        "Dr 1410 Due from Sister 4.00 CK Meat",
        "Cr 5010 COGS Meat 4.00 CK Meat",
        "Dr 1410 Due from Sister 2.50 CK Prep",
        "Cr 5030 COGS Prep 2.50 CK Prep",
    ]
    assert moved(apart, connection="books") == [
        "Dr 5010 COGS Meat 4.00 DT Meat",
        "Cr 2410 Due to Sister 4.00 DT Meat",
        "Dr 5030 COGS Prep 2.50 DT Prep",
        "Cr 2410 Due to Sister 2.50 DT Prep",
    ]


def test_each_side_is_posted_once(apart: Company) -> None:
    apart.exported(OCTOBER, connection="books")
    assert len(moved(apart, connection="kitchen")) == 4
    apart.exported(OCTOBER, connection="kitchen")
    apart.counts("DT", NOVEMBER, MEAT)
    apart.counts("CK", NOVEMBER, MEAT)
    assert moved(apart, NOVEMBER, connection="books") + moved(apart, NOVEMBER, connection="kitchen") == []


def test_due_accounts_take_no_overrides_and_cost_accounts_do(apart: Company) -> None:
    apart.imports("overrides", "gl_account,override_account", "1410,2410", "5010,5011")
    assert moved(apart, connection="kitchen")[:2] == [
        "Dr 1410 Due from Sister 4.00 CK Meat",
        "Cr 5011 Cost of Meat 4.00 CK Meat",
    ]


def test_due_accounts_are_set_per_pair_of_connections_and_direction(sisters: Company) -> None:
    sisters.counts("DT", OCTOBER, MEAT)
    sisters.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    sisters.imports("due-accounts", DUE, "books,kitchen,1410,2410")
    shown = sisters.preview(OCTOBER, connection="books")
    assert blocking(shown) == ["due_accounts_missing"]
    assert problem(shown, "due_accounts_missing")["where"] == {"transfer": "T-1", "connection": "books"}
    sisters.imports("due-accounts", DUE, "kitchen,books,1410,2410")
    assert blocking(sisters.preview(OCTOBER, connection="books")) == []


def test_each_side_has_its_own_sites_opening_date(empty: Company) -> None:
    empty.connect()
    empty.connect("kitchen")
    empty.set_up({"DT": "books", "CK": "kitchen"}, ["books", "kitchen"])
    empty.imports("due-accounts", DUE, "kitchen,books,1410,2410")
    empty.opens("DT", day=DAY)
    empty.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    for site in ("DT", "CK"):
        empty.counts(site, OCTOBER, MEAT)
    assert said(empty.preview(OCTOBER, connection="kitchen")) == ["opening_not_decided", "transfer_pending"]
    empty.opens("CK")
    assert moved(empty, connection="books") == []
    assert len(moved(empty, connection="kitchen")) == 2


def test_books_in_different_base_currencies_refuse_a_transfer_between_them(empty: Company) -> None:
    empty.connect(currency="USD")
    empty.connect("kitchen", currency="CAD")
    empty.set_up({"DT": "books", "CK": "kitchen"}, ["books", "kitchen"])
    head = "transfer_id,date,from_site,to_site,item,category,quantity,value"
    tried = empty.tries("transfers", head, f"T-1,{DAY},CK,DT,Ribeye,Meat,1,4.00")
    assert [error.rule for error in tried.errors] == ["different_currencies"]


def test_a_transfer_between_sites_that_came_to_differ_in_currency_blocks(apart: Company) -> None:
    apart.writes("UPDATE connection SET currency = 'CAD' WHERE name = 'kitchen'")
    assert "currency_mismatch" in blocking(apart.preview(OCTOBER, connection="books"))


def test_between_values_of_an_entry_level_dimension_it_goes_over_due_accounts_too(counted: Company) -> None:
    counted.imports("site-map", "site,dimension,value", "DT,subsidiary,East", "CK,subsidiary,West")
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    assert blocking(counted.preview(OCTOBER)) == ["due_accounts_missing"]
    counted.imports("due-accounts", DUE, "books,books,1410,2410")
    shown = counted.preview(OCTOBER)
    assert blocking(shown) == []
    assert journals(shown, "site") == [
        (OCTOBER, [
            "Dr 1310 Food Inventory 10.00 DT",
            "Cr 5010 COGS Meat 10.00 DT",
            "Dr 5010 COGS Meat 4.00 DT",
            "Cr 2410 Due to Sister 4.00 DT",
        ]),
        (OCTOBER, [
            "Dr 1310 Food Inventory 10.00 CK",
            "Cr 5010 COGS Meat 10.00 CK",
            "Dr 1410 Due from Sister 4.00 CK",
            "Cr 5010 COGS Meat 4.00 CK",
        ]),
    ]  # fmt: skip


def test_a_side_already_posted_is_not_posted_again_where_its_site_moves_to_the_same_books(apart: Company) -> None:
    apart.exported(OCTOBER, connection="kitchen")
    apart.imports("sites", "site,name,connection", "DT,Downtown,kitchen")
    apart.imports("due-accounts", DUE, "kitchen,kitchen,1410,2410")
    assert moved(apart, connection="kitchen") == [
        "Dr 5010 COGS Meat 4.00 DT Meat",
        "Cr 2410 Due to Sister 4.00 DT Meat",
        "Dr 5030 COGS Prep 2.50 DT Prep",
        "Cr 2410 Due to Sister 2.50 DT Prep",
    ]
    apart.exported(OCTOBER, connection="kitchen")


@pytest.mark.parametrize(
    "rows",
    [
        ["T-1,2026-10-10,DT,DT,Ribeye,Meat,1,4.00,approved"],
        ["T-1,2026-10-10,CK,DT,Ribeye,Meat,1,-4.00,approved"],
        ["T-1,2026-10-10,CK,DT,Ribeye,Meat,1,,approved"],
        ["T-1,2026-10-10,CK,DT,Ribeye,Meat,1,4.00,approved", "T-1,2026-10-11,CK,DT,Ham,Meat,1,4.00,approved"],
        ["T-1,2026-10-10,CK,DT,Ribeye,Meat,1,4.00,approved", "T-1,2026-10-10,DT,CK,Ham,Meat,1,4.00,approved"],
        ["T-1,2026-10-10,CK,DT,Ribeye,Meat,1,4.00,approved", "T-1,2026-10-10,CK,DT,Ham,Meat,1,4.00,pending"],
    ],
)
def test_a_transfer_that_makes_no_sense_is_refused_at_import(two: Company, rows: list[str]) -> None:
    head = "transfer_id,date,from_site,to_site,item,category,quantity,value,status"
    assert two.tries("transfers", head, *rows).errors
    assert two.query("SELECT id FROM transfer") == []


def test_a_transfer_changed_after_posting_is_refused_and_a_correcting_one_taken(counted: Company) -> None:
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "4.00"})
    counted.exported(OCTOBER)
    head = "transfer_id,date,from_site,to_site,item,category,quantity,value,status"
    assert counted.tries("transfers", head, f"T-1,{DAY},CK,DT,Meat item,Meat,1,5.00,approved").errors
    counted.transfers("T-2", "2026-11-01", "CK>DT", {"Meat": "1.00"})
    counted.counts("DT", NOVEMBER, MEAT)
    assert len(moved(counted, NOVEMBER)) == 2


def test_a_transfer_of_no_value_is_taken_without_a_line(counted: Company) -> None:
    counted.transfers("T-1", DAY, "CK>DT", {"Meat": "0"})
    assert moved(counted) == []
    counted.exported(OCTOBER)
    assert len(counted.query("SELECT id FROM movement_side WHERE live")) == 2
