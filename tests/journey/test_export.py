"""A month's end in a real browser: with scripts and without, by keyboard alone, and what can go wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.service import exporting
from tests.journey.browsing import Browsing, follow
from tests.journey.conftest import opened
from tests.posting.conftest import counted, house, templates
from tests.posting.house import OCTOBER, House
from tests.web.conftest import Site
from tests.web.networked import Networked
from tests.web.small import BOOKS, CODE, COUNT, ENTRY, count, imports, opening, produce

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["counted", "house", "templates"]

CRITERIA = f"/c/{CODE}/export"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def exports(site: Site, company: str = CODE) -> list[str]:
    return [f"{each['state']} {each['sequence']}" for each in exporting.exports(site.hub, company)]


def test_a_month_end_is_exported_downloaded_and_confirmed(browsing: Browsing, site: Site) -> None:
    page = browsing.page("exporter")
    page.goto("/")
    browsing.view(page, "customers-criteria", 480)
    assert page.get_by_label("Count Date").input_value() == "2026-10-31"
    follow(button(page, "Next"))
    browsing.view(page, "customers-entry")
    assert page.locator("tfoot").inner_text().split() == ["121", "lines", "75,472.02", "75,472.02", "Balanced"]
    follow(button(page, "Export 121 lines"))
    browsing.view(page, "customers-file", 640)
    with page.expect_download() as download:
        link(page, "Download").click()
    assert Path(download.value.path()).read_bytes().startswith(b"!TRNS")
    follow(button(page, "Confirm that it was imported"))
    page.get_by_text("Posted: you confirmed that the file was imported").wait_for()
    follow(link(page, "Close"))
    assert "every approved count is exported" in page.locator("main").inner_text()
    assert exports(site, "DEMO")[0] == "POSTED 1"


@pytest.mark.soak
def test_the_first_export_asks_for_opening_values(small_browsing: Browsing, small: Site) -> None:
    page = small_browsing.page("administrator")
    page.goto(ENTRY)
    assert button(page, "Export").get_attribute("aria-disabled") == "true"
    follow(link(page, "Enter opening values"))
    small_browsing.view(page, "customers-opening", 640)
    page.get_by_label("As of").fill(COUNT)
    page.get_by_label("The values below").check()
    page.get_by_label("On the books: Meat").fill("4,812.37")
    follow(button(page, "Store these opening values"))
    assert "2 things are to be put right" not in page.locator("#wrong").inner_text()
    small_browsing.check(page, name="export-opening-wrong")
    page.get_by_label("As of").fill("2026-09-30")
    page.get_by_label("On the books: Meat").fill("4812.37")
    follow(button(page, "Store these opening values"))
    assert "Stored: the books carry these values for Downtown" in page.locator("main").inner_text()
    follow(button(page, "Export 6 lines"))
    small_browsing.check(page, name="export-file-ready")
    assert exports(small) == ["FILE_READY 1"]


@pytest.mark.soak
def test_a_missing_map_is_found_mended_through_its_link_and_exported(small_browsing: Browsing, small: Site) -> None:
    opening(small.hub)
    imports(small.hub, "gl-accounts", [{"number": "5021", "name": "COGS New", "kind": "cogs"}])
    imports(small.hub, "categories", [{**produce(), "cogs_account": "5021"}])
    page = small_browsing.page("administrator")
    page.goto(ENTRY)
    small_browsing.view(page, "customers-problem")
    small_browsing.check(page, name="export-problem")
    button(page, "Export").click(force=True)
    assert page.url.endswith("#problems")
    assert "Nothing was exported." in page.locator("#problems").inner_text()
    assert exports(small) == []
    follow(link(page, "Map GL Account 5021"))
    page.get_by_label("account for 5021").select_option("5020 COGS Produce")
    follow(button(page, "Save"))
    follow(link(page, "Back to the entry"))
    assert "Nothing stands in the way" in page.locator("#problems").inner_text()
    follow(button(page, "Export 4 lines"))
    page.get_by_text("File ready: import it into").wait_for()
    assert exports(small) == ["FILE_READY 1"]


@pytest.mark.soak
def test_a_count_amended_after_it_was_looked_at_is_looked_at_again(small_browsing: Browsing, small: Site) -> None:
    opening(small.hub)
    page = small_browsing.page("exporter")
    page.goto(ENTRY)
    count(small.hub, Meat="5000.00", Produce="-1.00")
    follow(button(page, "Export 4 lines"))
    assert "The figures have changed since you looked at them." in page.locator("#problems").inner_text()
    assert "5,000.00" in page.locator("table").inner_text()
    assert exports(small) == []
    page.get_by_label("Yes, post it as counted").check()
    follow(button(page, "Export 4 lines"))
    page.get_by_text("File ready: import it into").wait_for()


@pytest.mark.soak
def test_an_export_is_undone_and_exported_again(small_browsing: Browsing, small: Site) -> None:
    opening(small.hub)
    page = small_browsing.page("exporter")
    page.goto(ENTRY)
    follow(button(page, "Export 4 lines"))
    follow(link(page, "Open in Export History"))
    follow(link(page, "Undo this export"))
    follow(button(page, "Undo this export"))
    page.goto(CRITERIA)
    follow(button(page, "Next"))
    follow(button(page, "Export 4 lines"))
    assert exports(small) == ["FILE_READY 2", "UNDONE 1"]


def test_a_viewer_finds_no_export(small_browsing: Browsing) -> None:
    page = small_browsing.page("viewer")
    page.goto(f"/c/{CODE}")
    assert "Inventory Adjustments Export" not in page.locator("nav").inner_text()
    answer = page.goto(ENTRY)
    assert answer is not None
    assert answer.status == 404


def test_the_whole_month_end_goes_without_scripts(small_browsing: Browsing, small: Site) -> None:
    page = small_browsing.page("exporter", scripts=False, width=390)
    page.goto(CRITERIA)
    follow(button(page, "Next"))
    follow(link(page, "Enter opening values"))
    page.get_by_label("As of").fill("2026-09-30")
    page.get_by_label("Nothing: its inventory").check()
    follow(button(page, "Store these opening values"))
    count(small.hub, Meat="-3.00", Produce="988.40")
    follow(button(page, "Export 4 lines"))
    assert "The figures have changed" in page.locator("#problems").inner_text()
    follow(button(page, "Export 4 lines"))
    assert "Answer 1 warning to export." in page.locator("#problems").inner_text()
    page.get_by_label("Yes, post it as counted").check()
    follow(button(page, "Export 4 lines"))
    with page.expect_download():
        link(page, "Download").click()
    follow(button(page, "Confirm that it was imported"))
    assert "Posted: you confirmed" in page.locator("#headline").inner_text()
    assert exports(small) == ["POSTED 1"]


def reach(page: Page, what: Locator) -> None:
    """Press Tab until something has the focus; it must be seen there, not under the bar at the foot."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if what.evaluate("it => it === document.activeElement"):
            box, bar = what.bounding_box(), page.locator(".actions").bounding_box()
            assert box is not None
            assert bar is not None
            in_bar = what.evaluate("it => !!it.closest('.actions')")
            assert in_bar or box["y"] + box["height"] <= bar["y"], "it is under the bar"
            return
    raise AssertionError(f"{what} is not reached by Tab")


