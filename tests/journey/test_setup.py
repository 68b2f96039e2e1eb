"""Set-up in a real browser: a map that is missing is mended, by its name or from a list, and what is wrong stands beside it."""

from __future__ import annotations

import pytest

from hub.service.maps import account_maps
from hub.service.saving import RowEdit, save_edits
from tests.journey.browsing import Browsing, follow

MAPS = "/c/DEMO/setup/account-maps"


def unmap(browsing: Browsing, *numbers: str) -> None:
    hub = browsing.site.hub
    held = account_maps(hub, "DEMO", "books").mapped
    edits = [RowEdit(key=("books", each), before={"account": held[each].number}, after=None) for each in numbers]
    save_edits(hub, "DEMO", "account-map", edits)


def mapped(browsing: Browsing, number: str) -> str:
    found = account_maps(browsing.site.hub, "DEMO", "books").mapped.get(number)
    return found.number if found else ""


@pytest.mark.soak
def test_accounts_are_typed_by_name_and_what_is_wrong_stands_beside_its_field(browsing: Browsing) -> None:
    unmap(browsing, "5010", "1310", "5130")
    page = browsing.page("administrator")
    page.goto(MAPS)
    beside = page.get_by_label("account for 5010")
    beside.fill("Meat and so on")
    page.get_by_label("account for 1310").fill("1310 Inventory:Food")
    assert page.get_by_role("status").inner_text() == "2 changes are not saved yet."
    beside.press("Enter")
    assert "Nothing was saved yet" in page.locator("#wrong").inner_text()
    browsing.check(page, name="setup-wrong")
    follow(page.locator("#wrong a"))
    assert page.evaluate("document.querySelector(':target').value") == "Meat and so on"
    assert (mapped(browsing, "5010"), mapped(browsing, "1310")) == ("", "")
    follow(page.get_by_role("button", name="Accept 5010 Cost of Goods Sold:Meat and Fish"))
    page.get_by_text("Saved: 2 maps were changed.").wait_for()
    assert (mapped(browsing, "5010"), mapped(browsing, "1310")) == ("5010", "1310")


@pytest.mark.soak
def test_a_map_is_chosen_from_a_list_without_scripts_and_taken_off_from_the_other_side(browsing: Browsing) -> None:
    unmap(browsing, "5010")
    page = browsing.page("administrator", scripts=False, width=390)
    page.goto(f"{MAPS}?gl_account=5010")
    page.get_by_label("account for 5010").select_option("5010 Cost of Goods Sold:Meat and Fish")
    follow(page.get_by_role("button", name="Save"))
    assert "Saved: 1 map was changed." in page.get_by_role("status").inner_text()
    assert mapped(browsing, "5010") == "5010"
    follow(page.get_by_role("link", name="By QuickBooks Desktop account"))
    page.get_by_label("5010 COGS Meat and Fish stays mapped").uncheck()
    follow(page.get_by_role("button", name="Save"))
    assert mapped(browsing, "5010") == ""
    page.set_viewport_size({"width": 1280, "height": 900})
    browsing.picture(page, "setup-theirs")
