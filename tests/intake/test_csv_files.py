"""CSV files in every way they can be broken: one clear error each, never a wrong row."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake import KINDS, FileRefused, Report, RowError, open_sheet, read_records, template
from hub.intake.records import GlAccountRow

HEADER = b"number,name,kind\n"
GOOD = HEADER + b"1310,Food,asset\n"


def read(content: bytes, encoding: str = "utf-8") -> tuple[list[GlAccountRow], Report]:
    report = Report()
    records = read_records(open_sheet(io.BytesIO(content), encoding), KINDS["gl-accounts"], report)
    return list(records.rows), report


def refused(content: bytes, encoding: str = "utf-8") -> list[RowError]:
    with pytest.raises(FileRefused) as found:
        read(content, encoding)
    return list(found.value.errors)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.rstrip(),
        b"\n\n" + GOOD + b"\n\n",
        b"kind,number,name\nasset,1310,Food\n",
        b"number,name,kind,\n1310,Food,asset,\n",
        b"number,name,kind,,\n1310,Food,asset\n",
        b'"number","name","kind"\n"1310","Food","asset"\n',
        b" number , name , kind \n 1310 , Food , asset \n",
    ],
)
def test_a_good_file_reads_the_same_in_all_its_shapes(content: bytes) -> None:
    rows, report = read(content)
    assert [(row.number, row.name, row.kind) for row in rows] == [("1310", "Food", "asset")]
    assert report.error_count == 0


@pytest.mark.parametrize(
    ("content", "rule", "says"),
    [
        (b"", "empty_file", "empty"),
        (b"\n\n  \n", "empty_file", "no header"),
        (HEADER, "no_rows", "no rows"),
        (HEADER + b"\n,,\n", "no_rows", "no rows"),
        ("number,name,kind\n1,é,asset\n".encode("utf-16"), "utf_16", "UTF-16"),
        (b"\xfe\xff" + "number\n".encode("utf-16-be"), "utf_16", "UTF-16"),
        ("number,name,kind\n".encode("utf-16-le"), "nul", "Line 1"),
        (GOOD + b"1\0,A,asset\n", "nul", "Line 3"),
        (GOOD.replace(b"\n", b"\r"), "lone_cr", "carriage return"),
        (HEADER + b"1,A\rB,asset\n", "lone_cr", "carriage return"),
        ((HEADER + b"1,A,asset\n" * 200_000).replace(b"\n", b"\r"), "lone_cr", "carriage return"),
        (HEADER + b"1," + b"A" * 10_000_000 + b",asset\n", "line_too_long", "Line 2"),
        (HEADER + b'1,"A,asset\n2,B,asset\n', "unclosed_quote", "never closed"),
        (HEADER + b'1,"A,asset\n' + b"2,B,asset\n" * 50_000, "unclosed_quote", "never closed"),
        (HEADER + b'1,"A"B,asset\n', "bad_quotes", "closing quotation mark"),
        (HEADER + "1,Café,asset\n".encode("cp1252"), "not_utf8", "cp1252 for older Windows files"),
        (GOOD + b"9,\xff\xff,asset\n", "not_utf8", "Line 3"),
        (b"number,name,name,kind\n1,A,B,asset\n", "duplicate_column", "twice"),
        (b"number,naem,kind\n1,A,asset\n", "unknown_column", "Did you mean “name”?"),
        (b"number,name,kind,colour\n1,A,asset,red\n", "unknown_column", "no column “colour”"),
        (b"Number,name,kind\n1,A,asset\n", "unknown_column", "Did you mean “number”?"),
        (b"number,,kind\n1,A,asset\n", "unnamed_column", "field 2 is empty"),
        (b"number,kind\n1,asset\n", "missing_column", "“name” is missing"),
        (b"number;name;kind\n1;A;asset\n", "not_commas", "semicolons"),
        (b"number\tname\tkind\n1\tA\tasset\n", "not_commas", "tabs"),
        (b"<html><table><tr><td>number</td></tr></table></html>", "not_csv", "web page"),
        (b"1310,Food,asset\n", "unknown_column", "no column “1310”"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_reason(content: bytes, rule: str, says: str) -> None:
    errors = refused(content)
    assert rule in [error.rule for error in errors]
    assert any(says in error.message for error in errors)


def test_everything_wrong_with_a_header_is_listed_at_once() -> None:
    rules = [error.rule for error in refused(b"number,nme,number,colour\n1,A,2,red\n")]
    assert rules == ["unknown_column", "duplicate_column", "unknown_column", "missing_column", "missing_column"]


def test_a_cp1252_file_is_read_when_its_encoding_is_named() -> None:
    rows, _ = read(HEADER + "1,Café “Noir” €,asset\n".encode("cp1252"), "cp1252")
    assert rows[0].name == "Café “Noir” €"


def test_a_byte_that_cp1252_lacks_is_refused() -> None:
    assert refused(HEADER + b"1,\x81,asset\n", "cp1252")[0].rule == "not_cp1252"


def test_an_encoding_other_than_the_two_is_refused() -> None:
    assert refused(GOOD, "utf-16")[0].rule == "unknown_encoding"


def test_a_name_may_span_the_quotes_commas_and_letters_of_any_language() -> None:
    name = 'Smith, "Chef" & Søn 東京 🍣 e\u0301'
    rows, _ = read(HEADER + f'1,"{name.replace(chr(34), chr(34) * 2)}",asset\n'.encode())
    assert rows[0].name == name


def test_row_numbers_are_those_a_spreadsheet_shows() -> None:
    _, report = read(HEADER + b'\n"1","A",asset\n2,"B\nC",asset\n\n3,D,nothing\n')
    assert [(error.row, error.column) for error in report.errors] == [(4, "name"), (6, "kind")]


def test_every_error_of_every_row_is_listed_with_its_value() -> None:
    _, report = read(HEADER + b",,x\n1,\t,asset\n1,2\n")
    found = [(error.row, error.column, error.rule, error.value) for error in report.errors]
    assert found == [
        (2, "number", "missing", ""),
        (2, "name", "missing", ""),
        (2, "kind", "not_a_choice", "x"),
        (3, "name", "control_character", "�"),
        (4, "", "wrong_field_count", ""),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_a_file_that_reads_without_an_error(kind: str) -> None:
    report = Report()
    sheet = open_sheet(io.BytesIO(template(kind).encode()), "utf-8")
    if kind == "counts":
        assert sheet.header == [column.name for column in KINDS[kind].columns]
        return
    assert len(read_records(sheet, KINDS[kind], report).rows) == 1
    assert report.error_count == 0


def test_reading_takes_no_more_memory_for_a_longer_file() -> None:
    def peak(rows: int) -> int:
        content = io.BytesIO(HEADER + b"1310,Food and dry goods of the larder,asset\n" * rows)
        tracemalloc.start()
        for _ in open_sheet(content, "utf-8").rows([]):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(200_000) < peak(20_000) + 500_000


def test_a_kind_that_is_held_in_memory_has_a_most_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.intake.reading.MOST_ROWS_HELD", 2)
    assert refused(HEADER + b"1,A,asset\n2,B,asset\n3,C,asset\n")[0].rule == "too_many_rows"


@given(st.binary(max_size=300) | st.text(alphabet='",\r\n\0 aé0', max_size=120).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused(tail: bytes) -> None:
    report = Report()
    try:
        sheet = open_sheet(io.BytesIO(HEADER + tail), "utf-8")
        rows = read_records(sheet, KINDS["gl-accounts"], report).rows
    except FileRefused:
        return
    assert len(rows) + len({error.row for error in report.errors}) == report.rows
