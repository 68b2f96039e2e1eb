"""Support sees in a real browser that a plugin does not work any more, pauses it, and the others go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

import hub_csv_iif.connector
from hub.plugins import load
from hub.service.connections import add_connection
from hub.web.app import create_app
from tests.journey.browsing import LOOKS, Browsing, follow
from tests.plugins.scripted import INFO, Plugin, ScriptedConnector
from tests.web.conftest import OTHER, Site

REASON = "Version 2 does not start; its maker is told."


class Ledgerly(Plugin):
    """A partner's plugin, which works until it is updated."""


@pytest.fixture
def updated(site: Site) -> Site:
    """A company whose plugin worked when its connection was added, and does not after an update."""
    works = load(only=[hub_csv_iif.connector, Ledgerly(ScriptedConnector({}, INFO))])
    add_connection(replace(site.hub, registry=works), OTHER, connector="ledgerly", name="books", settings={})
    newer = replace(INFO, api=2)
    broken = load(only=[hub_csv_iif.connector, Ledgerly(ScriptedConnector({}, newer))])
    site.hub = replace(site.hub, registry=broken)
    site.app = create_app(site.hub)
    return site


@pytest.mark.soak
def test_a_plugin_that_does_not_work_is_seen_and_paused_while_the_others_go_on(
    updated: Site, browsing: Browsing
) -> None:
    page = browsing.page("support")
    page.goto("/")
    follow(page.get_by_role("link", name="Plugins"))
    browsing.check(page, name="plugins", looks=LOOKS)
    row = page.get_by_role("row").filter(has_text="Does not work")
    assert row.locator("td.num").inner_text() == "1"
    follow(row.get_by_role("link"))
    page.get_by_text("all other plugins go on").wait_for()
    page.get_by_text("version 2 of the plugin contract").wait_for()
    browsing.check(page, name="plugin-broken", looks=LOOKS)
    page.locator("#reason").fill(REASON)
    follow(page.get_by_role("button", name="Pause for all companies"))
    page.get_by_text("Nothing is sent through it for all companies").wait_for()
    browsing.check(page, name="plugin-paused", looks=LOOKS)
    page.goto(f"/c/{OTHER}/setup/connections")
    page.get_by_text(f"Paused by support: {REASON}").wait_for()
    browsing.check(page, name="plugin-connection", looks=LOOKS)
    other = browsing.page("exporter")
    other.goto("/")
    follow(other.get_by_role("button", name="Next"))
    follow(other.get_by_role("button", name="Export 121 lines"))
    other.get_by_role("link", name="Download").wait_for()
    page.goto("/plugins/Ledgerly")
    follow(page.get_by_role("button", name="Let it go on", exact=True))
    page.get_by_text("It goes on for all companies").wait_for()
