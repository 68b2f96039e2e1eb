"""Which counts are on offer: older and newer ones, late sites, skipped and exported dates, and nothing to post."""

import pytest

from tests.cases.company import (
    COUNTED,
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    OPENED,
    Company,
    blocking,
    journal,
    only,
    problem,
    said,
)

MEAT = {"Meat": "10.00"}
LEFT_OUT = "acknowledge=site_not_counted"


def test_the_dates_on_offer_are_listed_newest_first_and_the_newest_is_the_default(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    everywhere.counts("DT", NOVEMBER, COUNTED)
    assert everywhere.offered() == [f"{NOVEMBER} DT", f"{OCTOBER} DT"]
    assert everywhere.preview(None)["count_date"] == NOVEMBER
    assert everywhere.export(None, "acknowledge=older_count_skipped")["count_date"] == NOVEMBER


def test_open_counts_are_not_offered(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED, status="open")
    assert company.offered() == []
    assert blocking(company.preview(OCTOBER)) == ["not_offered"]


def test_any_other_date_is_not_offered(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    shown = company.preview(NOVEMBER)
    assert (blocking(shown), shown["entries"]) == (["not_offered"], [])
    assert company.export(NOVEMBER)["state"] == "REFUSED"


def test_an_exported_date_is_not_offered_and_shown_as_it_was_frozen(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    before = company.preview(OCTOBER)
    code = company.exported(OCTOBER)
    company.imports("categories", "category,department,cogs_account", "Meat,Food,5011")
    assert company.offered() == []
    after = company.preview(OCTOBER)
    assert after["entries"] == before["entries"]
    note = problem(after, "already_exported")
    assert (note["level"], note["where"]["export"]) == ("note", code)


def test_an_exported_date_answers_with_its_export_when_exported_again(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    code = company.exported(OCTOBER)
    assert company.export(OCTOBER)["export"] == code
    assert len(company.query("SELECT id FROM export")) == 1


def test_picking_a_newer_date_skips_the_older_one_with_a_warning(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.counts("DT", NOVEMBER, COUNTED)
    shown = company.preview(NOVEMBER)
    assert said(shown) == said(shown, "warning") == ["older_count_skipped"]
    assert problem(shown, "older_count_skipped")["where"] == {"site": "DT", "date": OCTOBER, "connection": "books"}
    assert said(company.export(NOVEMBER)) == ["not_acknowledged"]
    company.exported(NOVEMBER, "acknowledge=older_count_skipped")
    assert company.offered() == []
    assert blocking(company.preview(OCTOBER)) == ["not_offered"]


def test_a_skipped_count_stays_visible_and_is_offered_again_once_the_newer_is_undone(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.counts("DT", NOVEMBER, COUNTED)
    code = company.exported(NOVEMBER, "acknowledge=older_count_skipped")
    assert len(company.query("SELECT id FROM valuation_count WHERE current")) == 2
    company.undone(code)
    assert company.offered() == [f"{NOVEMBER} DT", f"{OCTOBER} DT"]


def test_an_older_count_of_a_site_that_is_not_covered_is_not_skipped(two: Company) -> None:
    two.counts("CK", OCTOBER, MEAT)
    two.counts("DT", NOVEMBER, MEAT)
    assert said(two.preview(NOVEMBER)) == ["site_not_counted"]


def test_exporting_the_older_date_first_needs_no_yes(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.counts("DT", NOVEMBER, COUNTED)
    company.exported(OCTOBER)
    assert company.offered() == [f"{NOVEMBER} DT"]
    assert company.preview(NOVEMBER)["problems"] == []


def test_a_site_without_an_approved_count_is_left_out_and_named_and_never_zero(two: Company) -> None:
    two.counts("DT", OCTOBER, MEAT)
    two.counts("CK", OCTOBER, MEAT)
    two.exported(OCTOBER)
    two.counts("DT", NOVEMBER, MEAT)
    two.counts("CK", NOVEMBER, MEAT, status="open")
    shown = two.preview(NOVEMBER)
    assert problem(shown, "site_not_counted")["where"]["site"] == "CK"
    assert said(shown, "warning") == ["site_not_counted"]
    assert {line["site"] for line in shown["entries"][0]["lines"]} == {"DT"}
    two.exported(NOVEMBER, LEFT_OUT)
    assert "CK Meat 10.00 1310/5010" in two.on_books()


def test_a_late_count_makes_the_date_offered_again_as_the_next_sequence(everywhere: Company) -> None:
    everywhere.imports("sites", "site,name,connection", "CK,Commissary,books")
    everywhere.opens("CK")
    everywhere.counts("DT", OCTOBER, COUNTED)
    first = everywhere.exported(OCTOBER, LEFT_OUT)
    everywhere.counts("CK", OCTOBER, MEAT)
    assert everywhere.offered() == [f"{OCTOBER} CK"]
    shown = everywhere.preview(OCTOBER)
    assert journal(shown, "site") == ["Dr 1310 Food Inventory 10.00 CK", "Cr 5010 COGS Meat 10.00 CK"]
    assert shown["problems"] == []
    made = everywhere.export(OCTOBER)
    assert (made["sequence"], made["export"] != first) == (2, True)
    assert everywhere.offered() == []


def test_a_late_count_does_not_warn_of_a_site_whose_count_of_the_date_was_skipped(two: Company) -> None:
    two.counts("CK", OCTOBER, MEAT)
    two.counts("CK", NOVEMBER, MEAT)
    two.exported(NOVEMBER, LEFT_OUT, "acknowledge=older_count_skipped")
    two.counts("DT", OCTOBER, MEAT)
    assert two.offered() == [f"{OCTOBER} DT"]
    assert two.preview(OCTOBER)["problems"] == []


def test_a_site_on_or_before_its_opening_date_is_not_named_as_left_out(two: Company) -> None:
    two.imports("sites", "site,name,connection", "AP,Airport,books")
    two.opens("AP", day=OCTOBER)
    two.counts("DT", OCTOBER, MEAT)
    two.counts("CK", OCTOBER, MEAT)
    assert two.preview(OCTOBER)["problems"] == []


def test_each_site_reverses_its_own_previous_count(two: Company) -> None:
    two.counts("DT", OCTOBER, MEAT)
    two.counts("CK", OCTOBER, {"Meat": "20.00"})
    two.exported(OCTOBER)
    two.counts("CK", NOVEMBER, {"Meat": "21.00"})
    two.exported(NOVEMBER, LEFT_OUT)
    two.counts("DT", DECEMBER, {"Meat": "12.00"})
    two.counts("CK", DECEMBER, {"Meat": "22.00"})
    shown = two.preview(DECEMBER)
    assert only(journal(shown, "site", "memo"), "Reverse", "Dr") == [
        f"Dr 5010 COGS Meat 21.00 CK Reverse ending inventory {NOVEMBER} · Meat · Commissary",
        f"Dr 5010 COGS Meat 10.00 DT Reverse ending inventory {OCTOBER} · Meat · Downtown",
    ]


def test_a_newer_count_of_one_site_does_not_hide_the_older_of_another(two: Company) -> None:
    two.counts("CK", NOVEMBER, MEAT)
    two.exported(NOVEMBER, LEFT_OUT)
    two.counts("DT", OCTOBER, MEAT)
    two.counts("CK", OCTOBER, MEAT)
    assert two.offered() == [f"{OCTOBER} DT"]


@pytest.mark.parametrize("values", [{"Meat": "0"}, {"Meat": "0", "Produce": "0"}])
def test_a_count_at_zero_of_books_that_carry_nothing_has_nothing_to_post(two: Company, values: dict[str, str]) -> None:
    two.counts("DT", OCTOBER, values)
    two.counts("CK", OCTOBER, values)
    shown = two.preview(OCTOBER)
    assert (blocking(shown), shown["entries"], shown["debits"]) == (["nothing_to_post"], [], "0.00")
    assert two.export(OCTOBER)["state"] == "REFUSED"


def test_the_decision_to_mark_it_exported_makes_an_export_without_postings(everywhere: Company) -> None:
    everywhere.sets(method="net_change")
    everywhere.counts("DT", OCTOBER, OPENED)
    assert blocking(everywhere.preview(OCTOBER)) == ["nothing_to_post"]
    made = everywhere.export(OCTOBER, "mark_exported=yes")
    assert (made["state"], made["postings"]) == ("POSTED", [])
    assert everywhere.offered() == []
    assert everywhere.on_books()[0] == "DT Meat 4812.37 1310/5010"


def test_an_export_without_postings_is_undone_at_once_and_offered_again(company: Company) -> None:
    company.sets(method="net_change")
    company.counts("DT", OCTOBER, OPENED)
    code = company.export(OCTOBER, "mark_exported=yes")["export"]
    assert company.undo(code)["state"] == "UNDONE"
    assert company.offered() == [f"{OCTOBER} DT"]


def test_an_amended_count_leaves_the_export_as_posted_and_shows_the_difference(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    code = everywhere.exported(OCTOBER)
    frozen = everywhere.preview(OCTOBER)["entries"]
    everywhere.counts("DT", OCTOBER, {**COUNTED, "Meat": "5000.05"})
    assert everywhere.offered() == []
    shown = everywhere.preview(OCTOBER)
    assert shown["entries"] == frozen
    note = problem(shown, "amended_since")
    assert (note["level"], note["where"]["export"]) == ("note", code)
    assert "exported 15,758.45, now 15,638.45, a difference of -120.00" in note["message"]
    assert everywhere.on_books()[0] == "DT Meat 5120.05 1310/5010"


def test_the_next_count_reverses_what_was_posted_and_not_what_was_amended(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    company.exported(OCTOBER)
    company.counts("DT", OCTOBER, {**COUNTED, "Meat": "5000.05"})
    company.counts("DT", NOVEMBER, COUNTED)
    assert journal(company.preview(NOVEMBER))[0] == "Dr 5010 COGS Meat 5,120.05"


def test_undo_and_export_again_posts_the_amended_count(company: Company) -> None:
    company.counts("DT", OCTOBER, COUNTED)
    code = company.exported(OCTOBER)
    company.counts("DT", OCTOBER, {**COUNTED, "Meat": "5000.05"})
    company.undone(code)
    shown = company.preview(OCTOBER)
    assert only(journal(shown, "category", "reason"), "Meat current") == [
        "Dr 1310 Food Inventory 5,000.05 Meat current",
        "Cr 5010 COGS Meat 5,000.05 Meat current",
    ]
    made = company.export(OCTOBER)
    assert (made["sequence"], made["export"] == code) == (2, False)
