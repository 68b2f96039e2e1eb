"""Support's day in a real browser: a customer is found on Customers, looked at, and somebody is told of their alarms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.service.alarms import keeping
from hub.service.alarms.found import Found
from hub.service.companies import set_company
from tests.journey.browsing import LOOKS, Browsing, follow
from tests.web.conftest import OTHER


def troubled(browsing: Browsing) -> None:
    """Have the night find two things of the demo company's connection, and pause the other company."""
    hub = browsing.site.hub
    with hub.database.read() as connection:
        row = connection.exec_driver_sql("SELECT id, company_id FROM connection WHERE name = 'books'").mappings().one()
    own = {"company_id": row["company_id"], "connection_id": row["id"]}
    message = "books: the accounting system did not answer within 30 seconds, three times in a row."
    keeping.keep_night(
        hub,
        row["id"],
        [
            Found(**own, code="not_reached", level=keeping.Level.PROBLEM, message=message, fix="Try again in a while."),
            Found(**own, code="map_account_gone", level=keeping.Level.WARNING, message="Account 5010 is gone there."),
        ],
    )
    set_company(hub, OTHER, {"mode": "paused"})


@pytest.mark.soak
def test_support_find_a_customer_that_needs_attention_and_have_somebody_told(browsing: Browsing) -> None:
    troubled(browsing)
    page = browsing.page("support")
    page.goto("/")
    assert page.get_by_role("heading", level=1).inner_text() == "Customers"
    browsing.check(page, name="customers", looks=LOOKS)
    first = page.locator("tbody tr").first
    assert "Larkspur Table Group" in first.inner_text()
    assert "Failing" in first.inner_text()
    page.get_by_label("Health").select_option("Paused")
    follow(page.get_by_role("button", name="Show"))
    assert page.locator("tbody tr").count() == 1
    follow(page.get_by_role("link", name="Show all"))
    follow(page.get_by_role("link", name="See the connection of Larkspur Table Group"))
    assert "three times in a row" in page.locator("#night-h").locator("..").inner_text()
    browsing.check(page, name="connection-by-night", looks=LOOKS)
    with page.expect_download() as download:
        page.get_by_role("link", name="Diagnostics").click()
    told = json.loads(Path(download.value.path()).read_text())
    assert [each["code"] for each in told["alarms"]] == ["not_reached", "map_account_gone"]
    follow(page.get_by_role("button", name="Look now"))
    assert "2 of what was found before is over" in page.get_by_role("status").inner_text()
    follow(page.get_by_role("link", name="Customers"))
    follow(page.get_by_role("link", name="Notifications"))
    page.get_by_label("Address").fill("books@larkspur.example")
    page.get_by_label("Company code").fill("DEMO")
    follow(page.get_by_role("button", name="Add", exact=True))
    follow(page.get_by_role("button", name="Test books@larkspur.example"))
    assert "No mail server is set" in page.locator("#problems").inner_text()
    browsing.check(page, name="notifications", looks=LOOKS)
