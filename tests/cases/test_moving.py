"""Sites move to another connection: shown in figures first, and then to the cent what was shown, in each of the books."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from hub.service.context import Refused
from hub.service.enabling.moving import How, Plan, move, plan, waiting
from tests.cases.company import COUNTED, NOVEMBER, OCTOBER, OPENED, Company, blocking, only

OTHER, SAME = How.OTHER_BOOKS, How.SAME_BOOKS
COUNTED_LATER = {"Meat": "4000.01", "Produce": "1500.55", "Liquor": "9000.00"}


@pytest.fixture
def exported(sisters: Company) -> Company:
    """Downtown was exported to `books`; `kitchen` calls food 1315, and Downtown's next count is in."""
    sisters.imports("account-map", "gl_account,account_number", "1310,1315", connection="kitchen")
    sisters.counts("DT", OCTOBER, COUNTED)
    sisters.exported(OCTOBER, connection="books")
    sisters.counts("DT", NOVEMBER, COUNTED_LATER)
    sisters.counts("CK", NOVEMBER, {"Meat": "1.00"})
    return sisters


def planned(company: Company, how: How, *sites: str, to: str = "kitchen", on: date | None = None) -> Plan:
    return plan(company.hub, "ACME", sites or ["DT"], to, how, on=on)


def moves(company: Company, shown: Plan) -> dict[str, dict[str, object]]:
    return move(company.hub, "ACME", shown, shown.hash)


def balances(company: Company, site: str = "DT") -> dict[str, Decimal]:
    """What every entry to a site's accounts sums up to, by connection and account number, those at nothing left out."""
    rows = company.query("SELECT c.name, p.entry FROM posting p JOIN connection c ON c.id = p.connection_id")
    sums: Counter[str] = Counter()
    for row in rows:
        for line in json.loads(row["entry"])["lines"]:
            if line["site"] == site:
                amount = Decimal(line["amount"])
                sums[f"{row['name']} {line['account_number']}"] += amount if line["side"] == "debit" else -amount
    return {where: amount for where, amount in sorted(sums.items()) if amount}


def codes(found: Plan) -> list[str]:
    return [each.code for each in found.problems]


def test_other_books_are_closed_to_the_cent_as_it_was_shown_before(exported: Company) -> None:
    before = balances(exported)
    assert before["books 1310"] == Decimal("6108.45")
    shown = planned(exported, OTHER)
    (one,) = shown.moves
    assert (one.total, one.closing and one.closing["date"], codes(shown)) == ("15758.45", OCTOBER, [])
    assert balances(exported) == before, "showing it changes nothing"
    assert exported.offered("books") == [f"{NOVEMBER} DT"]
    made = moves(exported, shown)["DT"]
    (posting,) = exported.postings(str(made["export"]))
    assert json.loads(posting["entry"]) == one.closing
    exported.confirm(str(made["export"]))
    assert balances(exported) == {}
    assert only(exported.on_books(), "DT") == []
    assert blocking(exported.preview(NOVEMBER, connection="kitchen")) == ["opening_not_decided"]


def test_the_new_books_then_carry_exactly_the_count_whatever_their_opening_was(exported: Company) -> None:
    made = moves(exported, planned(exported, OTHER))["DT"]
    exported.confirm(str(made["export"]))
    exported.opens("DT", OPENED, day="2026-11-01")
    exported.exported(NOVEMBER, connection="kitchen")
    found = balances(exported)
    assert found.keys() == {f"kitchen {number}" for number in ("1315", "1340", "5010", "5020", "5100")}
    opened = Decimal("4812.37") + Decimal("1204.10")
    assert found["kitchen 1315"] + opened == Decimal("4000.01") + Decimal("1500.55")
    assert found["kitchen 1340"] + Decimal("9650.00") == Decimal("9000.00")


def test_the_same_books_are_reversed_once_through_the_new_map_and_nothing_is_posted_for_the_move(
    exported: Company,
) -> None:
    before = balances(exported)
    shown = planned(exported, SAME)
    (one,) = shown.moves
    assert [(v.category, v.value, v.asset.number, v.to_asset and v.to_asset.number) for v in one.values] == [
        ("Meat", "5120.05", "1310", "1315"),
        ("Produce", "988.40", "1310", "1315"),
        ("Liquor", "9650.00", "1340", "1340"),
    ]
    assert moves(exported, shown) == {}
    assert balances(exported) == before
    assert waiting(exported.hub, "ACME") == [("DT", "books", "kitchen")]
    assert blocking(exported.preview(NOVEMBER, connection="kitchen")) == ["site_moved"]
    exported.exported(NOVEMBER, "moved=DT/same_books", connection="kitchen")
    assert waiting(exported.hub, "ACME") == []
    found = balances(exported)
    assert {where: amount for where, amount in found.items() if where.startswith("books")} == before
    assert found["books 1310"] + found["kitchen 1315"] == Decimal("5500.56"), "both are accounts of the same books"
    assert found["books 1340"] + found["kitchen 1340"] == Decimal("9000.00")


def test_what_is_not_mapped_there_stops_a_move_within_the_same_books(exported: Company) -> None:
    exported.connect("new")
    shown = planned(exported, SAME, to="new")
    assert set(codes(shown)) == {"unmapped_account"}
    with pytest.raises(Refused):
        moves(exported, shown)
    assert exported.offered("books") == [f"{NOVEMBER} DT"], "nothing has moved"


