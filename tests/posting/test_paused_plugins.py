"""A plugin that support has paused: nothing is sent through it, what was sent is looked for, and what waits goes on."""

from __future__ import annotations

import httpx2
import pytest

from hub.service.auditing import listed
from hub.service.connecting.standing import connections
from hub.service.context import NotFound, Refused
from hub.service.pausing import pause, plugin_of, resume
from hub.testing.lossy import writes
from tests.posting.house import House, nothing
from tests.posting.proofs import LABEL, nothing_posted, posted_once, reference, sends, tells

REASON = "Its journals arrive twice."


@pytest.fixture
def plugin(house: House) -> str:
    """The name of the plugin that the books' connector comes with."""
    return plugin_of(house.hub.registry, "fake")


@pytest.mark.parametrize("everywhere", [True, False])
def test_nothing_is_sent_through_a_paused_plugin_until_it_goes_on(
    house: House, plugin: str, *, everywhere: bool
) -> None:
    company = "" if everywhere else house.company
    pause(house.hub, plugin, reason=REASON, company=company)
    made = house.export()
    tells(made, "waiting", LABEL, reference(made), "Paused by support: Its journals arrive twice.")
    house.settles(600)
    nothing_posted(house, made, "FROZEN")
    assert sends(house) == []
    (shown,) = connections(house.hub, house.company)
    assert shown["paused"].startswith("Paused by support: Its journals arrive twice.")
    resume(house.hub, plugin, company=company)
    posted_once(house.later(65), made)
    (shown,) = connections(house.hub, house.company)
    assert shown["paused"] is None


def test_what_was_sent_before_the_pause_is_looked_for_all_the_same(house: House, plugin: str) -> None:
    house.wire.leaves = lambda request: lose(house) if writes(request) else None
    made = house.export()
    assert made["state"] == "UNKNOWN"
    pause(house.hub, plugin, reason=REASON)
    sent = len(sends(house))
    posted_once(house.settles(600), made)
    assert len(sends(house)) == sent


def lose(house: House) -> None:
    """Lose this answer, and no other after it."""
    house.wire.leaves = nothing
    raise httpx2.ReadTimeout("lost")


def test_a_plugin_that_goes_on_for_one_company_stays_paused_for_all(house: House, plugin: str) -> None:
    pause(house.hub, plugin, reason=REASON)
    with pytest.raises(Refused, match="is not paused for ACME"):
        resume(house.hub, plugin, company=house.company)
    pause(house.hub, plugin, reason="Only here.", company=house.company)
    resume(house.hub, plugin, company=house.company)
    (shown,) = connections(house.hub, house.company)
    assert "arrive twice" in shown["paused"]


def test_a_pause_needs_a_reason_and_a_plugin_that_is_there(house: House, plugin: str) -> None:
    for reason in ("", " ", "x" * 301, "a\0b"):
        with pytest.raises(Refused, match="A pause needs a reason"):
            pause(house.hub, plugin, reason=reason)
    with pytest.raises(NotFound, match="There is no plugin nobody"):
        pause(house.hub, "nobody", reason=REASON)
    with pytest.raises(NotFound, match="There is no company NOWHERE"):
        pause(house.hub, plugin, reason=REASON, company="NOWHERE")


def test_the_trail_of_each_company_that_uses_it_says_who_paused_it_and_why(house: House, plugin: str) -> None:
    pause(house.hub, plugin, reason=REASON)
    resume(house.hub, plugin)
    newest = [(each["action"], each["subject"], each["actor"]) for each in listed(house.hub, house.company, 2)]
    assert newest == [("resume plugin", plugin, "alice"), ("pause plugin", f"{plugin}: {REASON}", "alice")]
