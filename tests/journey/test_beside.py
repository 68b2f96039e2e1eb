"""A test copy beside the real connection, and sites that move, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hub.demo.half_year import DATA
from hub.service.connecting.live_chart import read_chart
from hub.service.connecting.sign_in import sign_in_with
from hub.service.connections import add_connection
from hub.service.exporting import exports
from hub.service.importing import import_file, import_rows
from hub.service.maps import account_maps
from hub.service.setup_suggestions import suggestions
from hub.web.sandboxes import StandIns, served
from tests.journey.browsing import NARROW, WIDE, Browsing, follow
from tests.journey.newcomer import NEW, SITES, SUPPORT, Begins, Customer, customer_in, customer_of
from tests.journey.test_connecting import (
    CELLS,
    _plain,
    button,
    consents,
    link,
    recorded,
    same,
    told,
)
from tests.web.conftest import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journey.test_connecting import Line

__all__ = ["customer_of"]

pytestmark = pytest.mark.soak


def test_a_test_copy_posts_to_a_sandbox_beside_the_real_connection_and_is_marked_everywhere(
    customer_of: Begins,
) -> None:
    with customer_of("quickbooks") as browsing:
        site = customer_in(browsing)
        connected_already(site)
        with served(site.hub.registry, "quickbooks", 0) as sandbox:
            StandIns({"quickbooks": sandbox}).register(browsing.address)
            page = makes_test_copy(browsing, sandbox["base_url"])
            follow(link(page, "Test export"))
            lines = exports_from_here(browsing, page)
            page.get_by_text("Posted: journal").wait_for()
            assert page.locator(".badge", has_text="Test").first.is_visible()
            browsing.check(page, name="test-result", looks=[(WIDE, "light"), (NARROW, "dark")])
            assert same(lines, recorded(page))
        assert exports(site.hub, NEW) == []
        page.goto(f"/c/{NEW}/exports")
        assert "Test" not in page.locator("header.top").inner_text()


def connected_already(site: Customer) -> None:
    """Connect and map the customer's own books without a browser, up to the dry run."""
    settings = {"base_url": site.stand_in["base_url"]}
    add_connection(site.hub, NEW, connector="quickbooks", name="books", settings=settings, environment="local")
    sign_in_with(site.hub, NEW, "books", site.stand_in)
    read_chart(site.hub, NEW, "books")
    maps = account_maps(site.hub, NEW, "books")
    found = suggestions(maps.gl_accounts.values(), maps.chart)
    rows: list[dict[str, str]] = [{"gl_account": gl, "account_id": each.account.id} for gl, each in found.items()]
    assert import_rows(site.hub.database, NEW, "account-map", rows, actor="alice", now=NOW).stored
    rows = [{"date": "2026-09-30", "site": code, "category": "", "value": "0"} for code in SITES]
    assert import_rows(site.hub.database, NEW, "opening", rows, actor="alice", now=NOW).stored


def makes_test_copy(browsing: Browsing, address: str) -> Page:
    """Make the test copy, connect it to its own stand-in, and bring it up to date."""
    page = browsing.page(SUPPORT)
    page.goto(f"/c/{NEW}/enable?step=dry_run")
    follow(link(page, "Test copy"))
    page.get_by_label("Environment").select_option("local")
    page.locator("[name='set:base_url']").fill(address)
    browsing.check(page, name="test-new", looks=[(WIDE, "light"), (NARROW, "dark")])
    follow(button(page, "Make the test copy"))
    follow(link(page, "Its steps"))
    assert "Larkspur Table Group – Test" in page.locator("header.top").inner_text()
    consents(page, "Sandbox Restaurants US")
    follow(button(page, "Read it"))
    page.goto(f"/c/{NEW}/enable/test-copy")
    follow(button(page, "Bring it up to date"))
    assert "Both would post the same 48 lines, to their own accounts." in told(page)
    browsing.check(page, name="test-beside", looks=[(WIDE, "light"), (NARROW, "dark")])
    return page


def exports_from_here(browsing: Browsing, page: Page) -> list[Line]:
    """From Criteria: look at the entry, marked as a test, and export it."""
    follow(button(page, "Next"))
    browsing.check(page, name="test-entry", looks=[(NARROW, "light")])
    rows = page.locator("tbody tr").evaluate_all(CELLS)
    shown = [(row[0], *_plain(row[1], row[2])) for row in rows if len(row) > 2]
    follow(page.get_by_role("button", name=re.compile(r"^Export \d+ lines")))
    return [line for line in shown if bool(line[1]) != bool(line[2])]


def test_sites_move_as_it_is_shown_in_figures_first(customer_of: Begins) -> None:
    with customer_of("csv_iif") as browsing:
        site = customer_in(browsing)
        for name in ("books", "new"):
            add_connection(site.hub, NEW, connector="csv_iif", name=name, settings={"layout": "generic"})
            for kind in ("chart", "account-map"):
                done = import_file(
                    site.hub.database, NEW, kind, DATA / f"{kind}.csv", actor="alice", now=NOW, connection=name
                )
                assert done.stored
        rows = [{"date": "2026-09-30", "site": "DT", "category": "Produce", "value": "1204.10"}]
        assert import_rows(site.hub.database, NEW, "opening", rows, actor="alice", now=NOW).stored
        page = browsing.page(SUPPORT)
        page.goto(f"/c/{NEW}/enable/move")
        page.get_by_label("Downtown").check()
        page.get_by_label("To", exact=True).select_option("new")
        browsing.check(page, name="move-ask", looks=[(WIDE, "light"), (NARROW, "dark")])
        page.get_by_label("The same books, through another connector").check()
        follow(button(page, "Show what will happen"))
        browsing.check(page, name="move-same", looks=[(WIDE, "light"), (NARROW, "dark")])
        page.go_back()
        page.get_by_label("Other books").check()
        follow(button(page, "Show what will happen"))
        assert "Downtown: 1,204.10 USD are closed in books on 30 Sep 2026." in told(page)
        browsing.check(page, name="move-other", looks=[(WIDE, "light"), (NARROW, "dark")])
        follow(button(page, "Move and post 1 closing entry"))
        assert "Downtown post to new from now on. Closing: EX" in told(page)
        (closing,) = exports(site.hub, NEW)
        assert (closing["kind"], closing["state"]) == ("closing", "FILE_READY")