def test_figures_that_changed_since_they_were_shown_stop_the_move(exported: Company) -> None:
    shown = planned(exported, OTHER)
    exported.exported(NOVEMBER, connection="books")
    with pytest.raises(Refused, match="figures have changed"):
        moves(exported, shown)
    assert exported.query("SELECT 1 FROM export WHERE kind = 'closing'") == []


def test_an_export_that_has_not_come_to_rest_stops_the_move(exported: Company) -> None:
    exported.file(NOVEMBER, connection="books")
    assert set(codes(planned(exported, OTHER))) == {"file_not_confirmed"}
    assert set(codes(planned(exported, SAME))) == {"file_not_confirmed"}


def test_books_in_another_currency_stop_the_move(exported: Company) -> None:
    exported.connect("euros", currency="EUR")
    assert codes(planned(exported, OTHER, to="euros")) == ["currency_mismatch"]


def test_a_site_that_posts_there_already_is_said_to(exported: Company) -> None:
    assert codes(planned(exported, OTHER, "CK")) == ["already_there"]


def test_two_connections_that_are_known_to_lead_to_one_company_are_not_closed_as_other_books(
    exported: Company,
) -> None:
    exported.writes(
        "UPDATE connection SET books = 'one', books_name = 'Acme', chosen_at = '2026-10-01 00:00:00.000000'"
    )
    assert codes(planned(exported, OTHER)) == ["same_books"]
    assert codes(planned(exported, SAME)) == []
    exported.writes("UPDATE connection SET books = 'two', books_name = 'Sister' WHERE name = 'kitchen'")
    assert codes(planned(exported, SAME)) == ["other_books"]
    assert codes(planned(exported, OTHER)) == []


def test_that_the_old_books_carry_nothing_says_nothing_of_the_new_ones(sisters: Company) -> None:
    sisters.counts("DT", OCTOBER, COUNTED)
    sisters.counts("CK", OCTOBER, {"Meat": "1.00"})
    assert moves(sisters, planned(sisters, OTHER)) == {}
    assert blocking(sisters.preview(OCTOBER, connection="kitchen")) == ["opening_not_decided"]


def test_the_same_books_still_carry_nothing_after_a_move(sisters: Company) -> None:
    sisters.counts("DT", OCTOBER, COUNTED)
    assert moves(sisters, planned(sisters, SAME)) == {}
    assert blocking(sisters.preview(OCTOBER, connection="kitchen")) == []


def test_every_site_of_a_company_moves_with_one_yes_and_is_closed_with_an_entry_of_its_own(exported: Company) -> None:
    exported.connect("new")
    exported.exported(NOVEMBER, connection="kitchen")
    shown = planned(exported, OTHER, "DT", "CK", to="new")
    made = moves(exported, shown)
    assert list(made) == ["DT", "CK"]
    for each in made.values():
        exported.confirm(str(each["export"]))
    assert balances(exported) == balances(exported, "CK") == {}


def test_two_sites_of_the_same_books_are_closed_on_the_same_date_as_both_were_shown(two: Company) -> None:
    for site, value in (("DT", "10.01"), ("CK", "20.02")):
        two.counts(site, OCTOBER, {"Meat": value})
    two.exported(OCTOBER)
    two.connect("new")
    shown = planned(two, OTHER, "DT", "CK", to="new")
    assert [(each.site, each.total) for each in shown.moves] == [("DT", "10.01"), ("CK", "20.02")]
    made = moves(two, shown)
    entries = [json.loads(posting["entry"]) for each in made.values() for posting in two.postings(str(each["export"]))]
    assert [entry["lines"] for entry in entries] == [each.closing["lines"] for each in shown.moves if each.closing]
    assert len({entry["reference"] for entry in entries}) == 2
    for each in made.values():
        two.confirm(str(each["export"]))
    assert balances(two) == balances(two, "CK") == {}


def test_an_undone_closing_puts_the_old_books_back_to_the_cent(exported: Company) -> None:
    before, carried = balances(exported), exported.on_books()
    code = str(moves(exported, planned(exported, OTHER))["DT"]["export"])
    exported.confirm(code)
    exported.undone(code)
    assert (balances(exported), exported.on_books()) == (before, carried)
    assert waiting(exported.hub, "ACME") == [("DT", "books", "kitchen")]


def test_a_closing_entry_has_the_date_that_a_person_picked(exported: Company) -> None:
    day = date(2026, 11, 5)
    shown = planned(exported, OTHER, on=day)
    made = move(exported.hub, "ACME", shown, shown.hash, on=day)["DT"]
    (posting,) = exported.postings(str(made["export"]))
    assert json.loads(posting["entry"])["date"] == "2026-11-05"


def test_a_closing_entry_that_is_refused_leaves_the_site_moved_unexported_and_waiting_and_stops_no_other(
    exported: Company,
) -> None:
    exported.connect("new")
    exported.exported(NOVEMBER, connection="kitchen")
    exported.imports("chart", "number,name,kind,active", "1310,Food Inventory,asset,no", connection="books")
    made = moves(exported, planned(exported, OTHER, "DT", "CK", to="new"))
    assert made["DT"]["export"] is None
    assert made["CK"]["state"] == "FILE_READY"
    assert waiting(exported.hub, "ACME") == [("DT", "books", "new")]
    assert "site_moved" in blocking(exported.preview(NOVEMBER, connection="new"))
    assert exported.query("SELECT count(*) AS number FROM export WHERE kind = 'closing'") == [{"number": 1}]
    exported.imports("chart", "number,name,kind,active", "1310,Food Inventory,asset,yes", connection="books")
    again = moves(exported, planned(exported, OTHER, "DT", to="new"))["DT"]
    exported.confirm(str(again["export"]))
    assert balances(exported) == {}
