"""XLSX files: each cell exactly, or not at all."""

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from hub.intake import KINDS, FileRefused, Report, open_sheet, read_records
from hub.intake.records import ChartRow, TransferRow
from hub.intake.xlsx_parts import IN_ERROR, NO_VALUE

TRANSFERS = ["transfer_id", "date", "from_site", "to_site", "item", "category", "quantity", "unit_cost", "value"]
DAY = dt.date(2026, 10, 14)
GOOD = ["T1", DAY, "CK", "DT", "Sauce", "Prep", 4, 2.505, 10.02]


def workbook(rows: Iterable[Sequence[Any]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return a workbook with rows; `change` gets the book and the sheet before it is written."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if change:
        change(book, sheet)
    book.close()
    return file.getvalue()


def transfers(*rows: Sequence[Any], change: Callable[[Any, Any], None] | None = None) -> bytes:
    return workbook([TRANSFERS, *rows], change)


def read(content: bytes, kind: str = "transfers") -> tuple[list[Any], Report]:
    report = Report()
    records = read_records(open_sheet(io.BytesIO(content), "utf-8"), KINDS[kind], report)
    return list(records.rows), report


def errors(content: bytes, kind: str = "transfers") -> list[str]:
    _, report = read(content, kind)
    return [f"{error.row} {error.column} {error.rule}: {error.message}" for error in report.errors]


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(FileRefused) as found:
        read(content)
    return found.value.errors[0].rule, found.value.errors[0].message


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return file.getvalue()


def with_sheet(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return a workbook with something replaced in the XML of its first sheet."""
    files = parts(content)
    sheet = files["xl/worksheets/sheet1.xml"]
    assert old in sheet
    return archive(files | {"xl/worksheets/sheet1.xml": sheet.replace(old, new)})


def test_a_sheet_is_read_with_its_dates_and_exact_numbers() -> None:
    rows, report = read(transfers(GOOD))
    assert report.errors == []
    assert isinstance(rows[0], TransferRow)
    assert (rows[0].row, rows[0].date, rows[0].quantity, rows[0].unit_cost, str(rows[0].value)) == (
        2, DAY, 4_000_000, 2_505_000, "10.02")  # fmt: skip


def test_a_sheet_that_does_not_begin_in_its_corner_keeps_its_row_numbers() -> None:
    def shifted(book: Any, sheet: Any) -> None:
        for number, row in enumerate([TRANSFERS, GOOD, [*GOOD[:6], "x", 1, 1]]):
            sheet.write_row(number + 3, 2, row)

    assert [error[:10] for error in errors(workbook([], shifted))] == ["6 quantity"]


def test_numbers_as_names_are_read_as_people_see_them() -> None:
    rows, _ = read(workbook([["number", "name", "kind"], [5010, 7, "cogs"], [110500.5, "B", "cogs"]]), "gl-accounts")
    assert [(row.number, row.name) for row in rows] == [("5010", "7"), ("110500.5", "B")]


def test_a_number_written_as_text_is_a_number() -> None:
    rows, _ = read(transfers([*GOOD[:6], "4", "2.505", "10.02"]))
    assert rows[0].quantity == 4_000_000


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        (1, 46309, "Format the cell as a date"),
        (1, dt.datetime(2026, 10, 14, 13, 5), "time of day"),  # noqa: DTZ001 - a spreadsheet knows no time zone
        (1, "14.10.2026", "year-month-day"),
        (4, DAY, "holds a date where text"),
        (4, True, "TRUE or FALSE"),
        (6, True, "TRUE or FALSE"),
        (6, DAY, "holds a date where text"),
        (6, 0.1 + 0.2 + 1e-9, "At most 6 decimals"),
        (6, 1e-7, "At most 6 decimals"),
        (6, 1e15, "more"),
        (0, 1234567890123456789, "keeps 15 digits"),
        (6, "1,000", "commas between thousands"),
    ],
)  # fmt: skip
def test_a_cell_of_the_wrong_type_is_refused_with_its_reason(column: int, cell: object, says: str) -> None:
    row = [*GOOD]
    row[column] = cell

    def with_time(book: Any, sheet: Any) -> None:
        if isinstance(cell, dt.datetime):
            sheet.write_datetime(1, column, cell, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    found = errors(transfers(row, change=with_time))
    assert [error.split()[:2] for error in found] == [["2", TRANSFERS[column]]]
    assert says in found[0]


def test_a_yes_no_cell_may_be_a_boolean() -> None:
    rows, _ = read(workbook([["number", "name", "kind", "active"], ["1", "A", "asset", False]]), "chart")
    assert isinstance(rows[0], ChartRow)
    assert rows[0].active is False


def saved_by_a_spreadsheet_program(content: bytes) -> bytes:
    """Return a workbook that no longer asks for its formulas to be computed when it is opened."""
    files = parts(content)
    book = files["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    return archive(files | {"xl/workbook.xml": book})


def test_a_formula_counts_with_its_stored_value() -> None:
    content = transfers(GOOD, change=lambda book, sheet: sheet.write_formula(1, 8, "=G2*H2", None, 10.02))
    rows, report = read(saved_by_a_spreadsheet_program(content))
    assert report.errors == []
    assert str(rows[0].value) == "10.02"


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell() -> None:
    content = transfers(GOOD, change=lambda book, sheet: sheet.write_formula(1, 8, '=IF(1,"","")', None, ""))
    saved = with_sheet(saved_by_a_spreadsheet_program(content), b'<c r="I2">', b'<c r="I2" t="str">')
    rows, report = read(saved)
    assert report.errors == []
    assert rows[0].value is None


def test_a_formula_whose_value_was_never_computed_is_refused() -> None:
    content = transfers(GOOD, change=lambda book, sheet: sheet.write_formula(1, 8, "=G2*H2"))
    assert errors(content) == [f"2 value unreadable_cell: {NO_VALUE}"]


def test_a_formula_without_any_stored_value_is_refused_even_where_the_cell_is_optional() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(TRANSFERS)
    sheet.append([*GOOD[:8], "=G2*H2"])
    file = io.BytesIO()
    book.save(file)
    assert errors(file.getvalue()) == [f"2 value unreadable_cell: {NO_VALUE}"]
    assert errors(saved_by_a_spreadsheet_program(file.getvalue())) == [f"2 value unreadable_cell: {NO_VALUE}"]


@pytest.mark.parametrize("code", ["#REF!", "#N/A", "#DIV/0!"])
def test_a_cell_in_error_is_refused_and_never_taken_for_empty(code: str) -> None:
    content = transfers(GOOD, change=lambda book, sheet: sheet.write_formula(1, 8, "=X", None, code))
    assert errors(saved_by_a_spreadsheet_program(content)) == [f"2 value unreadable_cell: {IN_ERROR}"]


@pytest.mark.parametrize("cells", ["A2:A3", "D2:E2", "G3:I9"])
def test_merged_cells_are_refused_with_their_place(cells: str) -> None:
    content = transfers(GOOD, GOOD, change=lambda book, sheet: sheet.merge_range(cells, "x"))
    rule, message = refused(content)
    assert rule == "merged_cells"
    assert cells in message


def test_a_hidden_first_sheet_is_refused() -> None:
    def hide(book: Any, sheet: Any) -> None:
        book.add_worksheet("Other").activate()
        sheet.hide()

    assert refused(transfers(GOOD, change=hide))[0] == "hidden_sheet"


def test_only_the_first_sheet_is_read() -> None:
    def second(book: Any, sheet: Any) -> None:
        book.add_worksheet("Notes").write(0, 0, "anything")

    assert len(read(transfers(GOOD, change=second))[0]) == 1


def test_cells_beyond_the_header_are_refused_with_their_row() -> None:
    assert "wrong_field_count" in errors(transfers([*GOOD, "stray"]))[0]


def test_an_empty_sheet_and_one_with_a_header_only_are_refused() -> None:
    assert refused(workbook([]))[0] == "empty_file"
    assert refused(transfers())[0] == "no_rows"


def ole(*names: str) -> bytes:
    """Return the beginning of an OLE compound file that holds streams of these names."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1_024 + b"".join(name.encode("utf-16-le") for name in names)


def test_a_file_with_a_password_is_refused_as_such() -> None:
    assert refused(ole("EncryptionInfo", "EncryptedPackage"))[0] == "password"


def test_an_old_xls_is_refused_whatever_it_is_called() -> None:
    assert refused(ole("Workbook"))[0] == "old_xls"


def test_an_archive_with_encrypted_parts_is_refused() -> None:
    content = bytearray(transfers(GOOD))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refused(bytes(content))[0] == "password"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"PK\x03\x04 and then nothing", "damaged_file"),
        (transfers(GOOD)[:-200], "damaged_file"),
        (archive({"readme.txt": b"no workbook"}), "not_a_workbook"),
        (archive({f"part{number}": b"" for number in range(1_001)}), "too_many_parts"),
    ],
)
def test_an_archive_that_is_no_whole_workbook_is_refused(content: bytes, rule: str) -> None:
    assert refused(content)[0] == rule


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    rule, _ = refused(archive(parts(transfers(GOOD)) | {"xl/worksheets/sheet1.xml": b" " * 50_000_000}))
    assert rule == "zip_bomb"


