"""An account is archived in the accounting system overnight: found on the maps page, remapped by one press, and posted to."""

from __future__ import annotations

import httpx2
import pytest

from hub.demo.loading import COMPANY
from tests.journey.browsing import NARROW, WIDE, Browsing
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
    maps_accounts,
    nothing_there,
    recorded,
    same,
    told,
)

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
    button(page, "Read the chart again and check").click()
    assert "1 map needs a look." in page.locator("body").inner_text()
    assert "1 GL Account needs remapping" in told(page)
    assert "5050 COGS Other Food was made inactive. The export of 2026-10-31 needs it." in told(page)
    assert "5030 COGS Prepared Food?" in told(page)
    demo.check(page, name="remapping", looks=BOTH)
    button(page, "Remap 5030 COGS Prepared Food for 5050 COGS Food").click()
    assert "Saved: 1 map was changed." in page.locator("body").inner_text()
    assert "remapping" not in told(page)

    shown = exports(page, XERO, "books")
    assert not [line for line in shown if "Other Food" in line[0]]
    assert len([line for line in shown if "Prepared Food" in line[0]]) > 2
    assert same(shown, recorded(page))


@pytest.mark.soak
def test_suggestions_and_copies_are_read_by_everyone(browsing: Browsing) -> None:
    page = browsing.page("support")
    at(page, COMPANY, "setup/account-maps?limit=95")
    for number in ("1310", "5050", "5130"):
        page.locator(f"[name='row:{number}:account']").fill("")
    button(page, "Save").last.click()
    assert "3 GL Accounts are not mapped" in told(page)
    browsing.check(page, name="suggestions", looks=BOTH)
    at(page, COMPANY, "setup/account-maps/copy")
    browsing.check(page, name="copy-none", looks=BOTH)
