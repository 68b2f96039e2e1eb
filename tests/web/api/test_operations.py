"""Importing, previewing, exporting, confirming and undoing as programs do it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hub.api import AccountMissing, ConnectorError
from hub.service import exporting, previewing
from hub.service.auditing import listed
from hub.service.context import Hub
from hub.service.imports import past_imports
from hub.web.api.operations import ANY_FILE, CSV, XLSX
from hub.web.app import create_app
from hub.web.options import WebOptions
from tests.web.api.conftest import API, Program, where
from tests.web.conftest import Site

HEADER = "count_date,site,item,category,quantity,value\n"
GOOD = "2026-11-30,DT,Ribeye,Meat and Fish,2,40.00\n"
BAD = "2026-11-30,HB,Ribeye,Meat and Fish,x,40.00\n"
ROW = {"count_date": "2026-11-30", "site": "DT", "item": "Ribeye", "category": "Meat and Fish", "quantity": "2"}


def previewed(program: Program, *decisions: str) -> dict[str, Any]:
    """The preview of the count on offer, and with it what an export of it sends."""
    found: dict[str, Any] = program.get("/preview", count="2026-10-31", decide=list(decisions))
    return {"count_date": "2026-10-31", "connection": "books", "hash": found["hash"], "decisions": list(decisions)}


def sheet(*rows: list[object]) -> bytes:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file.getvalue()


def test_rows_are_imported_from_json_csv_and_a_spreadsheet_and_again_change_nothing(
    program: Program, site: Site
) -> None:
    assert program.post("/imports/counts", [ROW | {"value": "40.00"}])["added"] == 1
    answer = program.send("/imports/counts", (HEADER + GOOD).encode(), CSV)
    assert answer.json() | {"kind": "", "rows": 0} == {
        "kind": "", "rows": 0, "stored": True, "added": 0, "changed": 0, "unchanged": 1, "removed": 0, "left_out": 0,
        "errors": [], "error_count": 0, "notes": [], "note_count": 0, "amended": [],
    }  # fmt: skip
    rows = sheet(HEADER.strip().split(","), ["2026-11-30", "DT", "Ribeye", "Meat and Fish", 3, 41.5])
    assert program.send("/imports/counts", rows, XLSX).json()["changed"] == 1
    assert program.send("/imports/counts", rows, ANY_FILE).json()["unchanged"] == 1
    told = [(each.actor, each.detail["file"]) for each in past_imports(site.hub, "DEMO", ["counts"])][:2]
    assert told == [("API token program 1", "counts.xlsx"), ("API token program 1", "counts.json")]


def test_an_older_encoding_is_taken_where_it_is_named(program: Program) -> None:
    content = (HEADER + GOOD.replace("Ribeye", "Café")).encode("cp1252")
    assert program.send("/imports/counts", content, CSV).status_code == 422
    assert program.send("/imports/counts", content, "text/csv; charset=windows-1252").json()["added"] == 1
    assert (
        program.send("/imports/counts", content, 'Text/CSV; header=present; Charset="CP1252"').json()["unchanged"] == 1
    )


def test_one_bad_row_keeps_all_out_or_only_its_count_by_choice(program: Program) -> None:
    answer = program.send("/imports/counts", (HEADER + GOOD + BAD).encode(), CSV)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["code"], problem["where"]) == ("not_a_number", {"row": 3, "field": "quantity", "value": "x"})
    assert problem["message"] == answer.json()["detail"]
    assert program.get("/counts")[0]["count_date"] == "2026-10-31"
    answer = program.send("/imports/counts?valid_rows=true", (HEADER + GOOD + BAD).encode(), CSV)
    assert (answer.status_code, answer.json()["added"], answer.json()["left_out"]) == (200, 1, 1)
    assert answer.json()["errors"][0]["row"] == 3


def test_a_chart_in_the_accounting_systems_own_format_is_taken(program: Program) -> None:
    chart = "!ACCNT\tNAME\tACCNTTYPE\tACCNUM\nACCNT\tA brand new account\tEXP\t9999\n"
    assert program.send("/imports/chart", chart.encode(), ANY_FILE).json()["added"] == 1
    answer = program.send("/imports/chart", b"!ACCNT\tNAME\nACCNT\n", ANY_FILE)
    assert answer.status_code == 422
    assert where(answer.json())[0]["field"] == "body"


def test_a_connection_that_is_not_there_is_named(program: Program) -> None:
    told = program.client.post(
        f"{API}/imports/site-map?connection=none", json=[{"site": "DT", "dimension": "class", "value": "x"}]
    )
    assert (told.status_code, where(told.json())) == (422, [{"field": "connection"}])
    told = program.get("/exports", 422, connection="none")
    assert "none" in told["detail"]


def test_an_export_of_the_same_hash_is_the_same_and_of_another_is_refused(program: Program, site: Site) -> None:
    asked = previewed(program)
    changed = program.post("/exports", asked | {"hash": "0" * 64}, status=409)
    assert [each["code"] for each in changed["problems"]] == ["figures_changed"]
    first = program.client.post(f"{API}/exports", json=asked)
    assert first.status_code == 202
    assert program.client.get(first.headers["location"]).json() == first.json()
    assert program.post("/exports", asked, status=202) == first.json()
    program.post("/exports", asked | {"hash": "0" * 64}, status=409)
    program.post("/exports", asked | {"decisions": ["acknowledge=not_checked"]}, status=202)
    assert len([each for each in program.get("/exports") if each["count_date"] == "2026-10-31"]) == 1
    mine = [each["action"] for each in listed(site.hub, "DEMO", 20) if each["actor"] == "API token program 1"]
    assert mine == ["file ready", "export"]


def test_figures_that_changed_since_the_preview_are_not_exported(program: Program) -> None:
    asked = previewed(program)
    late = {**ROW, "count_date": "2026-10-31", "site": "HB", "value": "1.00"}
    assert program.post("/imports/counts", [late])["changed"] == 1
    told = program.post("/exports", asked, status=409)
    assert [each["code"] for each in told["problems"]] == ["figures_changed"]
    assert program.get("/exports")[0]["count_date"] == "2026-09-30"


def test_all_that_stands_in_the_way_of_an_export_is_listed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.post("/imports/departments", [{"department": "New"}])
    program.post("/imports/categories", [{"category": name, "department": "New"} for name in ("One", "Two")])
    rows = [
        {**ROW, "count_date": "2026-10-31", "category": name, "item": name, "value": "5"} for name in ("One", "Two")
    ]
    program.post("/imports/counts", rows)
    told = program.post("/exports", previewed(program), status=409)
    shown = program.get("/preview", count="2026-10-31")["problems"]
    assert told["problems"] == [each for each in shown if each["blocking"]]
    assert len(told["problems"]) > 1
    assert told["problem_count"] == len(told["problems"])


def test_an_exports_file_is_fetched_by_its_name_in_any_layout(program: Program) -> None:
    made = program.post("/exports", previewed(program), status=202)
    (posting,) = made["postings"]
    name = posting["receipt"]["file"]
    assert name == f"{posting['reference']}.iif"
    answer = program.client.get(f"{API}/exports/{made['export']}/files/{name}")
    assert answer.content.startswith(b"!TRNS")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    other = program.client.get(f"{API}/exports/{made['export']}/files/{posting['reference']}?layout=generic")
    assert other.text.startswith("entry,date,reference")
    program.get(f"/exports/{made['export']}/files/none", 404)
    assert program.get(f"/exports/{made['export']}/files/{name}", 409, layout="none")["problems"]


def test_a_file_is_confirmed_once_and_undone_with_a_second_file(program: Program) -> None:
    code = program.post("/exports", previewed(program), status=202)["export"]
    confirmed = program.post(f"/exports/{code}/confirm")
    assert confirmed["state"] == "POSTED"
    assert program.post(f"/exports/{code}/confirm", {}) == confirmed
    undone = program.post(f"/exports/{code}/undo", {"decisions": []}, status=202)
    assert (undone["phase"], undone["state"]) == ("undo", "FILE_READY")
    assert program.post(f"/exports/{code}/undo", status=202) == undone
    back = program.post(f"/exports/{code}/undo", {"withdraw": True}, status=202)
    assert (back["phase"], back["state"]) == ("post", "POSTED")
    told = program.post(f"/exports/{code}/undo", {"withdraw": True}, status=409)
    assert [each["code"] for each in told["problems"]] == ["nothing_to_withdraw"]
    program.post(f"/exports/{code}/undo", status=202)
    assert program.post(f"/exports/{code}/confirm")["state"] == "UNDONE"


def test_what_stands_in_the_way_of_an_undo_is_listed(program: Program) -> None:
    older = program.get("/exports")[1]["export"]
    told = program.post(f"/exports/{older}/undo", status=409)
    assert [each["code"] for each in told["problems"]] == ["newer_export_stands"]
    assert program.get(f"/exports/{older}")["state"] == "POSTED"
    assert program.post(f"/exports/{older}/confirm")["state"] == "POSTED"


def test_a_count_without_anything_on_offer_says_why(program: Program) -> None:
    assert [each["code"] for each in program.get("/preview", count="2026-05-01")["problems"]] == ["not_offered"]
    code = program.post("/exports", previewed(program), status=202)["export"]
    told = program.get("/preview", 409)
    assert [each["code"] for each in told["problems"]] == ["nothing_offered"]
    frozen = program.get("/preview", count="2026-10-31")
    assert frozen["problems"][0]["where"]["export"] == code


def test_a_company_of_several_connections_is_asked_for_one(program: Program, site: Site) -> None:
    from hub.service.connections import add_connection

    add_connection(site.hub, "DEMO", connector="csv_iif", name="others", settings={"layout": "generic"})
    told = program.get("/preview", 422, count="2026-10-31")
    assert where(told) == [{"field": "connection"}]
    told = program.post("/exports", {"count_date": "2026-10-31", "hash": "0" * 64}, status=422)
    assert where(told) == [{"field": "connection"}]
    assert {each["connection"] for each in program.get("/counts")} == {"books"}


@pytest.mark.parametrize("error", [ConnectorError("It does not answer."), AccountMissing("No.", code="x1")])
def test_an_accounting_system_that_fails_is_told_apart_from_our_own_mistakes(
    error: ConnectorError, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(previewing, "preview", fails)
    told = program.get("/preview", 502)
    assert (told["detail"], told["problems"][0]["code"]) == (error.message, error.code or "accounting_system")


def test_a_mistake_of_ours_says_nothing_but_its_number(
    program: Program, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the secret in the message")

    monkeypatch.setattr(exporting, "exports", breaks)
    program.client = type(program.client)(
        site.app, base_url="http://127.0.0.1:8000", headers=program.client.headers, raise_server_exceptions=False
    )
    answer = program.client.get(f"{API}/exports")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert len(answer.json()["instance"]) == 16


def test_every_answer_is_kept_by_nobody(program: Program) -> None:
    for path, status in (("/counts", 200), ("/exports/X", 404), ("/preview?count=x", 422)):
        answer = program.client.get(API + path)
        assert answer.status_code == status
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


def test_what_changes_something_is_handed_to_the_workers_and_nothing_else(site: Site) -> None:
    handed: list[str] = []

    def hand_over(hub: Hub) -> Hub:
        handed.append(hub.actor)
        return hub

    site.app = create_app(site.hub, WebOptions(hand_over=hand_over))
    program = Program(site)
    asked = previewed(program)
    program.get("/exports")
    assert handed == []
    program.post("/exports", asked, status=202)
    assert handed == ["API token program 1"]