def test_a_bomb_of_many_parts_is_refused_by_their_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    content = transfers(GOOD)
    monkeypatch.setattr("hub.intake.xlsx_parts.LARGEST_TOTAL_BYTES", sum(map(len, parts(content).values())) - 1)
    assert refused(content)[0] == "too_large"


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(transfers(GOOD))
    name = b"xl/worksheets/sheet1.xml"
    place = content.rindex(name) - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    content[place + 24 : place + 28] = struct.pack("<I", 100)
    assert refused(bytes(content))[0] == "damaged_file"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="A2"', b'r="XFD2"'),
        (b'r="A2"', b'r="AA2"'),
        (b'r="A2"', b'r="A4294967295"'),
        (b'r="A2"', b"r='A9999999'"),
        (b'r="A2"', b'r = "A2000000"'),
        (b'<row r="2"', b'<row r="1200000"'),
    ],
)
def test_a_cell_so_far_away_that_the_sheet_would_fill_the_memory_is_refused(old: bytes, new: bytes) -> None:
    assert refused(with_sheet(transfers(GOOD), old, new))[0] == "far_cells"


@pytest.mark.parametrize("count", [b'uniqueCount="1500000000"', b"uniqueCount = '99999999999999999999'"])
def test_a_list_of_texts_that_says_it_is_longer_than_it_can_be_is_refused(count: bytes) -> None:
    files = parts(transfers(GOOD))
    texts = re.sub(rb'uniqueCount="[0-9]+"', count, files["xl/sharedStrings.xml"])
    assert count in texts
    assert refused(archive(files | {"xl/sharedStrings.xml": texts}))[0] == "damaged_file"


