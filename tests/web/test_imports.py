"""Imports on a page: what came of a file, its rows in error to keep, and files that are none."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from hub.service.importing import KINDS
from tests.web.conftest import Site, Visitor, words

AT = "/c/DEMO/imports"
HEADER = "count_date,site,item,category,quantity,value\n"
GOOD = "2026-11-30,DT,Ribeye,Meat and Fish,2,40.00\n"


def send(visitor: Visitor, content: bytes | str, *, kind: str = "counts", status: int = 200, **fields: str) -> str:
    data = content.encode() if isinstance(content, str) else content
    files = {"file": ("counts.csv", data, "text/csv")}
    return visitor.post(AT, {"kind": kind, **fields}, files=files, status=status)


def held(page: str) -> dict[str, str]:
    found = re.search(r'name="rows" value="([^"]*)"', page)
    assert found
    return {"rows": html.unescape(found[1])}


def download(visitor: Visitor, rows: str) -> list[list[str]]:
    answer = visitor.client.post(f"{AT}/rows-in-error", data={"csrf": visitor.token(), "rows": rows})
    assert answer.headers["content-disposition"].startswith('attachment; filename="rows-in-error.csv"')
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_good_file_is_stored_and_told_and_sent_again_changes_nothing(site: Site) -> None:
    visitor = site.visitor("exporter")
    told = words(send(visitor, HEADER + GOOD))
    assert "Imported." in told
    assert "Counts added 1" in told
    assert "nothing was changed" in words(send(visitor, HEADER + GOOD))
    told = visitor.told(AT)
    assert "Imported before" in told
    assert "Counts counts.csv · by exporter counts.csv 1 0 0 exporter" in told


def test_errors_are_listed_and_their_rows_downloaded_without_a_formula(site: Site) -> None:
    visitor = site.visitor("exporter")
    bad = [
        '2026-11-30,DT,=cmd|"calc"!A0,Meat and Fish,two,40.00',
        "2026-11-30,DT,+1,Meat and Fish,1,\u202e@SUM(A1)",
        '2026-11-30,DT,"a\n=1+1",No Such,-2,-40.00',
    ]
    page = send(visitor, HEADER + GOOD + "".join(f"{row}\n" for row in bad), status=422)
    told = words(page)
    assert "Nothing was stored, because of 3 errors." in told
    assert "3 quantity This is not a plain number" in told
    assert "<td>item</td>" in page
    (header, *rows) = download(visitor, held(page)["rows"])
    assert header == ["row", "what is wrong", *HEADER.strip().split(",")]
    assert [row[0] for row in rows] == ["3", "4", "5"]
    assert rows[0][4] == '\'=cmd|"calc"!A0'
    assert rows[1][4] == "'+1"
    assert rows[2][4] == "'a\n=1+1"
    assert rows[2][6:] == ["-2", "-40.00"]
    assert not [cell for row in rows for cell in row if re.match(r"\s*[=+@]", cell)]
    assert visitor.told(AT).count("counts.csv") == 1  # of the template alone: nothing was stored


def test_what_a_form_carries_is_made_harmless_once_more(site: Site) -> None:
    visitor = site.visitor("exporter")
    assert download(visitor, json.dumps([["=1", "\x1b[2J"]])) == [["'=1", "�[2J"]]
    for rows in ("", "x", '{"a": 1}', "[[1]]", "[" * 100_000):
        assert visitor.post(f"{AT}/rows-in-error", {"rows": rows}) == AT


def test_the_good_counts_of_a_file_are_taken_by_choice_and_amended_ones_told(site: Site) -> None:
    visitor = site.visitor("exporter")
    bad = "2026-11-30,HB,Ribeye,Meat and Fish,x,40.00\n"
    again = "2026-08-31,DT,Ribeye,Meat and Fish,2,41.00\n"
    told = words(send(visitor, HEADER + GOOD + bad + again, valid_rows="yes"))
    assert "Imported, but for 1 count with errors." in told
    assert "The count of DT on 31 Aug 2026 had been exported, and now differs from it." in told
    assert "Download 1 row in error" in told


@pytest.mark.parametrize("kind", ["counts", "chart"])
def test_files_that_are_none_get_a_clear_sentence(kind: str, site: Site) -> None:
    visitor = site.visitor("administrator")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
        archive.writestr("[Content_Types].xml", b"<x/>")
    files = {
        "not there": b"",
        "UTF-16": HEADER.encode("utf-16"),
        "an old .xls": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096,
        "a zip bomb": bomb.getvalue(),
        "a torn archive": bomb.getvalue()[:500],
        "gzip": gzip.compress(HEADER.encode()),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "a web page": b"<!doctype html><html></html>",
        "an open quote": f'{HEADER}2026-11-30,"DT'.encode(),
        "another encoding": (HEADER + GOOD.replace("Ribeye", "Café")).encode("cp1252"),
        "tabs": (HEADER + GOOD).replace(",", "\t").encode(),
        "another header": b"a,b\n1,2\n",
    }
    for what, content in files.items():
        page = send(visitor, content, kind=kind, status=422)
        assert "Nothing was stored" in words(page), what
        assert "Download" not in words(page), what
        assert "hub " not in words(page).partition("What came of it")[2], what


def test_20_mb_are_read_and_refused_and_more_is_too_large(site: Site) -> None:
    visitor = site.visitor("exporter")
    assert "Nothing was stored" in words(send(visitor, b"x" * 20_000_000, status=422))
    assert "Too large" in words(send(visitor, b"x" * 25_000_001, status=413))


@pytest.mark.soak
def test_20_mb_of_rows_are_read_whatever_is_in_them(site: Site) -> None:
    visitor = site.visitor("exporter")
    wrong = (HEADER + "2026-11-30,DT,Ribeye,No Such,x,y\n" * 550_000).encode()
    for content in (b"\n" * 20_000_000, b",".join([b"a"] * 10_000_000), wrong):
        assert "Nothing was stored" in words(send(visitor, content, status=422))


def test_each_kind_has_a_template_that_its_reader_takes(site: Site) -> None:
    visitor = site.visitor("administrator")
    page = visitor.get(AT)
    for kind in KINDS:
        assert f'<option value="{kind}"' in page
        template = visitor.client.get(f"{AT}/templates/{kind}")
        assert template.text.startswith(",".join(column.name for column in KINDS[kind].columns))
        answer = visitor.client.post(
            AT,
            data={"csrf": visitor.token(), "kind": kind},
            files={"file": (f"{kind}.csv", template.content, "text/csv")},
        )
        assert answer.status_code in (200, 422)
        assert "unknown_column" not in answer.text
    visitor.get(f"{AT}/templates/none", status=404)


def test_who_may_not_change_the_set_up_imports_stock_only(site: Site) -> None:
    visitor = site.visitor("exporter")
    assert "gl-accounts" not in visitor.get(AT)
    visitor.get(f"{AT}/templates/account-map", status=404)
    refused = send(visitor, "gl_account,account_number\n5010,5020\n", kind="account-map", status=422)
    assert "Choose a file, and what it holds." in words(refused)
    assert "Choose a file" in words(visitor.post(AT, {"kind": "counts"}, status=422))


def test_rows_in_error_of_a_spreadsheet_are_kept_as_its_texts(site: Site, tmp_path: Path) -> None:
    from xlsxwriter import Workbook

    file = tmp_path / "counts.xlsx"
    with Workbook(file, {"strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER.strip().split(","))
        sheet.write_row(1, 0, ["2026-11-30", "DT", "=A1", "No Such", 2, 40.5])
    visitor = site.visitor("exporter")
    (_, row) = download(visitor, held(send(visitor, file.read_bytes(), status=422))["rows"])
    assert row[0] == "2"
    assert row[4:] == ["'=A1", "No Such", "2", "40.5"]
