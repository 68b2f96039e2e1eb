"""Files that wait to be confirmed, and undo: the opposite entry, a withdrawn file, and what is open again."""

import json

import pytest

from hub.service.context import Refused
from hub.service.exporting import preview_undo
from tests.cases.company import (
    COUNTED,
    NOVEMBER,
    OCTOBER,
    Company,
    blocking,
    journal,
    lines,
    problem,
    refusal,
    said,
)

AFTER = ["DT Meat 5120.05 1310/5010", "DT Produce 988.40 1310/5020", "DT Liquor 9650.00 1340/5100"]
BEFORE = ["DT Meat 4812.37 1310/5010", "DT Produce 1204.10 1310/5020", "DT Liquor 9650.00 1340/5100"]


@pytest.fixture
def counted(company: Company) -> Company:
    company.counts("DT", OCTOBER, COUNTED)
    return company


def test_a_file_ready_sets_the_on_books_values_at_once(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    everywhere.file(OCTOBER)
    assert everywhere.on_books() == AFTER
    assert everywhere.offered() == []


def test_a_file_that_was_not_confirmed_blocks_the_next_preview_of_its_sites(counted: Company) -> None:
    code = counted.file(OCTOBER)
    counted.counts("DT", NOVEMBER, COUNTED)
    shown = counted.preview(NOVEMBER)
    assert said(shown) == ["file_not_confirmed"]
    assert problem(shown, "file_not_confirmed")["where"] == {"site": "DT", "export": code, "connection": "books"}
    assert counted.export(NOVEMBER)["state"] == "REFUSED"
    counted.confirm(code)
    assert counted.preview(NOVEMBER)["problems"] == []


def test_a_file_of_one_site_does_not_block_another(two: Company) -> None:
    two.counts("DT", OCTOBER, {"Meat": "10.00"})
    two.file(OCTOBER, "acknowledge=site_not_counted")
    two.counts("CK", OCTOBER, {"Meat": "10.00"})
    assert two.preview(OCTOBER)["problems"] == []


def test_confirming_twice_changes_nothing(counted: Company) -> None:
    code = counted.file(OCTOBER)
    assert counted.confirm(code) == counted.confirm(code)
    assert len(counted.query("SELECT seq FROM audit_event WHERE action = 'confirm'")) == 1


def test_an_unconfirmed_file_is_withdrawn_without_an_opposite_entry(everywhere: Company) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    code = everywhere.file(OCTOBER)
    assert preview_undo(everywhere.hub, "ACME", code)["entries"] == []
    assert everywhere.undo(code)["state"] == "UNDONE"
    assert everywhere.postings(code, "undo") == []
    assert everywhere.on_books() == BEFORE
    assert everywhere.offered() == [f"{OCTOBER} DT"]
    with pytest.raises(Refused) as refused:
        everywhere.confirm(code)
    assert refusal(refused.value) == ["nothing_to_confirm"]


def test_the_undo_of_a_confirmed_file_is_a_file_of_its_own_and_changes_nothing_until_confirmed(
    everywhere: Company,
) -> None:
    everywhere.counts("DT", OCTOBER, COUNTED)
    code = everywhere.exported(OCTOBER)
    made = everywhere.undo(code)
    assert (made["export"], made["state"], made["phase"]) == (code, "FILE_READY", "undo")
    assert [posting["state"] for posting in made["postings"]] == ["FILE_READY"]
    assert everywhere.on_books() == AFTER
    assert everywhere.offered() == []
    everywhere.counts("DT", NOVEMBER, COUNTED)
    assert said(everywhere.preview(NOVEMBER)) == ["file_not_confirmed"]
    assert everywhere.confirm(code)["state"] == "UNDONE"
    assert everywhere.on_books() == BEFORE
    assert everywhere.offered() == [f"{NOVEMBER} DT", f"{OCTOBER} DT"]


def test_the_undo_is_the_opposite_of_what_was_posted_at_the_original_date(counted: Company) -> None:
    posted = journal(counted.preview(OCTOBER), "category")
    code = counted.exported(OCTOBER)
    counted.imports("account-map", "gl_account,account_number", "1310,1315", "5010,5011")
    shown = preview_undo(counted.hub, "ACME", code)
    swapped = [{"Dr": "Cr", "Cr": "Dr"}[line[:2]] + line[2:] for line in posted]
    assert journal(shown, "category") == swapped
    (entry,) = shown["entries"]
    assert entry["date"] == OCTOBER
    assert {line["reason"] for line in entry["lines"]} == {"undo"}
    reference = counted.postings(code)[0]["reference"]
    assert entry["memo"] == f"Undo {reference} · Inventory adjustments {OCTOBER}"
    assert entry["reference"] != reference


def test_what_is_undone_is_what_the_undo_preview_showed(counted: Company) -> None:
    code = counted.exported(OCTOBER)
    shown = preview_undo(counted.hub, "ACME", code)
    counted.undone(code)
    (frozen,) = counted.postings(code, "undo")
    assert frozen["reference"] == shown["entries"][0]["reference"]
    assert frozen["sha256"]
    assert lines(shown["entries"][0]) == lines(json.loads(frozen["entry"]))


def test_undoing_again_answers_with_the_same(counted: Company) -> None:
    code = counted.exported(OCTOBER)
    assert counted.undo(code) == counted.undo(code)
    assert counted.confirm(code)["state"] == counted.undo(code)["state"] == "UNDONE"
    assert len(counted.postings(code, "undo")) == 1


def test_a_waiting_undo_is_withdrawn_and_the_export_stands_again(counted: Company) -> None:
    code = counted.exported(OCTOBER)
    counted.undo(code)
    assert counted.undo(code, withdraw=True)["state"] == "POSTED"
    assert counted.on_books() == AFTER
    counted.counts("DT", NOVEMBER, COUNTED)
    assert counted.preview(NOVEMBER)["problems"] == []
    counted.undone(code)
    assert counted.on_books() == BEFORE


def test_only_the_newest_live_export_of_its_sites_is_undone(counted: Company) -> None:
    older = counted.exported(OCTOBER)
    counted.counts("DT", NOVEMBER, COUNTED)
    newer = counted.exported(NOVEMBER)
    refused = counted.undo(older)
    assert (refused["state"], blocking(refused)) == ("POSTED", ["newer_export_stands"])
    assert problem(refused, "newer_export_stands")["where"]["export"] == newer
    assert blocking(preview_undo(counted.hub, "ACME", older)) == ["newer_export_stands"]
    counted.undone(newer)
    counted.undone(older)
    assert counted.on_books() == BEFORE


def test_a_newer_export_of_other_sites_does_not_stand_in_the_way(two: Company) -> None:
    two.counts("DT", OCTOBER, {"Meat": "10.00"})
    older = two.exported(OCTOBER, "acknowledge=site_not_counted")
    two.counts("CK", OCTOBER, {"Meat": "20.00"})
    two.exported(OCTOBER)
    two.undone(older)
    assert two.on_books() == ["CK Meat 20.00 1310/5010"]
    assert two.offered() == [f"{OCTOBER} DT"]


def test_the_undo_of_a_newer_export_brings_back_what_the_older_one_posted(counted: Company) -> None:
    counted.exported(OCTOBER)
    counted.counts("DT", NOVEMBER, {**COUNTED, "Prep": "5.00"})
    counted.undone(counted.exported(NOVEMBER))
    assert counted.on_books() == AFTER


def test_transfers_and_batches_of_an_undone_export_are_open_again(two: Company) -> None:
    two.transfers("T-1", "2026-10-10", "CK>DT", {"Meat": "4.00"})
    two.produces("B-1", "2026-10-12", {"Meat": "8.00"}, {"Prep": "8.00"})
    two.counts("DT", OCTOBER, {"Meat": "10.00"})
    two.counts("CK", OCTOBER, {"Meat": "20.00"})
    before = journal(two.preview(OCTOBER), "reason", "site")
    code = two.file(OCTOBER)
    assert len(two.query("SELECT id FROM movement_side WHERE live")) == 3
    two.undo(code)
    assert two.query("SELECT id FROM movement_side WHERE live") == []
    assert journal(two.preview(OCTOBER), "reason", "site") == before


def test_transfers_of_a_confirmed_export_are_open_again_only_once_its_undo_is_confirmed(two: Company) -> None:
    two.transfers("T-1", "2026-10-10", "CK>DT", {"Meat": "4.00"})
    two.counts("DT", OCTOBER, {"Meat": "10.00"})
    two.counts("CK", OCTOBER, {"Meat": "20.00"})
    code = two.exported(OCTOBER)
    two.undo(code)
    assert len(two.query("SELECT id FROM movement_side WHERE live")) == 2
    two.confirm(code)
    assert two.query("SELECT id FROM movement_side WHERE live") == []


def test_an_undo_in_a_period_closed_since_waits_for_a_date_that_a_person_picks(counted: Company) -> None:
    code = counted.exported(OCTOBER)
    counted.writes(
        "UPDATE connection SET settings = :settings", settings='{"layout":"generic","closed_through":"2026-10-31"}'
    )
    refused = counted.undo(code)
    assert blocking(refused) == ["period_closed"]
    made = counted.undo(code, "date=2026-11-01")
    assert made["state"] == "FILE_READY"
    assert [str(row["entry_date"]) for row in counted.postings(code, "undo")] == ["2026-11-01"]


def test_nothing_is_ever_deleted_by_an_undo(counted: Company) -> None:
    code = counted.exported(OCTOBER)
    frozen = counted.postings(code)
    counted.undone(code)
    after = counted.postings(code)
    assert [(row["entry"], row["sha256"]) for row in after] == [(row["entry"], row["sha256"]) for row in frozen]


def test_only_the_opposite_entries_in_a_closed_period_move_to_the_date_picked(company: Company) -> None:
    company.sets(reversal_date="day_after_prior")
    company.counts("DT", OCTOBER, COUNTED)
    code = company.exported(OCTOBER)
    closed = json.dumps({"layout": "generic", "closed_through": "2026-10-15"})
    company.writes("UPDATE connection SET settings = :settings", settings=closed)
    assert blocking(company.undo(code)) == ["period_closed"]
    company.undo(code, "date=2026-10-16")
    assert [str(row["entry_date"]) for row in company.postings(code, "undo")] == ["2026-10-16", OCTOBER]
