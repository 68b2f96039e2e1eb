"""JSON is read strictly, and what is refused names the field or the place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import PROFILE
from hub.web.api.operations import BODY_BYTES
from hub.web.api.problems import MEDIA_TYPE
from hub.web.api.strict_json import MOST_CONTAINERS, MOST_DEEP
from tests.web.api.conftest import JSON, Program, kept, where
from tests.web.conftest import Site

ENDPOINTS = ("/imports/counts", "/imports/chart", "/exports")
ROW = b'"site": "DT", "item": "A", "category": "Meat and Fish", "quantity": "1", "value": "2"'
FEW = 4 if PROFILE == "test" else 1
"""One case of so many is sent to a second address."""
NUMBERS = ["1", "12.5", "1e400", "-1E+999999", "9" * 5000, "0.1e1"]


@pytest.fixture(scope="module")
def caller(office: Site) -> Iterator[Program]:
    program = Program(office)
    with program.client:  # one event loop for all requests
        yield program


@pytest.fixture(autouse=True)
def nothing_is_stored(office: Site, caller: Program) -> Iterator[None]:
    before = kept(office)
    yield
    assert kept(office) == before


def refused(caller: Program, path: str, content: bytes, *statuses: int) -> dict[str, Any]:
    """Send JSON that is refused with one of these statuses, every problem of it with its field."""
    answer = caller.send(path, content)
    assert answer.status_code in statuses, f"{content[:200]!r}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == MEDIA_TYPE
    told: dict[str, Any] = answer.json()
    assert told["problems"]
    assert all(each["where"].get("field") and each["message"] for each in told["problems"]), told
    return told


@pytest.mark.property
@pytest.mark.parametrize(("path", "one_of"), [("/imports/counts", 1), ("/exports", FEW)])
def test_the_cases_of_a_parsing_test_suite_are_taken_as_json_or_not_as_they_say(
    path: str, one_of: int, caller: Program, shared: Path
) -> None:
    files = sorted((shared / "corpora" / "json" / "test_parsing").glob("*.json"))
    assert len(files) == 318
    statuses = {"y": (422,), "n": (400,), "i": (400, 422)}
    for file in files[::one_of]:
        content = file.read_bytes()
        if path == "/exports" and len(content) > BODY_BYTES:
            refused(caller, path, content, 413)
            continue
        told = refused(caller, path, content, *statuses[file.name[0]])
        assert told["status"] == 422 or "not JSON" in told["detail"] or "nested" in told["detail"], file.name


@pytest.mark.parametrize("path", ENDPOINTS)
def test_what_readers_transform_in_different_ways_is_refused(path: str, caller: Program, shared: Path) -> None:
    files = sorted((shared / "corpora" / "json" / "test_transform").glob("*.json"))
    assert len(files) == 22
    for file in files:
        refused(caller, path, file.read_bytes(), 400, 422)


@pytest.mark.parametrize(
    "word", ["NaN", "Infinity", "-Infinity", "nan", "+1", "01", ".5", "1.", "0x1", "'a'", "undefined"]
)
def test_a_word_that_is_no_value_is_not_json(word: str, caller: Program) -> None:
    told = refused(caller, "/imports/counts", b'[{"quantity": ' + word.encode() + b"}]", 400)
    assert where(told) == [{"field": "body"}]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("column", ["quantity", "value", "item"])
def test_a_number_is_refused_with_its_row_and_field_whatever_it_is(number: str, column: str, caller: Program) -> None:
    row = b'{"count_date": "2026-11-30", ' + ROW + b"}"
    wrong = row.replace(f'"{column}": '.encode(), f'"{column}": {number}, "area": '.encode())
    told = refused(caller, "/imports/counts", b"[" + row + b", " + wrong + b"]", 422)
    assert {"row": 2, "field": column} in where(told)
    assert any("JSON string" in each["message"] for each in told["problems"])


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'[{"site": "DT", "site": "HB"}]', {"row": 1, "field": "site"}),
        (b'[{}, {"a": {"b": [0, {"c": 1, "c": 1}]}}]', {"row": 2, "field": "a/b/1/c"}),
        (b'{"hash": "x", "hash": "x"}', {"field": "hash"}),
        (b'[{"site": "\\ud800"}]', {"row": 1, "field": "site"}),
        (b'[{"site": "\\udc00\\ud800"}]', {"row": 1, "field": "site"}),
        (b'[{"\\uD834": "x"}]', {"row": 1, "field": "body"}),
        (b'"\\uDFAA"', {"field": "body"}),
        (b"[" + b"[]," * MOST_CONTAINERS + b"[]]", {"field": "body"}),
    ],
)
def test_what_is_not_read_alike_everywhere_is_refused_with_its_place(
    content: bytes, place: dict[str, object], caller: Program
) -> None:
    for path in ("/imports/counts", "/exports") if len(content) < 1_000 else ("/imports/counts",):
        assert where(refused(caller, path, content, 422)) == [place]


def test_a_whole_character_of_two_halves_is_none_of_those(caller: Program) -> None:
    told = refused(caller, "/imports/counts", b'[{"site": "\\ud83c\\udf69", "a\\ud83c\\udf69": "x"}]', 422)
    assert [each["code"] for each in told["problems"]][:1] == ["unknown_column"]


@pytest.mark.parametrize("depth", [MOST_DEEP + 1, 500, 5_000, 49_000])
def test_what_is_nested_too_deeply_is_refused(depth: int, caller: Program) -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        content = opening * depth + b"1" + closing * depth
        if len(content) < 100_000:
            assert "nested" in refused(caller, "/exports", content, 400)["detail"]
        assert "nested" in refused(caller, "/imports/counts", content, 400)["detail"]


@pytest.mark.parametrize(
    "content", [b"", b" ", b"\xef\xbb\xbf[]", b"\xff\xfe[\x00]\x00", b"[\xc3\x28]", b"\x00", b"[1]x", b"\xed\xa0\x80"]
)
def test_what_is_no_json_text_is_refused(content: bytes, caller: Program) -> None:
    for path in ENDPOINTS:
        refused(caller, path, content, 400)


@pytest.mark.parametrize(
    ("path", "sent", "fields"),
    [
        ("/exports", {}, ["count_date", "hash"]),
        ("/exports", {"count_date": "2026-10-31", "hash": "0" * 64, "Hash": "", "x": 1}, ["Hash", "x"]),
        ("/exports", {"count_date": "2026-10-31T00:00", "hash": "A" * 64, "connection": ""}, None),
        ("/exports", {"count_date": None, "hash": ["x"], "connection": {}, "decisions": "x"}, None),
        ("/exports", {"count_date": "2026-02-30", "hash": "0" * 64}, ["count_date"]),
        ("/exports", {"count_date": "٢٠٢٦-10-31", "hash": "0" * 64}, ["count_date"]),
        ("/exports", {"count_date": "2026-10-31\n", "hash": "0" * 64 + "\n"}, ["count_date", "hash"]),
        ("/exports", {"count_date": "2026-10-31", "hash": "0" * 64, "connection": "none"}, ["connection"]),
        ("/exports", {"count_date": "2026-10-31", "hash": "0" * 64, "decisions": ["x", "date=1"]}, ["decisions/0"]),
        ("/exports", {"count_date": "2026-10-31", "hash": "0" * 64, "decisions": ["date=1"]}, ["decisions"]),
        ("/exports", {"count_date": "2026-10-31", "hash": "0" * 64, "decisions": [None]}, ["decisions/0"]),
        ("/exports/X/undo", {"hash": "x"}, ["hash"]),
        ("/exports/X/undo", {"withdraw": "true"}, ["withdraw"]),
        ("/exports/X/confirm", {"state": "POSTED"}, ["state"]),
        ("/imports/counts", [{"site": "DT", "colour": "red"}], None),
        ("/imports/counts", [{"": "x"}], None),
        ("/imports/counts", [{" ": "x"}, None, 1], ["body", "body"]),
    ],
)
def test_every_field_that_is_not_right_is_named(
    path: str, sent: object, fields: list[str] | None, caller: Program
) -> None:
    told = caller.post(path, sent, status=422)
    named = [place["field"] for place in where(told)]
    assert all(named)
    assert fields is None or named == fields, told


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/exports", ""),
        ("/exports", "text/plain"),
        ("/exports", "application/x-www-form-urlencoded"),
        ("/exports", "application/json; charset=utf-16"),
        ("/exports/X/undo", "text/csv"),
        ("/imports/counts", ""),
        ("/imports/counts", "multipart/form-data; boundary=x"),
        ("/imports/counts", "application/jsonp"),
        ("/imports/counts", "application/json;charset=latin1"),
        ("/imports/counts", "text/csv; charset=utf-7"),
        ("/imports/counts", "application/xml"),
    ],
)
def test_another_kind_of_content_is_not_taken(path: str, kind: str, caller: Program) -> None:
    answer = caller.send(path, b"[]", kind)
    assert answer.status_code == 415
    assert where(answer.json()) == [{"field": "Content-Type"}]


def test_a_compressed_body_is_not_taken(caller: Program) -> None:
    answer = caller.client.post(
        "/api/v1/companies/DEMO/imports/counts", content=b"x", headers=JSON | {"content-encoding": "gzip"}
    )
    assert (answer.status_code, where(answer.json())) == (415, [{"field": "Content-Encoding"}])


def test_what_an_address_may_not_say_is_named(caller: Program) -> None:
    for query, field in (
        ("count=2026-10-31&count=2026-09-30", "count"),
        ("cuont=2026-10-31", "cuont"),
        ("count=today", "count"),
        ("count=2026-02-30", "count"),
        ("count=", "count"),
        ("connection=none", "connection"),
        ("connection=%00", "connection"),
        ("decide=x", "decide/0"),
        ("decide=date=1", "decide"),
    ):
        answer = caller.client.get(f"/api/v1/companies/DEMO/preview?{query}")
        assert (answer.status_code, where(answer.json())) == (422, [{"field": field}]), query
    assert caller.client.get("/api/v1/companies/DEMO/exports/%00").status_code == 400