def enter(page: Page) -> None:
    """Press Enter on what leads to a page, and wait until that page is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_month_end_goes_by_keyboard_alone(small_browsing: Browsing, small: Site) -> None:
    count(small.hub, Meat="-3.00", Produce="988.40")
    page = small_browsing.page("exporter")
    page.goto(CRITERIA)
    reach(page, page.get_by_label("Count Date"))
    reach(page, button(page, "Next"))
    enter(page)
    reach(page, button(page, "Export 4 lines"))
    enter(page)
    page.get_by_text("Nothing was exported.").wait_for()
    reach(page, link(page, "Enter opening values"))
    enter(page)
    reach(page, page.get_by_label("As of"))
    page.keyboard.type("09302026")
    reach(page, page.get_by_label("The values below"))
    page.keyboard.press("ArrowDown")
    reach(page, button(page, "Store these opening values"))
    enter(page)
    page.get_by_text("Stored: the books carry nothing").wait_for()
    reach(page, page.get_by_label("Yes, post it as counted"))
    page.keyboard.press("Space")
    reach(page, button(page, "Export 4 lines"))
    enter(page)
    page.get_by_text("File ready: import it into").wait_for()
    reach(page, button(page, "Confirm that it was imported"))
    enter(page)
    page.get_by_text("Posted: you confirmed").wait_for()
    assert exports(small) == ["POSTED 1"]


@pytest.fixture
def live(house: House, browser: Browser, tmp_path: Path) -> Iterator[Browsing]:
    """An app whose exports wait until the test lets a worker at them, in Chromium."""
    with opened(Networked(house), browser, tmp_path) as browsing:
        yield browsing


@pytest.mark.soak
def test_progress_is_shown_as_it_happens_without_loading_the_page_again(live: Browsing, house: House) -> None:
    page = live.page("sam")
    page.goto(f"/c/ACME/export/entry?count={OCTOBER}&connection={BOOKS}")
    follow(button(page, "Export"))
    page.get_by_text("Waiting: it is sent to").wait_for()
    live.check(page, name="export-waiting")
    link(page, "Close").focus()
    page.evaluate("window.sameOne = true")
    house.sweep()
    page.get_by_text("Posted: journal").wait_for()
    (journal,) = house.ledger.journals()
    assert link(page, f"{journal.number}, open in").get_attribute("href")
    assert page.evaluate("window.sameOne") is True
    assert page.evaluate("document.activeElement.textContent") == "Close"
    assert link(page, "Reload").count() == 0