@pytest.mark.parametrize("encoding", [b"UTF-9", b"nonsense", b"utf-16"])
def test_a_sheet_list_in_an_unknown_encoding_is_refused(encoding: bytes) -> None:
    files = parts(transfers(GOOD))
    book = files["xl/workbook.xml"].replace(b"UTF-8", encoding)
    assert refused(archive(files | {"xl/workbook.xml": book}))[0] == "damaged_file"


def test_a_document_type_in_the_xml_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    assert refused(with_sheet(transfers(GOOD), b"<worksheet", bomb))[0] == "damaged_file"
    files = parts(transfers(GOOD))
    book = files["xl/workbook.xml"].replace(b"<workbook", b"<!DOCTYPE x><workbook", 1)
    assert refused(archive(files | {"xl/workbook.xml": book}))[0] == "damaged_file"


def test_a_sheet_with_broken_xml_is_refused() -> None:
    broken = with_sheet(transfers(GOOD), b"</sheetData>", b"<f")
    with pytest.raises(FileRefused) as found:
        read(broken)
    assert found.value.errors[0].rule == "damaged_file"


@pytest.mark.soak
def test_the_most_rows_that_a_sheet_can_have_are_read() -> None:
    """1,048,576 rows, made by hand, since a library takes a minute to write them."""
    head = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    names = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % name.encode() for name in ("number", "name", "kind"))
    row = b'<row><c t="inlineStr"><is><t>%d</t></is></c><c t="inlineStr"><is><t>A</t></is></c></row>'
    body = b"".join(row % number for number in range(1_048_575))
    sheet = head + b"<row>" + names + b"</row>" + body + b"</sheetData></worksheet>"
    assert len(zlib.compress(sheet, 1)) > len(sheet) // 200
    content = archive(parts(transfers()) | {"xl/worksheets/sheet1.xml": sheet})
    rows = open_sheet(io.BytesIO(content), "utf-8").rows([])
    last = None
    count = 0
    for last in rows:  # noqa: B007 - the last one is looked at below
        count += 1
    assert count == 1_048_575
    assert last == ["1048574", "A", ""]
