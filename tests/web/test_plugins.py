"""Plugins, for support: what is installed, what does not work and why, and a pause for all or for one company."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.demo.loading import COMPANY
from hub.plugins import KnownPlugin
from hub.plugins.trust import Way
from hub.service.pausing import pause
from hub.web.app import create_app
from tests.web.conftest import Site

REASON = "It could not be loaded: SystemExit: no licence."
BROKEN = KnownPlugin(
    name="ledgerly", distribution="partner-ledgerly", version="1.2", way=Way.CONTAINED, reason=REASON, connector_ids=()
)
BLOCKED = KnownPlugin(name="shut", distribution="partner-shut", version="2.0", way=Way.BLOCKED)


@pytest.fixture
def among(site: Site) -> Site:
    """The demo company's plugin, checked, beside one that does not work and one that is blocked."""
    (own,) = site.hub.registry.known
    known = (replace(own, name="csv", level="gold"), BROKEN, BLOCKED)
    site.hub = replace(site.hub, registry=replace(site.hub.registry, known=known))
    site.app = create_app(site.hub)
    return site


def test_every_installed_plugin_is_listed_those_that_do_not_work_first(among: Site) -> None:
    told = among.visitor("support").told("/plugins")
    assert "partner-ledgerly 1.2 Contained · Not checked Does not work Contained Not checked 0" in told
    assert "partner-shut 2.0 Blocked · Not checked Blocked" in told
    assert "Part of the hub · Gold Works Part of the hub Gold 1" in told
    assert told.index("partner-ledgerly") < told.index("Gold")


def test_one_that_does_not_work_says_why_in_plain_words_and_in_its_own(among: Site) -> None:
    told = among.visitor("support").told("/plugins/ledgerly")
    assert "nothing can be previewed or sent with it. What was posted before stays as it is" in told
    assert f"For its maker and the operator: {REASON}" in told
    assert "hub plugins block ledgerly" in told
    assert "No company uses it" in told


def test_it_is_paused_for_all_with_a_reason_and_goes_on(among: Site) -> None:
    support = among.visitor("support")
    assert support.post("/plugins/csv/pause", {"reason": "Its files are empty."}) == "/plugins/csv"
    told = support.told("/plugins/csv")
    assert "Paused for all companies: nothing is sent through it. Its files are empty." in told
    assert "Paused by support: Its files are empty." in support.told(f"/c/{COMPANY}/setup/connections")
    assert "Paused by support: Its files are empty." in among.visitor("exporter").told(f"/c/{COMPANY}/export")
    assert support.post("/plugins/csv/resume") == "/plugins/csv"
    assert "Works" in support.told("/plugins/csv")


def test_it_is_paused_for_one_company_alone(among: Site) -> None:
    support = among.visitor("support")
    support.post("/plugins/csv/pause", {"reason": "Its files are empty.", "company": COMPANY})
    assert "Paused for 1 company" in support.told("/plugins")
    assert "Paused: Its files are empty." in support.told("/plugins/csv")
    support.post("/plugins/csv/resume", {"company": COMPANY})
    assert "Paused" not in support.told("/plugins")


@pytest.mark.parametrize(
    ("action", "fields", "told"),
    [("pause", {"reason": " "}, "A pause needs a reason"), ("resume", {}, "csv is not paused for all companies.")],
)
def test_what_cannot_be_done_is_said(among: Site, action: str, fields: dict[str, str], told: str) -> None:
    assert told in among.visitor("support").post(f"/plugins/csv/{action}", fields, status=422)


def test_what_support_writes_is_shown_as_text(among: Site) -> None:
    pause(among.hub, "csv", reason="<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in among.visitor("support").get("/plugins/csv")
