"""What programs may send at worst: naughty strings in every field, bodies as large as they like. Never a mistake of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response

from conftest import PROFILE
from hub.service.exporting import exports
from hub.service.importing import KINDS
from hub.web.api.operations import BODY_BYTES, CSV, UPLOAD_BYTES, UPLOADS, XLSX
from tests.web.api.conftest import API, Program, kept, where
from tests.web.conftest import Site

EXPORT = {"count_date": "2026-10-31", "hash": "0" * 64}
OF_ROWS, OF_REQUESTS = (8, 120) if PROFILE == "test" else (1, 3)
"""One naughty string of so many goes into each column, and into each field that takes a request of its own, others in each."""
HARSH = ["\x00", "a\x00b", "\x1b[2J", "\u202e", "\ufeff", "a" * 5_000]


@pytest.fixture(scope="module")
def caller(office: Site) -> Iterator[Program]:
    program = Program(office)
    with program.client:  # one event loop for all requests
        yield program


@pytest.fixture(scope="module")
def naughty(shared: Path) -> list[str]:
    found: list[str] = json.loads((shared / "corpora" / "blns" / "blns.json").read_text("utf-8"))
    assert len(found) > 500
    return found


def never_ours(answer: Response, what: str) -> None:
    """No mistake of ours, and what is refused says why, each with its field."""
    assert answer.status_code < 500, f"{what!r}: {answer.text}"
    if answer.status_code in (400, 422):
        assert all(each["message"] and each["where"].get("field") for each in answer.json()["problems"]), what


@pytest.mark.property
@pytest.mark.parametrize("kind", KINDS)
def test_naughty_strings_in_every_column_are_taken_as_they_are_or_named_with_their_row(
    kind: str, caller: Program, naughty: list[str], office: Site
) -> None:
    example = {column.name: column.example for column in KINDS[kind].columns}
    for column in example:
        before = kept(office)
        rows = [{**example, column: text} for text in [*HARSH, *naughty[::OF_ROWS]]]
        answer = caller.client.post(f"{API}/imports/{kind}", json=rows)
        never_ours(answer, f"{kind}.{column}")
        if answer.status_code != 200:
            assert answer.status_code == 422
            assert all(1 <= each["row"] <= len(rows) or each["row"] == 0 for each in where(answer.json()))
            assert kept(office) == before


Send = Callable[[Program, str], Response]


def _export(caller: Program, **sent: object) -> Response:
    return caller.client.post(f"{API}/exports", json=EXPORT | sent)


FIELDS: Mapping[str, Send] = {
    "count_date": lambda caller, text: _export(caller, count_date=text),
    "hash": lambda caller, text: _export(caller, hash=text),
    "connection": lambda caller, text: _export(caller, connection=text),
    "decision": lambda caller, text: _export(caller, decisions=[text]),
    "value of a decision": lambda caller, text: _export(caller, decisions=[f"acknowledge={text}"]),
    "another key": lambda caller, text: _export(caller, **{f"{text} ": text}),
    "undo": lambda caller, text: caller.client.post(f"{API}/exports/X/undo", json={text: text, "decisions": [text]}),
    "count": lambda caller, text: caller.client.get(f"{API}/preview", params={"count": text}),
    "decide": lambda caller, text: caller.client.get(f"{API}/preview", params={"decide": f"zero={text}/{text}"}),
    "connection asked": lambda caller, text: caller.client.get(f"{API}/counts", params={"connection": text}),
    "another parameter": lambda caller, text: caller.client.get(f"{API}/exports", params={text: text}),
    "valid_rows": lambda caller, text: caller.client.post(f"{API}/imports/sites", params={"valid_rows": text}, json=[]),
    "connection of rows": lambda caller, text: caller.client.post(
        f"{API}/imports/site-map", params={"connection": text}, json=[{"site": "DT"}]
    ),
    "company": lambda caller, text: caller.client.get(f"/api/v1/companies/{quote(text, safe='')}/counts"),
    "export": lambda caller, text: caller.client.get(f"{API}/exports/{quote(text, safe='')}x"),
    "kind": lambda caller, text: caller.client.post(f"{API}/imports/{quote(text, safe='')}x", json=[]),
    "file": lambda caller, text: caller.client.get(f"{API}/exports/{_newest(caller)}/files/{quote(text, safe='')}x"),
    "layout": lambda caller, text: caller.client.get(
        f"{API}/exports/{_newest(caller)}/files/x", params={"layout": text}
    ),
    "token": lambda caller, text: caller.client.get(
        f"{API}/counts", headers=[(b"authorization", b"Bearer " + text.encode("utf-8", "surrogatepass"))]
    ),
    "content type": lambda caller, text: caller.client.post(
        f"{API}/imports/counts", content=b"[]", headers=[(b"content-type", b"text/csv; charset=" + text.encode())]
    ),
}


@cache
def _newest(caller: Program) -> str:
    return str(exports(caller.site.hub, "DEMO")[0]["export"])


@pytest.mark.property
def test_naughty_strings_in_every_other_field_are_refused_and_nothing_is_stored(
    caller: Program, naughty: list[str], office: Site
) -> None:
    before = kept(office)
    for number, (name, send) in enumerate(FIELDS.items()):
        for text in [*HARSH, *naughty[number % OF_REQUESTS :: OF_REQUESTS]]:
            never_ours(send(caller, text), f"{name}: {text}")
    assert kept(office) == before


def in_pieces(content: bytes) -> Iterator[bytes]:
    """A body whose length nobody tells."""
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


@pytest.mark.parametrize("kind", UPLOADS)
def test_more_than_20_mb_are_refused_whether_their_size_is_told_or_not(
    kind: str, caller: Program, office: Site
) -> None:
    before = kept(office)
    large = b"[" + b" " * UPLOAD_BYTES
    for content in (large, in_pieces(large)):
        answer = caller.send("/imports/counts", content, kind)
        assert answer.status_code == 413
        assert "larger than the 20 MB" in answer.json()["detail"]
        assert where(answer.json()) == [{"field": "body"}]
    assert kept(office) == before


@pytest.mark.parametrize("path", ["/exports", "/exports/X/undo", "/exports/X/confirm"])
def test_where_little_is_sent_little_is_read(path: str, caller: Program) -> None:
    large = b'{"x": "' + b"y" * BODY_BYTES + b'"}'
    for content in (large, in_pieces(large)):
        answer = caller.send(path, content)
        assert answer.status_code == 413
        assert "larger than the 100 kB" in answer.json()["detail"]


def test_nothing_is_read_of_what_somebody_sends_without_a_token(caller: Program) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(1_000):
            read += 1
            yield b"x" * 100_000

    answer = caller.client.post(
        f"{API}/imports/counts", content=endless(), headers={"authorization": "", "content-type": CSV}
    )
    assert answer.status_code == 401


def _refused_whole(caller: Program, content: bytes, kind: str) -> dict[str, Any]:
    answer = caller.send("/imports/counts", content, kind)
    assert answer.status_code in (400, 422), answer.text
    told: dict[str, Any] = answer.json()
    assert all(each["where"]["field"] for each in told["problems"])
    assert len(answer.content) < 1_000_000
    return told


def test_up_to_20_mb_are_read_and_refused_by_what_is_in_them(caller: Program, office: Site) -> None:
    before = kept(office)
    _refused_whole(caller, b"x" * UPLOAD_BYTES, CSV)
    _refused_whole(caller, b"PK\x03\x04" + b"x" * (UPLOAD_BYTES - 4), XLSX)
    _refused_whole(caller, b"[" * UPLOAD_BYTES, "application/json")
    _refused_whole(caller, b'["' + b"x" * (UPLOAD_BYTES - 4) + b'"]', "application/json")
    assert kept(office) == before


LARGE: Mapping[str, Callable[[], bytes]] = {
    "numbers": lambda: b"[" + b"1," * 9_999_998 + b"1]",
    "texts": lambda: b"[" + b'"",' * 6_666_600 + b'""]',
    "columns": lambda: b"[{" + b",".join(b'"%d":""' % number for number in range(1_500_000)) + b"}]",
    "rows": lambda: b"[" + b'{"site":"DT","item":"x"},' * 190_000 + b"{}]",
    "too many rows": lambda: b"[" + b"{}," * 6_600_000 + b"{}]",
    "spaces": lambda: b"[" + b" " * 19_999_990 + b"]",
}


@pytest.mark.soak
@pytest.mark.parametrize("made", LARGE)
def test_20_mb_of_json_are_read_whatever_is_in_them(made: str, caller: Program, office: Site) -> None:
    before = kept(office)
    _refused_whole(caller, LARGE[made](), "application/json")
    assert kept(office) == before


def test_a_thousand_problems_are_listed_and_the_others_counted(caller: Program) -> None:
    row = {"count_date": "2026-11-30", "site": "DT", "item": "A", "category": "Meat and Fish", "quantity": "x"}
    told = caller.post("/imports/counts", [{**row, "value": "1"}] * 1_500, status=422)
    assert (len(told["problems"]), told["problem_count"]) == (1_000, 1_500)
    assert where(told)[999] == {"row": 1_000, "field": "quantity", "value": "x"}
    told = caller.post("/imports/counts", ["x"] * 1_500, status=422)
    assert (len(told["problems"]), told["problem_count"]) == (1_000, 1_500)
    told = caller.post("/exports", EXPORT | {f"k{number}": "" for number in range(1_500)}, status=422)
    assert (len(told["problems"]), told["problem_count"]) == (1_000, 1_500)
