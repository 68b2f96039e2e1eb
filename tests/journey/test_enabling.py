"""Support takes a new customer from nothing to Ready and the first export on each connector, in a real browser, step by step."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.demo.half_year import DATA
from hub.domain.access import Role
from hub.service import people
from hub.service.connections import connector_of
from hub.service.exporting import exports
from tests.journey.browsing import NARROW, WIDE, Browsing, follow
from tests.journey.newcomer import NEW, SITES, SUPPORT, Begins, customer_in, customer_of
from tests.journey.test_connecting import (
    CELLS,
    _plain,
    button,
    chooses,
    consents,
    keys_shown,
    link,
    recorded,
    same,
    told,
    types_in,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journey.test_connecting import Line

TOTAL = "36,524.61"

__all__ = ["customer_of"]

pytestmark = pytest.mark.soak


def heading(page: Page) -> str:
    return page.locator("#step-h").inner_text()


def chooses_connector(browsing: Browsing, name: str) -> Page:
    """From the company's menu to the settings of a connector, in its environment of stand-ins where it has one."""
    page = browsing.page(SUPPORT)
    page.goto(f"/c/{NEW}")
    follow(page.locator("nav").get_by_role("link", name="Enable connector"))
    browsing.check(page, name="enable-choose", looks=[(WIDE, "light"), (NARROW, "dark")])
    follow(page.get_by_role("link", name=f"Choose {name}"))
    page.get_by_label("Name").fill("books")
    return page


def adds_connection(browsing: Browsing, name: str, **settings: str) -> Page:
    """Add a connection to the stand-in."""
    page = chooses_connector(browsing, name)
    page.get_by_label("Environment").select_option("local")
    given = {"base_url": customer_in(browsing).stand_in["base_url"], **settings}
    for setting, text in given.items():
        field = page.locator(f"[name='set:{setting}']")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    browsing.check(page, name="enable-settings", looks=[(NARROW, "light")])
    follow(button(page, "Add"))
    return page


def reads_and_maps(browsing: Browsing, page: Page) -> None:
    """Read the chart, accept every suggestion, and come back to the steps."""
    assert "Read the chart of accounts" in heading(page)
    follow(button(page, "Read it"))
    assert "Map GL Accounts" in heading(page)
    maps_accounts(browsing, page)


def maps_accounts(browsing: Browsing, page: Page) -> None:
    """Accept every suggestion for the map, and come back to the steps."""
    browsing.check(page, name="enable-map", looks=[(WIDE, "dark"), (NARROW, "light")])
    follow(page.locator("main").get_by_role("link", name="GL Account Maps", exact=True))
    follow(page.get_by_role("button", name=re.compile("Accept the 16 suggestions")))
    follow(link(page, "Back to the steps"))


def maps_sites(page: Page, dimension: str, values: Mapping[str, str]) -> None:
    """Choose each site's value of a dimension, whether the step is the next one or passed already, and come back."""
    follow(page.get_by_role("link", name="Map sites"))
    follow(link(page, "Site Maps").first)
    for site, value in values.items():
        page.get_by_label(f"{dimension} of {site}").select_option(value)
    follow(button(page, "Save"))
    follow(link(page, "Back to the steps"))


def says_nothing_is_carried(browsing: Browsing, page: Page) -> None:
    """Say site by site that the books carry nothing yet."""
    assert "Opening values" in heading(page)
    browsing.check(page, name="enable-opening", looks=[(WIDE, "light"), (NARROW, "dark")])
    for site in SITES.values():
        follow(page.get_by_role("link", name="Enter opening values").first)
        assert site in told(page)
        page.get_by_label("As of").fill("2026-09-30")
        page.get_by_label("Nothing: its inventory").check()
        follow(button(page, "Store these opening values"))


def runs_dry(browsing: Browsing, page: Page) -> None:
    """Run the dry run, which finds nothing in the way and posts nothing, and come back to the steps."""
    assert "Dry run of the last count" in heading(page)
    follow(link(page, "Open the dry run"))
    follow(button(page, "Run the dry run"))
    assert "This count could be exported. Nothing was posted." in told(page)
    assert TOTAL in told(page)
    browsing.check(page, name="enable-dry-run", looks=[(WIDE, "light"), (NARROW, "dark")])
    assert exports(customer_in(browsing).hub, NEW) == []
    follow(link(page, "Back to the steps"))


def gets_ready(browsing: Browsing, page: Page) -> None:
    """From opening values to Ready: then somebody of the company is allowed to export."""
    says_nothing_is_carried(browsing, page)
    runs_dry(browsing, page)
    assert "Choose who may export" in heading(page)
    assert page.locator(".badge", has_text="Ready").is_visible()
    assert "Nobody in Larkspur Table Group may export yet" in told(page)
    people.give_access(customer_in(browsing).hub, NEW, "erin", Role.EXPORTER)
    page.reload()
    assert "May export: Erin Exporter." in told(page)
    browsing.check(page, name="enable-ready", looks=[(WIDE, "light"), (NARROW, "dark")])


