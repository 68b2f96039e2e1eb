"""Dates, entries, their order, their limits, memos and references; the hash; and what changed meanwhile."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from hub.service.context import Refused
from tests.cases.company import (
    COUNTED,
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    OPENED,
    Company,
    blocking,
    journal,
    journals,
    lines,
    only,
    opened,
    problem,
    refusal,
    said,
)

MEAT = {"Meat": "10.00"}
LEFT_OUT = "acknowledge=site_not_counted"
REVERSE = ["Dr 5010 COGS Meat 10.00 DT reverse_prior", "Cr 1310 Food Inventory 10.00 DT reverse_prior"]


@pytest.fixture
def second(two: Company) -> Company:
    """Downtown's October and the Commissary's November count are exported; both are counted in December."""
    two.counts("DT", OCTOBER, MEAT)
    two.exported(OCTOBER, LEFT_OUT)
    two.counts("CK", NOVEMBER, {"Meat": "20.00"})
    two.exported(NOVEMBER, LEFT_OUT)
    two.counts("DT", DECEMBER, {"Meat": "11.00"})
    two.counts("CK", DECEMBER, {"Meat": "21.00"})
    return two


def test_the_entry_is_dated_the_count_date(second: Company) -> None:
    assert [day for day, _ in journals(second.preview(DECEMBER))] == [DECEMBER]


def test_reversals_dated_the_day_after_the_previous_count_are_entries_of_their_own(second: Company) -> None:
    second.sets(reversal_date="day_after_prior")
    assert journals(second.preview(DECEMBER), "site", "reason") == [
        ("2026-11-01", REVERSE),
        ("2026-12-01", [
            "Dr 5010 COGS Meat 20.00 CK reverse_prior",
            "Cr 1310 Food Inventory 20.00 CK reverse_prior",
        ]),
        (DECEMBER, [
            "Dr 1310 Food Inventory 21.00 CK current",
            "Cr 5010 COGS Meat 21.00 CK current",
            "Dr 1310 Food Inventory 11.00 DT current",
            "Cr 5010 COGS Meat 11.00 DT current",
        ]),
    ]  # fmt: skip


def test_the_first_reversal_is_dated_the_day_after_the_opening_date(company: Company) -> None:
    company.sets(reversal_date="day_after_prior")
    company.counts("DT", OCTOBER, COUNTED)
    assert [day for day, _ in journals(company.preview(OCTOBER))] == ["2026-10-01", OCTOBER]


def test_reversals_of_one_prior_date_share_an_entry(two: Company) -> None:
    two.sets(reversal_date="day_after_prior")
    for day in (OCTOBER, NOVEMBER):
        two.counts("DT", day, MEAT)
        two.counts("CK", day, MEAT)
        if day == OCTOBER:
            two.exported(OCTOBER)
    shown = two.preview(NOVEMBER)
    assert [(day, len(found)) for day, found in journals(shown)] == [("2026-11-01", 4), (NOVEMBER, 4)]


def test_reversals_stay_an_entry_of_their_own_and_come_first_where_the_next_day_is_counted(two: Company) -> None:
    two.sets(reversal_date="day_after_prior")
    two.counts("DT", OCTOBER, MEAT)
    two.exported(OCTOBER, LEFT_OUT)
    two.counts("DT", "2026-11-01", {"Meat": "11.00"})
    found = journals(two.preview("2026-11-01"), "site", "reason")
    assert found[0] == ("2026-11-01", REVERSE)
    assert [line[-7:] for line in found[1][1]] == ["current", "current"]


def test_the_fall_back_of_net_change_follows_the_reversal_date_with_a_warning(company: Company) -> None:
    company.sets(method="net_change", reversal_date="day_after_prior")
    company.imports("categories", "category,department,cogs_account", "Meat,Food,5011")
    company.counts("DT", OCTOBER, {**COUNTED, "Liquor": "0"})
    shown = company.preview(OCTOBER)
    assert said(shown) == said(shown, "warning") == ["net_change_fallback"]
    assert journals(shown, "reason") == [
        ("2026-10-01", [
            "Dr 5010 COGS Meat 4,812.37 reverse_prior",
            "Cr 1310 Food Inventory 4,812.37 reverse_prior",
            "Dr 5100 COGS Liquor 9,650.00 reverse_prior",
            "Cr 1340 Liquor Inventory 9,650.00 reverse_prior",
        ]),
        (OCTOBER, [
            "Dr 1310 Food Inventory 5,120.05 current",
            "Cr 5011 Cost of Meat 5,120.05 current",
            "Dr 5020 COGS Produce 215.70 net_change",
            "Cr 1310 Food Inventory 215.70 net_change",
        ]),
    ]  # fmt: skip
    assert company.export(OCTOBER)["state"] == "REFUSED"
    company.exported(OCTOBER, "acknowledge=net_change_fallback")


def test_one_entry_per_site_where_the_company_chose_so(second: Company) -> None:
    second.sets(entry_per="site")
    shown = second.preview(DECEMBER)
    assert [{line["site"] for line in entry["lines"]} for entry in shown["entries"]] == [{"CK"}, {"DT"}]
    assert [entry["memo"] for entry in shown["entries"]] == [
        f"Inventory adjustments {DECEMBER} · Commissary",
        f"Inventory adjustments {DECEMBER} · Downtown",
    ]


def test_with_one_entry_per_site_entries_stand_by_date_and_then_by_site(second: Company) -> None:
    second.sets(entry_per="site", reversal_date="day_after_prior")
    shown = second.preview(DECEMBER)
    assert [(entry["date"], entry["lines"][0]["site"]) for entry in shown["entries"]] == [
        ("2026-11-01", "DT"), ("2026-12-01", "CK"), (DECEMBER, "CK"), (DECEMBER, "DT"),
    ]  # fmt: skip


def test_with_one_entry_per_site_a_transfer_goes_into_the_to_sites(second: Company) -> None:
    second.sets(entry_per="site")
    second.transfers("T-1", "2026-12-10", "CK>DT", {"Meat": "4.00"})
    found = [only(lines, " transfer") for _, lines in journals(second.preview(DECEMBER), "site", "reason")]
    assert found == [[], ["Dr 5010 COGS Meat 4.00 DT transfer", "Cr 5010 COGS Meat 4.00 CK transfer"]]


def test_with_one_entry_per_site_a_transfer_between_books_goes_into_the_own_sites(sisters: Company) -> None:
    sisters.sets(entry_per="site")
    sisters.imports("due-accounts", "from_connection,to_connection,due_from,due_to", "kitchen,books,1410,2410")
    sisters.transfers("T-1", "2026-10-10", "CK>DT", {"Meat": "4.00"})
    sisters.counts("CK", OCTOBER, MEAT)
    (entry,) = sisters.preview(OCTOBER, connection="kitchen")["entries"]
    assert entry["memo"].endswith("Commissary")
    assert {line["site"] for line in entry["lines"]} == {"CK"}


def test_one_entry_per_distinct_value_of_an_entry_level_dimension(second: Company) -> None:
    second.imports("site-map", "site,dimension,value", "CK,subsidiary,West", "DT,subsidiary,East")
    found = journals(second.preview(DECEMBER), "site", "reason", "dimensions")
    assert found == [
        (DECEMBER, ["Dr 5010 COGS Meat 20.00 CK reverse_prior {}", "Cr 1310 Food Inventory 20.00 CK reverse_prior {}",
                    *(f"{line} {{}}" for line in REVERSE)]),
        (DECEMBER, ["Dr 1310 Food Inventory 11.00 DT current {'subsidiary': 'East'}",
                    "Cr 5010 COGS Meat 11.00 DT current {'subsidiary': 'East'}"]),
        (DECEMBER, ["Dr 1310 Food Inventory 21.00 CK current {'subsidiary': 'West'}",
                    "Cr 5010 COGS Meat 21.00 CK current {'subsidiary': 'West'}"]),
    ]  # fmt: skip


@pytest.mark.parametrize(("limit", "sizes"), [(2, [2] * 6), (3, [2] * 6), (5, [4, 4, 4]), (8, [8, 4]), (12, [12])])
def test_more_lines_than_the_connector_allows_become_several_entries(
    empty: Company, limit: int, sizes: list[int]
) -> None:
    empty.connect(max_lines=str(limit))
    empty.set_up({"DT": "books"})
    empty.opens("DT", OPENED)
    empty.counts("DT", OCTOBER, COUNTED)
    shown = empty.preview(OCTOBER)
    assert shown["problems"] == []
    assert [len(entry["lines"]) for entry in shown["entries"]] == sizes
    for entry in shown["entries"]:
        found = lines(entry)
        assert [line.split()[-1] for line in found[::2]] == [line.split()[-1] for line in found[1::2]]
    assert (shown["debits"], shown["credits"]) == ("31424.92", "31424.92")
    made = empty.export(OCTOBER)
    assert [posting["part"] for posting in made["postings"]] == list(range(1, len(sizes) + 1))
    assert len({posting["reference"] for posting in made["postings"]}) == len(sizes)


def test_a_transfer_is_never_torn_apart_and_one_too_long_blocks(empty: Company) -> None:
    empty.connect(max_lines="4")
    empty.set_up({"DT": "books", "CK": "books"})
    for site in ("DT", "CK"):
        empty.opens(site)
    empty.counts("DT", OCTOBER, MEAT)
    empty.transfers("T-1", "2026-10-10", "CK>DT", {"Meat": "1.00", "Produce": "2.00"})
    assert [len(entry["lines"]) for entry in empty.preview(OCTOBER)["entries"]] == [2, 4]
    empty.transfers("T-2", "2026-10-10", "CK>DT", {"Meat": "1.00", "Produce": "2.00", "Prep": "3.00"})
    assert "too_many_lines" in blocking(empty.preview(OCTOBER))


def test_lines_stand_by_site_then_reason_then_category_in_the_order_set_up(two: Company) -> None:
    values = {"Prep": "1.00", "Liquor": "2.00", "Meat": "3.00", "Produce": "4.00"}
    for day in (OCTOBER, NOVEMBER):
        for site in ("DT", "CK"):
            two.counts(site, day, values)
        if day == OCTOBER:
            two.exported(OCTOBER)
    two.transfers("T-2", "2026-11-10", "DT>CK", {"Meat": "5.00"})
    two.transfers("T-10", "2026-11-11", "CK>DT", {"Prep": "7.00", "Meat": "6.00"})
    two.transfers("T-1", "2026-11-12", "CK>DT", {"Meat": "8.00"})
    two.produces("B-1", "2026-11-12", {"Meat": "9.00"}, {"Prep": "9.00"}, site="CK")
    debits = [line for line in journal(two.preview(NOVEMBER), "site", "reason", "category") if line.startswith("Dr")]
    order = ["Meat", "Produce", "Liquor", "Prep"]
    assert [" ".join(line.split()[-3:]) for line in debits] == [
        *(f"CK reverse_prior {name}" for name in order),
        *(f"CK current {name}" for name in order),
        "CK transfer Meat",
        "CK production Prep",
        *(f"DT reverse_prior {name}" for name in order),
        *(f"DT current {name}" for name in order),
        "DT transfer Meat",
        "DT transfer Meat",
        "DT transfer Prep",
    ]
    assert [line.split()[-4] for line in debits[-3:]] == ["8.00", "6.00", "7.00"]


def test_each_pair_has_its_debit_before_its_credit_and_each_line_a_positive_amount(second: Company) -> None:
    found = journal(second.preview(DECEMBER))
    assert [line[:2] for line in found] == ["Dr", "Cr"] * 4


def test_memos_say_what_category_site_and_count(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.exported(OCTOBER)
    company.counts("DT", NOVEMBER, COUNTED)
    (entry,) = company.preview(NOVEMBER)["entries"]
    memos = [line["memo"] for line in entry["lines"]]
    assert memos[0] == memos[1] == f"Reverse ending inventory {OCTOBER} · Meat · Downtown"
    assert memos[6] == f"Ending inventory {NOVEMBER} · Meat · Downtown"
    assert entry["memo"] == f"Inventory adjustments {NOVEMBER}"


def test_the_memo_of_a_net_change_says_the_count(company: Company) -> None:
    company.sets(method="net_change")
    company.counts("DT", OCTOBER, COUNTED)
    assert journal(company.preview(OCTOBER), "memo")[0].endswith(
        f"Change in ending inventory {OCTOBER} · Meat · Downtown"
    )


def test_references_have_11_characters_and_are_stable_and_unique(second: Company) -> None:
    second.sets(entry_per="site", reversal_date="day_after_prior")
    shown = [[entry["reference"] for entry in second.preview(DECEMBER)["entries"]] for _ in range(2)]
    assert shown[0] == shown[1]
    found = [*shown[0], *(row["reference"] for row in second.query("SELECT reference FROM posting"))]
    assert len(set(found)) == len(found) == 6
    for reference in found:
        assert len(reference) == 11
        assert reference.startswith("IA")
        assert reference.isalnum()
        assert reference == reference.upper()


def test_the_reference_of_an_export_made_again_after_an_undo_is_another(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.undone(company.exported(OCTOBER))
    company.exported(OCTOBER)
    found = company.query("SELECT reference, key FROM posting")
    assert len({row["reference"] for row in found}) == len({row["key"] for row in found}) == 3


def test_references_come_from_the_postings_identity_and_never_from_row_ids(
    sqlite_databases: Any, tmp_path: Path
) -> None:
    found = []
    for shift in (0, 3):
        with opened(sqlite_databases.migrated(), tmp_path / str(shift)) as company:
            for number in range(shift):
                company.connect(f"spare {number}")
            company.connect()
            company.set_up({"CK": "books", "DT": "books"} if shift else {"DT": "books"})
            company.opens("DT", OPENED)
            company.writes("UPDATE company SET uuid = 'one and the same'")
            company.writes("UPDATE connection SET books = 'the books' WHERE name = 'books'")
            company.counts("DT", OCTOBER, COUNTED)
            made = company.export(OCTOBER, LEFT_OUT, connection="books")
            found.append((made["export"], made["hash"], made["postings"][0]["reference"], made["postings"][0]["key"]))
    assert found[0] == found[1]


def test_the_hash_is_the_sha256_of_connection_books_decisions_and_entries(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, {"Meat": "-1.00", "Produce": "1.00"})
    decisions = ["zero=DT/Liquor", "acknowledge=negative_value"]
    shown = everywhere.preview(OCTOBER, *decisions)
    (row,) = everywhere.query("SELECT books FROM connection")
    document = {
        "connection": "books",
        "books": row["books"],
        "decisions": sorted(decisions),
        "entries": shown["entries"],
    }
    assert shown["hash"] == sha256(rfc8785.dumps(document)).hexdigest()
    assert everywhere.preview(OCTOBER, *reversed(decisions))["hash"] == shown["hash"]
    assert everywhere.export(OCTOBER, *decisions, expected_hash=shown["hash"])["hash"] == shown["hash"]


def test_what_is_frozen_is_byte_for_byte_what_was_previewed(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    shown = everywhere.preview(OCTOBER)
    code = everywhere.file(OCTOBER)
    (posting,) = everywhere.postings(code)
    assert posting["entry"].encode() == rfc8785.dumps(shown["entries"][0])
    assert posting["sha256"] == sha256(posting["entry"].encode()).hexdigest()
    assert json.loads(posting["entry"])["reference"] == posting["reference"]


@pytest.mark.parametrize("change", ["count", "map", "decision", "method"])
def test_figures_that_changed_since_the_preview_are_refused(company: Company, change: str) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(OCTOBER)
    decisions: list[str] = []
    if change == "count":
        company.counts("DT", OCTOBER, {**COUNTED, "Meat": "1.00"})
    elif change == "map":
        company.imports("account-map", "gl_account,account_number", "1310,1315")
    elif change == "method":
        company.sets(method="net_change")
    else:
        decisions = ["zero=DT/Prep"]
    refused = company.export(OCTOBER, *decisions, expected_hash=shown["hash"])
    assert (refused["state"], refused["export"], blocking(refused)) == ("REFUSED", None, ["figures_changed"])
    assert company.query("SELECT id FROM export") == []


def test_the_same_hash_again_answers_with_the_same_export_and_another_is_refused(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(OCTOBER)
    code = company.export(OCTOBER, expected_hash=shown["hash"])["export"]
    assert company.export(OCTOBER, expected_hash=shown["hash"])["export"] == code
    with pytest.raises(Refused) as refused:
        company.export(OCTOBER, expected_hash="0" * 64)
    assert refusal(refused.value) == ["figures_changed"]


def test_each_kind_of_warning_needs_its_own_yes(two: Company) -> None:
    two.counts("DT", OCTOBER, {"Meat": "-1.00"})
    refused = two.export(OCTOBER, LEFT_OUT)
    assert blocking(refused) == ["not_acknowledged"]
    assert problem(refused, "not_acknowledged")["fix"].endswith("acknowledge=negative_value")
    assert two.export(OCTOBER, LEFT_OUT, "acknowledge=negative_value")["state"] == "FILE_READY"


def test_a_yes_does_not_wave_a_problem_through(new: Company) -> None:
    new.counts("DT", OCTOBER, COUNTED)
    assert blocking(new.export(OCTOBER, "acknowledge=opening_not_decided")) == ["opening_not_decided"]


@pytest.fixture
def closed_books(empty: Company) -> Company:
    """The books are closed through October, which was counted."""
    empty.connect(closed_through=OCTOBER)
    empty.set_up({"DT": "books"})
    empty.opens("DT", OPENED)
    empty.counts("DT", OCTOBER, COUNTED)
    return empty


def test_a_closed_period_is_found_before_the_entry_is_shown(closed_books: Company) -> None:
    shown = closed_books.preview(OCTOBER)
    assert blocking(shown) == ["period_closed"]
    assert [day for day, _ in journals(shown)] == [OCTOBER]
    assert closed_books.export(OCTOBER)["state"] == "REFUSED"


def test_the_date_that_a_person_picks_is_taken_and_recorded(closed_books: Company) -> None:
    shown = closed_books.preview(OCTOBER, "date=2026-11-01")
    assert shown["problems"] == []
    assert [day for day, _ in journals(shown)] == ["2026-11-01"]
    made = closed_books.export(OCTOBER, "date=2026-11-01", expected_hash=shown["hash"])
    assert (made["state"], made["decisions"], made["count_date"]) == ("FILE_READY", ["date=2026-11-01"], OCTOBER)
    (posting,) = closed_books.postings(made["export"])
    assert str(posting["entry_date"]) == "2026-11-01"


def test_a_date_that_lies_in_the_closed_period_too_still_blocks(closed_books: Company) -> None:
    assert blocking(closed_books.preview(OCTOBER, "date=2026-10-30")) == ["period_closed"]


def test_only_the_entries_in_the_closed_period_move_to_the_date_picked(empty: Company) -> None:
    empty.connect(closed_through="2026-10-15")
    empty.set_up({"DT": "books"})
    empty.opens("DT", OPENED)
    empty.sets(reversal_date="day_after_prior")
    empty.counts("DT", OCTOBER, COUNTED)
    assert [day for day, _ in journals(empty.preview(OCTOBER, "date=2026-10-16"))] == ["2026-10-16", OCTOBER]


def test_a_file_that_cannot_be_written_leaves_the_export_in_progress_and_it_goes_on_later(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    in_the_way = company.hub.home / "files"
    in_the_way.write_text("not a folder")
    with pytest.raises(Refused) as refused:
        company.export(OCTOBER)
    assert refusal(refused.value) == ["file_not_written"]
    company.counts("DT", NOVEMBER, COUNTED)
    assert "export_in_progress" in blocking(company.preview(NOVEMBER))
    in_the_way.unlink()
    made = company.export(OCTOBER)
    assert (made["state"], made["sequence"]) == ("FILE_READY", 1)
    assert company.on_books()[0] == "DT Meat 5120.05 1310/5010"


@pytest.mark.parametrize("text", ["", "zero", "zero=DT", "date=tomorrow", "prior=maybe", "mark_exported=no", "x=y"])
def test_a_decision_that_cannot_be_read_is_refused(company: Company, text: str) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    with pytest.raises(Refused) as refused:
        company.preview(OCTOBER, text)
    assert refusal(refused.value) == ["decision_unreadable"]


def test_amounts_have_the_decimals_of_their_currency(empty: Company) -> None:
    for name, currency in (("tokyo", "JPY"), ("kuwait", "KWD")):
        empty.connect(name, currency=currency)
    empty.set_up({"AP": "tokyo", "DT": "kuwait"}, ["tokyo", "kuwait"])
    empty.imports("sites", "site,name,connection,currency", "AP,Airport,tokyo,JPY", "DT,Downtown,kuwait,KWD")
    for site, value in (("AP", "1250"), ("DT", "1250.125")):
        empty.opens(site)
        empty.counts(site, OCTOBER, {"Meat": value})
    assert [empty.preview(OCTOBER, connection=name)["debits"] for name in ("tokyo", "kuwait")] == ["1250", "1250.125"]
