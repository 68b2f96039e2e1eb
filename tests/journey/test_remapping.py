"""Maps in a real browser: an account archived overnight is remapped by one press and posted to; maps are copied."""

from __future__ import annotations

import httpx2
import pytest

from hub.demo.loading import COMPANY
from tests.journey.browsing import NARROW, WIDE, Browsing, follow
from tests.journey.test_connecting import (
    ADMINISTRATOR,
    XERO,
    at,
    button,
    chooses,
    connection_page,
    consents,
    demo,
    demo_of,
    exports,
    link,
    maps_accounts,
    nothing_there,
    recorded,
    same,
    told,
)
from tests.web.conftest import OTHER, Site
from tests.web.test_map_help import charted, other_books

__all__ = ["demo"]

BOTH = [(WIDE, "light"), (NARROW, "dark"), (NARROW, "light")]


@pytest.mark.soak
def test_an_account_archived_overnight_is_found_remapped_and_exported(demo: Browsing) -> None:
    site = demo_of(demo)
    page = demo.page(ADMINISTRATOR)
    connection_page(page, XERO)
    consents(page, "Demo Company (US)", "Demo Company (Canada)")
    chooses(page, "Demo Company (US)")
    maps_accounts(page)
    nothing_there(site.hub, XERO, "CK", "DT", "HB")
    books = site.stand_ins.credentials["xero"]["base_url"]
    httpx2.post(f"{books}/_sandbox/faults", json={"archive_accounts": ["5050"]}).raise_for_status()

    at(page, XERO, "setup/account-maps")
    assert "remapping" not in told(page)
    follow(button(page, "Read the chart again and check"))
    assert "1 map needs a look." in page.locator("body").inner_text()
    assert "1 GL Account needs remapping" in told(page)
    assert "5050 COGS Other Food was made inactive. The export of 2026-10-31 needs it." in told(page)
    assert "5030 COGS Prepared Food?" in told(page)
    demo.check(page, name="remapping", looks=BOTH)
    follow(button(page, "Remap 5030 COGS Prepared Food for 5050 COGS Food"))
    assert "Saved: 1 map was changed." in page.locator("body").inner_text()
    assert "remapping" not in told(page)

    shown = exports(page, XERO, "books")
    assert not [line for line in shown if "Other Food" in line[0]]
    assert len([line for line in shown if "Prepared Food" in line[0]]) > 2
    assert same(shown, recorded(page))


@pytest.mark.soak
def test_suggestions_are_read_by_everyone(browsing: Browsing) -> None:
    page = browsing.page("support")
    at(page, COMPANY, "setup/account-maps?limit=95")
    for number in ("1310", "5050", "5130"):
        page.locator(f"[name='row:{number}:account']").fill("")
    follow(button(page, "Save").last)
    assert "3 GL Accounts are not mapped" in told(page)
    browsing.check(page, name="suggestions", looks=BOTH)
    follow(button(page, "Accept 1310 Inventory:Food for 1310 Food Inventory"))
    assert "2 GL Accounts are not mapped" in told(page)


@pytest.mark.soak
def test_another_companys_maps_are_looked_at_and_copied(browsing: Browsing) -> None:
    site = browsing.site
    assert isinstance(site, Site)
    other_books(site)
    changed = (
        ("5020", "Cost of Goods Sold:Vegetables", "cogs", "yes"),
        ("5120", "Cost of Goods Sold:Wine", "cogs", "no"),
    )
    charted(site, *changed, company=OTHER, connection="ledger")
    page = browsing.page("support")
    at(page, OTHER, "setup/account-maps")
    follow(link(page, "Copy from another company"))
    browsing.check(page, name="copy-from", looks=BOTH)
    follow(page.get_by_role("link", name="Larkspur Table Group"))
    assert "14 maps to take" in told(page)
    browsing.check(page, name="copy-plan", looks=BOTH)
    page.get_by_label("6210 Paper and Supplies").uncheck()
    follow(button(page, "Copy what is ticked"))
    assert "13 maps were copied from Larkspur Table Group." in page.locator("body").inner_text()
    at(page, COMPANY, "setup/account-maps")
    charted(site, *changed)
    page.reload()
    assert "1 account is called something else" in told(page)
    browsing.check(page, name="renamed", looks=BOTH)
    follow(button(page, "Keep it for 5020 COGS Produce under its new name"))
    assert "is called something else" not in told(page)