def exports_first(page: Page) -> list[Line]:
    """Export the count, and return the lines that were shown before."""
    follow(link(page, "Go to the first export"))
    follow(button(page, "Next"))
    rows = page.locator("tbody tr").evaluate_all(CELLS)
    shown = [(row[0], *_plain(row[1], row[2])) for row in rows if len(row) > 2]
    follow(page.get_by_role("button", name=re.compile(r"^Export \d+ lines")))
    return [line for line in shown if bool(line[1]) != bool(line[2])]


def test_quickbooks_from_nothing_to_the_first_export_and_another_company_is_refused(customer_of: Begins) -> None:
    with customer_of("quickbooks") as browsing:
        page = adds_connection(browsing, "QuickBooks Online")
        assert "Sign in" in heading(page)
        browsing.check(page, name="enable-sign-in", looks=[(WIDE, "light"), (NARROW, "dark")])
        consents(page, "Sandbox Restaurants US")
        reads_and_maps(browsing, page)
        maps_sites(page, "Location", {name: name for name in SITES.values()})
        page.goto("/")  # left, and taken up where it was
        page.goto(f"/c/{NEW}/enable")
        gets_ready(browsing, page)
        shown = exports_first(page)
        page.get_by_text("Posted: journal").wait_for()
        assert same(shown, recorded(page))
        is_refused_another_company(browsing)


def is_refused_another_company(browsing: Browsing) -> None:
    """Connect again as somebody who reaches other books: refused within the steps, and nothing is changed."""
    page = browsing.page(SUPPORT)
    page.goto(f"/c/{NEW}/enable?connection=books&step=sign_in")
    consents(page, "Sandbox Cafe US", press="Connect again")
    assert "books belongs to Sandbox Restaurants US in QuickBooks Online" in told(page)
    assert "Nothing was changed." in told(page)
    browsing.check(page, name="enable-wrong-company", looks=[(WIDE, "light"), (NARROW, "dark")])
    follow(link(page, "Back to the steps"))
    assert "Enable connector: QuickBooks Online" in told(page)
    assert page.locator(".badge", has_text="Ready").is_visible(), "the sign-in of before stays"


def test_xero_from_nothing_to_the_first_export(customer_of: Begins) -> None:
    with customer_of("xero") as browsing:
        page = adds_connection(browsing, "Xero")
        consents(page, "Demo Company (US)", "Demo Company (Canada)")
        assert "The sites keep USD, so none of their counts could be posted here." in told(page)
        browsing.check(page, name="enable-companies", looks=[(WIDE, "dark"), (NARROW, "light")])
        chooses(page, "Demo Company (US)")
        reads_and_maps(browsing, page)
        gets_ready(browsing, page)
        shown = exports_first(page)
        page.get_by_text("Posted: journal").wait_for()
        assert same(shown, recorded(page))


def test_netsuite_from_nothing_to_the_first_export(customer_of: Begins) -> None:
    with customer_of("netsuite") as browsing:
        site = customer_in(browsing)
        known = connector_of(site.hub, "netsuite").info.settings.model_fields
        own = {name: site.stand_in[name] for name in known if name in site.stand_in}
        page, there = adds_connection(browsing, "NetSuite", **own), browsing.page()
        assert "Type in its secrets" in heading(page)
        there.goto(site.stand_in["base_url"])
        keys = keys_shown(there)
        types_in(page, {**keys, "Token secret": "mistyped"})
        assert "Login Audit Trail" in told(page), "the cause of the refusal is told within the steps"
        browsing.check(page, name="enable-refused", looks=[(WIDE, "light"), (NARROW, "dark")])
        types_in(page, keys)
        reads_and_maps(browsing, page)
        assert "Map sites" in heading(page), "each site needs a subsidiary"
        assert told(page).count("which every line there needs") == len(SITES)
        maps_sites(page, "Subsidiary", dict.fromkeys(SITES.values(), "Restaurants Inc.:West"))
        gets_ready(browsing, page)
        shown = exports_first(page)
        page.get_by_text("Posted: journal").wait_for()
        assert same(shown, recorded(page))


def test_files_from_nothing_to_the_first_export(customer_of: Begins) -> None:
    with customer_of("csv_iif") as browsing:
        page = chooses_connector(browsing, "CSV and IIF files")
        page.locator("[name='set:layout']").select_option("iif")
        page.locator("[name='set:currency']").fill("USD")
        page.locator("[name='set:classes']").fill("Commissary;Downtown;Harborside")
        follow(button(page, "Add"))
        assert "Import the chart of accounts" in heading(page)
        follow(link(page, "Import its chart"))
        page.locator("#file").set_input_files(DATA / "chart.csv")
        follow(button(page, "Import the file"))
        follow(link(page, "Back to the steps").first)
        maps_files(browsing, page)
        gets_ready(browsing, page)
        exports_first(page)
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile("Download")).first.click()
        rows = list(csv.reader(Path(download.value.path()).read_text("cp1252").splitlines(), delimiter="\t"))
        amounts = [row for row in rows if row and row[0] in ("TRNS", "SPL")]
        assert len(amounts) == 48


def maps_files(browsing: Browsing, page: Page) -> None:
    assert "Map GL Accounts" in heading(page)
    maps_accounts(browsing, page)
    maps_sites(page, "Class", {name: name for name in SITES.values()})
