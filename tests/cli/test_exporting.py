"""Previewing, exporting, confirming and undoing on the command line, in the shapes that programs rely on."""

from pathlib import Path

import pytest

from hub.cli.outcome import exit_code
from hub.cli.screen import state_word
from tests.cli.conftest import commanded
from tests.cli.shell import OCTOBER, Shell
from tests.conftest import Databases

PREVIEW = {
    "label", "title", "count_date", "connection", "currency", "balanced", "debits", "credits", "hash", "entries",
    "problems",
}  # fmt: skip
LINE = {
    "account_number", "account_name", "account_id", "gl_account", "side", "amount", "site", "category", "reason",
    "memo", "dimensions",
}  # fmt: skip
EXPORT = {"export", "state", "count_date", "sequence", "postings", "problems"}
POSTING = {"part", "state", "reference", "key", "receipt"}
RECEIPT = {"id", "number", "url", "file"}
PROBLEM = {"level", "blocking", "code", "message", "fix", "where"}


def prepare_counted(url: str, home: Path) -> None:
    """Set up a company and import its October count."""
    with commanded(url, home) as made:
        made.set_up()
        made.imports("counts", OCTOBER)


@pytest.fixture
def counted(shell: Shell, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A company whose October count is waiting."""
    monkeypatch.setenv("HUB_DATABASE_URL", databases.prepared(prepare_counted, shell.home))
    return shell


def test_the_counts_on_offer_have_their_shape(counted: Shell) -> None:
    assert counted.json("counts") == [
        {"count_date": "2026-10-31", "connection": "books", "sites": ["DT"], "value": "15758.45", "default": True}
    ]
    shown = counted.done("counts").out
    assert "15,758.45" in shown
    assert "2026-10-31" in shown


def test_nothing_on_offer_is_said(company: Shell) -> None:
    assert company.json("counts") == []
    assert "No count is waiting" in company.done("counts").out
    refused = company.run("preview")
    assert (refused.code, refused.out) == (1, "")


def test_a_preview_has_its_shape_key_by_key(counted: Shell) -> None:
    shown = counted.json("preview")
    assert set(shown) >= PREVIEW
    assert shown["title"] == f"{shown['label']} - Inventory Adjustments Export"
    (entry,) = shown["entries"]
    assert {"date", "reference", "memo", "lines"} <= set(entry)
    assert len(entry["reference"]) == 11
    assert all(set(line) >= LINE for line in entry["lines"])
    assert len(shown["hash"]) == 64


def test_a_preview_on_the_screen_shows_every_line_and_that_it_balances(counted: Shell) -> None:
    shown = counted.done("preview --count 2026-10-31").out
    for text in ("Inventory Adjustments Export", "5010 COGS Meat", "4,812.37", "1340 Liquor Inventory", "Balanced",
                 "31,424.92", "Reverse ending inventory 2026-09-30 · Meat · Downtown"):  # fmt: skip
        assert text in shown


def test_a_preview_with_problems_still_ends_with_0_and_says_what_to_decide(company: Shell) -> None:
    company.imports("counts", "".join(line + "\n" for line in OCTOBER.splitlines() if "Gin" not in line))
    shown = company.json("preview")
    (problem,) = shown["problems"]
    assert set(problem) == PROBLEM
    assert (problem["code"], problem["blocking"]) == ("category_missing", True)
    assert problem["where"]["site"] == "DT"
    said = company.done("preview").out
    assert "--decide zero=DT/Liquor" in said
    decided = company.json("preview --decide zero=DT/Liquor")
    assert decided["problems"] == []
    assert decided["hash"] != shown["hash"]


def test_a_line_whose_account_is_not_mapped_is_shown_with_its_gl_account(counted: Shell) -> None:
    counted.imports("gl-accounts", "number,name,kind\n5025,COGS Greens,cogs\n")
    counted.imports("categories", "category,department,cogs_account\nProduce,Food,5025\n")
    (problem,) = counted.json("preview")["problems"]
    assert (problem["code"], problem["where"]["gl_account"]) == ("unmapped_account", "5025")
    shown = counted.done("preview").out
    assert "GL Account 5025 (not mapped)" in shown
    assert "Problem: " in shown


def test_a_site_that_moved_to_other_books_is_closed_in_the_old_ones(counted: Shell) -> None:
    counted.done("connections add --connector csv_iif --name other --set layout=generic")
    counted.imports("sites", "site,name,connection\nDT,Downtown,other\n")
    made = counted.json("sites close DT --connection books --date 2026-10-31 --out journals")
    assert made["state"] == "FILE_READY"
    assert len(list((counted.folder / "journals").iterdir())) == 1
    again = counted.run("sites close DT --connection books --json")
    assert (again.code, again.json["problems"][0]["code"]) == (1, "file_not_confirmed")
    assert counted.run("sites close DT --connection other").code == 1


def test_an_export_with_a_problem_is_refused_and_says_why(company: Shell) -> None:
    company.imports("counts", "".join(line + "\n" for line in OCTOBER.splitlines() if "Gin" not in line))
    refused = company.run("export --count 2026-10-31 --json")
    assert refused.code == 1
    assert (refused.json["export"], refused.json["state"]) == (None, "REFUSED")
    assert [problem["code"] for problem in refused.json["problems"]] == ["category_missing"]
    said = company.run("export --count 2026-10-31")
    assert said.code == 1
    assert "Not exported." in said.out
    assert company.json("exports") == []


def test_a_warning_waits_for_a_yes(company: Shell) -> None:
    company.imports("counts", OCTOBER + "2026-10-31,DT,Returned keg,Liquor,-1,-50.00\n")
    refused = company.run("export")
    assert refused.code == 1
    assert "--decide acknowledge=negative_value" in refused.out
    assert "--decide acknowledge=negative_value" in company.done("preview").out
    assert company.json("export --decide acknowledge=negative_value")["state"] == "FILE_READY"


def test_an_export_has_its_shape_and_a_second_one_is_the_same(counted: Shell) -> None:
    shown = counted.json("preview --count 2026-10-31")
    made = counted.json(f"export --count 2026-10-31 --hash {shown['hash']}")
    assert set(made) >= EXPORT
    assert (made["state"], made["count_date"], made["sequence"]) == ("FILE_READY", "2026-10-31", 1)
    (posting,) = made["postings"]
    assert set(posting) >= POSTING
    assert set(posting["receipt"]) >= RECEIPT
    assert posting["reference"] == shown["entries"][0]["reference"]
    assert counted.json(f"export --count 2026-10-31 --hash {shown['hash']}")["export"] == made["export"]
    assert counted.json("export --count 2026-10-31")["export"] == made["export"]
    assert [each["export"] for each in counted.json("exports")] == [made["export"]]


def test_figures_that_changed_since_the_preview_are_not_exported(counted: Shell) -> None:
    refused = counted.run(f"export --count 2026-10-31 --hash {'0' * 64} --json")
    assert refused.code == 1
    assert [problem["code"] for problem in refused.json["problems"]] == ["figures_changed"]


def test_a_file_is_ready_until_a_person_confirms_it(counted: Shell) -> None:
    said = counted.done("export --count 2026-10-31 --out journals").out
    export = counted.json("exports")[0]["export"]
    assert "File ready" in said
    assert f"hub confirm {export}" in said
    assert counted.json(f"confirm {export}")["state"] == "POSTED"
    assert "Posted" in counted.done("exports").out
    assert counted.json("counts") == []


def test_a_file_nobody_imported_is_withdrawn_and_the_count_offered_again(counted: Shell) -> None:
    export = counted.json("export")["export"]
    undone = counted.json(f"undo {export}")
    assert undone["state"] == "UNDONE"
    assert [count["count_date"] for count in counted.json("counts")] == ["2026-10-31"]


def test_a_confirmed_export_is_undone_by_an_opposite_entry_in_a_file_of_its_own(counted: Shell) -> None:
    export = counted.json("export")["export"]
    counted.done(f"confirm {export}")
    opposite = counted.json(f"undo {export} --preview")
    assert {line["reason"] for line in opposite["entries"][0]["lines"]} == {"undo"}
    assert "Balanced" in counted.done(f"undo {export} --preview").out
    undone = counted.json(f"undo {export} --out journals")
    assert (undone["export"], undone["state"]) == (export, "FILE_READY")
    assert len(list((counted.folder / "journals").iterdir())) == 1
    assert counted.json(f"confirm {export}")["state"] == "UNDONE"
    assert [count["count_date"] for count in counted.json("counts")] == ["2026-10-31"]


def test_an_exports_files_are_written_again_in_another_layout(counted: Shell) -> None:
    export = counted.json("export")["export"]
    written = counted.json(f"files {export} --layout generic --out journals")["files"]
    assert [file.rsplit("/", 1)[0].endswith("journals") for file in written] == [True]
    assert counted.done(f"files {export} --out again").out.strip()


def test_an_export_that_is_not_there_is_said(counted: Shell) -> None:
    for line in ("confirm IANOTHING", "undo IANOTHING", "files IANOTHING --out journals"):
        refused = counted.run(f"{line} --json")
        assert (refused.code, refused.json["problems"][0]["code"]) == (1, "not_found")


def test_a_category_is_retired_and_restored(counted: Shell) -> None:
    assert counted.json("categories retire Prep") == {"category": "Prep", "retired": True}
    assert "again" in counted.done("categories restore Prep").out
    assert counted.run("categories retire Nothing").code == 1


def test_a_report_shows_what_the_books_carried_what_was_counted_and_the_journal(counted: Shell) -> None:
    found = counted.json("report --count 2026-10-31")
    assert set(found) >= PREVIEW
    assert found["totals"] == {"prior": "15666.47", "current": "15758.45", "change": "91.98"}
    shown = [line.split() for line in counted.done("report --count 2026-10-31").out.splitlines()]
    assert ["Downtown", "Produce", "1,204.10", "988.40", "-215.70"] in shown
    assert ["All", "sites", "Total", "15,666.47", "15,758.45", "91.98"] in shown
    assert ["Total", "31,424.92", "31,424.92"] in shown
    assert not any("Ribeye" in line for line in shown)
    assert "Ribeye" in counted.done("report --count 2026-10-31 --items").out


def test_a_report_is_written_as_csv_and_as_a_workbook(counted: Shell) -> None:
    assert "4812.37" in counted.done("report --count 2026-10-31 --csv").out
    assert counted.json("report --count 2026-10-31 --xlsx report.xlsx") == {"file": "report.xlsx"}
    assert (counted.folder / "report.xlsx").read_bytes()[:2] == b"PK"


def test_a_report_of_a_date_without_a_count_says_which_dates_there_are(counted: Shell) -> None:
    refused = counted.run("report --count 2026-10-30")
    assert refused.code == 1
    assert "2026-10-31" in refused.err


def test_the_doctor_finds_nothing_wrong_with_a_sound_hub(counted: Shell) -> None:
    assert counted.json("doctor") == {"problems": []}
    assert "All is well." in counted.done("doctor").out


@pytest.mark.parametrize(
    ("state", "code"),
    [("POSTED", 0), ("FILE_READY", 0), ("UNDONE", 0), ("REFUSED", 1), ("REJECTED", 1), ("PARTLY_POSTED", 1),
     ("MISMATCH", 1), ("UNKNOWN", 3), ("SENDING", 3), ("FROZEN", 3)],
)  # fmt: skip
def test_the_exit_code_tells_how_an_export_stands(state: str, code: int) -> None:
    assert exit_code({"export": "E1", "state": state, "problems": []}) == code
    blocked = 3 if state in ("UNKNOWN", "SENDING") else 1
    assert exit_code({"export": "E1", "state": state, "problems": [{"blocking": True}]}) == blocked
    assert exit_code({"export": None, "state": state, "problems": []}) == 1


def test_a_state_is_told_in_peoples_words() -> None:
    assert state_word("UNKNOWN", "Ledgerly") == "Checking with Ledgerly"
    assert state_word("FROZEN") == "Waiting"
    assert state_word("SENDING") == "Posting"


def test_a_folder_that_cannot_be_written_to_is_said_plainly(counted: Shell) -> None:
    counted.file("in-the-way", "a file")
    refused = counted.run("export --count 2026-10-31 --out in-the-way")
    assert refused.code == 1
    assert "in-the-way" in refused.err + refused.out
    assert counted.json("export --count 2026-10-31")["state"] == "FILE_READY"
