"""Export History: the list, one export with its journals, its files, confirming and undoing it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from hub.demo.loading import COMPANY, CONNECTION
from hub.service import exporting, previewing
from tests.web.conftest import Site, Visitor, words

LIST = "/c/DEMO/exports"
OFFERED = date(2026, 10, 31)


def newest(site: Site) -> str:
    return str(exporting.exports(site.hub, COMPANY)[0]["export"])


def offered(site: Site) -> str:
    """Export the count on offer, so that its file waits to be confirmed, and return the export's code."""
    found = previewing.preview(site.hub, COMPANY, OFFERED, CONNECTION)
    yes = [f"acknowledge={each['code']}" for each in found["problems"] if each["level"] == "warning"]
    made = exporting.export(site.hub, COMPANY, OFFERED, CONNECTION, yes)
    assert made["state"] == "FILE_READY", made["problems"]
    return str(made["export"])


def undo(visitor: Visitor, code: str, **changes: str) -> dict[str, str]:
    """Open the preview of an undo and return what its form holds."""
    shown = visitor.get(f"{LIST}/{code}/undo")
    found = re.search(r'name="hash" value="([0-9a-f]{64})"', shown)
    assert found
    return {"hash": found[1], **changes}


def test_the_history_is_newest_first_and_can_be_narrowed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = site.visitor("viewer")
    told = visitor.told(LIST)
    assert told.index("30 Sep 2026") < told.index("31 Aug 2026")
    assert told.count("Amended since") == 1
    assert "37,508.98" in told
    offered(site)
    assert "31 Oct 2026 " in visitor.told(f"{LIST}?state=file")
    assert "30 Sep 2026" not in visitor.told(f"{LIST}?state=file&connection={CONNECTION}")
    assert "No export is like that" in visitor.told(f"{LIST}?state=look")
    visitor.get(f"{LIST}?connection=none", status=404)
    visitor.get(f"{LIST}?before=none", status=404)
    monkeypatch.setattr("hub.service.history.AT_ONCE", 2)
    older = re.search(r'href="([^"]+before=[^"]+)"', visitor.get(LIST))
    assert older
    told = visitor.told(older[1])
    assert "31 Aug 2026 Comm" in told
    assert "31 Jul 2026 Comm" in told
    assert "30 Jun 2026" not in told
    assert "30 Sep 2026" not in told


def test_who_may_see_some_sites_sees_only_exports_of_those(site: Site) -> None:
    other, code = site.visitor("other site"), newest(site)
    assert "Nothing was exported yet" in other.told(LIST)
    for path in (code, f"{code}/undo", f"{code}/files/x"):
        other.get(f"{LIST}/{path}", status=404)
    for doing in ("confirm", "make", "resume", "accept", "check", "duplicate", "withdraw", "undo"):
        other.post(f"{LIST}/{code}/{doing}", status=404)


def test_a_file_is_downloaded_in_each_layout_and_confirmed(site: Site) -> None:
    code, visitor = offered(site), site.visitor("exporter")
    page = visitor.get(f"{LIST}/{code}")
    assert "File ready" in words(page)
    assert "then confirm it here" in words(page)
    (reference,) = re.findall(rf"{code}/files/(\w+)", page)
    own = visitor.client.get(f"{LIST}/{code}/files/{reference}")
    assert own.content.startswith(b"!TRNS")
    assert f'filename="{reference}.iif"' in own.headers["content-disposition"]
    assert visitor.client.get(f"{LIST}/{code}/files/{reference}.iif").content == own.content
    layouts = re.findall(r'<option value="([^"]+)">', page)
    assert len(layouts) == 7
    for layout in layouts:
        answer = visitor.client.get(f"{LIST}/{code}/files/{reference}?layout={layout}")
        assert (reference in answer.text) if layout != "sage-50" else ("has no place" in answer.text)
    visitor.get(f"{LIST}/{code}/files/{reference}?layout=none", status=409)
    visitor.get(f"{LIST}/{code}/files/other", status=404)
    there = visitor.post(f"{LIST}/{code}/confirm")
    assert "Posted." in visitor.told(there)
    assert visitor.post(f"{LIST}/{code}/confirm") == there


def test_a_viewer_sees_the_files_and_no_button(site: Site) -> None:
    code, viewer = offered(site), site.visitor("viewer")
    page = viewer.get(f"{LIST}/{code}")
    assert f"{code}/files/" in page
    assert not re.search(rf'{code}/(confirm|undo|withdraw)"', page)
    viewer.get(f"{LIST}/{code}/undo", status=404)


def test_a_posted_export_is_undone_by_the_opposite_entry_that_was_shown(site: Site) -> None:
    code, visitor = newest(site), site.visitor("exporter")
    shown = visitor.told(f"{LIST}/{code}/undo")
    assert "75,885.74 debits, 75,885.74 credits" in shown
    assert "Undo · Reverse ending inventory" in shown
    told = words(visitor.post(f"{LIST}/{code}/undo", {"hash": "0" * 64}, status=409))
    assert "Nothing was undone" in told
    assert exporting.show_export(site.hub, COMPANY, code)["phase"] == "post"
    there = visitor.post(f"{LIST}/{code}/undo", undo(visitor, code))
    told = visitor.told(there)
    assert "Undo: file ready" in told
    assert "Opposite entry" in told
    assert visitor.client.get(f"{LIST}/{code}/undo").headers["location"] == there
    assert visitor.post(f"{LIST}/{code}/undo", {"hash": "0" * 64}) == there
    visitor.post(f"{LIST}/{code}/withdraw")
    assert "The undo was withdrawn" in visitor.told(there)
    assert "no undo that waits" in words(visitor.post(f"{LIST}/{code}/withdraw", status=409))
    visitor.post(f"{LIST}/{code}/undo", undo(visitor, code))
    visitor.post(f"{LIST}/{code}/confirm")
    told = visitor.told(there)
    assert "Undone. Its counts can be exported again." in told
    assert "Amended since" not in visitor.told(LIST)


def test_an_export_that_a_newer_one_builds_on_is_not_undone(site: Site) -> None:
    visitor = site.visitor("exporter")
    code = str(exporting.exports(site.hub, COMPANY)[1]["export"])
    told = visitor.told(f"{LIST}/{code}/undo")
    assert "builds on it" in told
    assert f"Open export {newest(site)}" in told
    told = words(visitor.post(f"{LIST}/{code}/undo", undo(visitor, code), status=409))
    assert "Nothing was undone" in told


def test_a_file_that_was_not_imported_is_withdrawn_without_an_opposite_entry(site: Site) -> None:
    code, visitor = offered(site), site.visitor("exporter")
    assert "the file is withdrawn, and must not be imported" in visitor.told(f"{LIST}/{code}/undo")
    there = visitor.post(f"{LIST}/{code}/undo", undo(visitor, code))
    page = visitor.get(there)
    assert "Undone" in words(page)
    assert "/files/" not in page
    (posting,) = exporting.show_export(site.hub, COMPANY, code)["postings"]
    visitor.get(f"{there}/files/{posting['reference']}", status=404)
    assert offered(site) != code
