"""A report as CSV and as a workbook: typed cells, whole amounts, and nothing a spreadsheet would run."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hub.service.context import Hub, Refused
from hub.service.report_files import guarded
from hub.service.reporting import report, report_csv, report_xlsx
from tests.reporting.home import AIRPORT, NOW, OCTOBER, change, exported, imports

HOSTILE = "=HYPERLINK(1)"


def rows(text: str) -> list[dict[str, str]]:
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def book(found: dict[str, Any], file: Path) -> openpyxl.Workbook:
    report_xlsx(found, file)
    return openpyxl.load_workbook(file)


def column(sheet: Any, name: str) -> list[Any]:
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(name)] for row in sheet.iter_rows(min_row=2)]


def test_the_csv_holds_adjustments_items_and_journal_in_one_table(counted: Hub) -> None:
    found = rows(report_csv(report(counted, "ACME", OCTOBER, items=True)))
    by_section = {name: [row for row in found if row["section"] == name] for name in ("adjustment", "item", "journal")}
    assert [(row["category"], row["prior"], row["current"], row["change"]) for row in by_section["adjustment"]] == [
        ("Meat", "4812.37", "5120.05", "307.68"),
        ("Produce", "1204.10", "988.40", "-215.70"),
        ("Liquor", "9650.00", "9650.00", "0.00"),
    ]
    assert [(row["item"], row["quantity"], row["value"]) for row in by_section["item"]][1] == (
        "Lettuce",
        "12.5",
        "988.40",
    )
    for side in ("debit", "credit"):
        assert sum(Decimal(row[side] or 0) for row in by_section["journal"]) == Decimal("31424.92")
    assert {len(row) for row in csv.reader(io.StringIO(report_csv(report(counted, "ACME", OCTOBER)), newline=""))} == {
        len(found[0])
    }


def test_the_csv_says_which_export_each_row_is_of(counted: Hub) -> None:
    code = exported(counted)
    imports(counted, "counts", AIRPORT)
    found = rows(report_csv(report(counted, "ACME", OCTOBER)))
    assert {(row["section"], row["site"], row["export"]) for row in found} == {
        ("adjustment", "DT", code),
        ("adjustment", "AP", ""),
        ("journal", "DT", code),
        ("journal", "AP", ""),
        ("audit", "", ""),
    }


def test_every_file_says_how_far_the_audit_trail_had_come(counted: Hub, tmp_path: Path) -> None:
    found = report(counted, "ACME", OCTOBER)
    line = f"Audit trail: {found['audit_trail']}"
    assert [row["memo"] for row in rows(report_csv(found)) if row["section"] == "audit"] == [line]
    made = book(found, tmp_path / "report.xlsx")
    assert [cell.value for cell in column(made["Audit"], "Audit trail")] == [found["audit_trail"]]
    assert {sheet.oddFooter.left.text for sheet in made} == {line}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "  =1",
        "\t=1",
        "\r=1",
        "a\n=1",
        "a\r\n @1",
        "\ufeff=1",
        " \ufeff =1",
        "＝1",
        "－1",
        "＋1",
        "＠1",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Meat", "a=b", "Half-and-half", "5 - 3", "a\nb", "'=1", "1310"])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert guarded(text) == text


def test_names_are_guarded_in_the_csv_and_amounts_are_not(counted: Hub) -> None:
    change(counted, "UPDATE category SET name = :name WHERE name = 'Produce'", name=HOSTILE)
    change(counted, "UPDATE item SET name = :name WHERE name = 'Lettuce'", name="a\r\n-2")
    found = rows(report_csv(report(counted, "ACME", OCTOBER, items=True)))
    assert {row["category"] for row in found if row["section"] != "audit"} == {"Meat", f"'{HOSTILE}", "Liquor"}
    assert "'a\r\n-2" in {row["item"] for row in found}
    assert "-215.70" in {row["change"] for row in found}


def test_the_workbook_has_numbers_as_numbers_and_dates_as_dates(counted: Hub, tmp_path: Path) -> None:
    made = book(report(counted, "ACME", OCTOBER, items=True), tmp_path / "report.xlsx")
    assert made.sheetnames == ["Adjustments", "Journal", "Items", "Audit"]
    adjustments, journal, items = (made[name] for name in made.sheetnames[:3])
    assert [(cell.value, cell.data_type) for cell in column(adjustments, "Change")] == [
        (307.68, "n"),
        (-215.7, "n"),
        (0, "n"),
    ]
    assert {cell.number_format for cell in column(adjustments, "Current")} == {"#,##0.00"}
    assert {cell.value for cell in column(journal, "Date")} == {datetime(2026, 10, 31)}  # noqa: DTZ001 - a business date
    assert {cell.data_type for cell in column(journal, "Account number")} == {"s"}
    assert sum(Decimal(str(cell.value or 0)) for cell in column(journal, "Debit")) == Decimal("31424.92")
    assert [cell.value for cell in column(items, "Quantity")] == [200, 12.5, 80]
    assert [cell.value for cell in column(items, "Unit cost")] == [None, 79.072, None]


def test_the_workbook_has_no_formula_and_keeps_hostile_names_as_text(counted: Hub, tmp_path: Path) -> None:
    change(counted, "UPDATE category SET name = :name WHERE name = 'Produce'", name=HOSTILE)
    change(counted, "UPDATE site SET name = 'http://127.0.0.1/'")
    made = book(report(counted, "ACME", OCTOBER, items=True), tmp_path / "report.xlsx")
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert HOSTILE in {cell.value for cell in cells if cell.data_type == "s"}
    assert not any(cell.hyperlink for cell in cells)


def test_an_amount_longer_than_a_spreadsheet_keeps_is_written_whole_as_text(counted: Hub, tmp_path: Path) -> None:
    found = report(counted, "ACME", OCTOBER)
    found["sites"][0]["categories"][0]["current"] = "1234567890123456.78"
    made = book(found, tmp_path / "report.xlsx")
    first = column(made["Adjustments"], "Current")[0]
    assert (first.value, first.data_type) == ("1234567890123456.78", "s")


def test_a_workbook_is_written_whole_or_refused(counted: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refused, match="could not be written"):
        report_xlsx(report(counted, "ACME", OCTOBER), tmp_path / "file" / "report.xlsx")


def test_the_same_report_gives_the_same_files(counted: Hub, tmp_path: Path) -> None:
    later = replace(counted, clock=lambda: datetime.fromisoformat(NOW.isoformat()))
    for number, hub in enumerate((counted, later)):
        report_xlsx(report(hub, "ACME", date(2026, 10, 31), items=True), tmp_path / f"{number}.xlsx")
    assert (tmp_path / "0.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()
