"""An access that ends mid-way, or leads to other books: what was not sent waits, and what may have arrived is found."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest

from hub.api import Connection
from hub.plugins.client import guarded_client
from hub.service.context import Route
from hub.service.posting.health import posting_health
from hub.testing.lossy import Fault, writes
from tests.posting.conftest import MakeHouse
from tests.posting.house import OCTOBER, Document, House
from tests.posting.proofs import LABEL, nothing_posted, posted_once, reference, sends, tells

UNCHECKED = "acknowledge=not_checked"


class SignedIn:
    """A house whose every call carries the token that it has at that time."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.token = ""
        house.hub = replace(house.hub, posting=replace(house.posting, network=self._network))

    def sign_in(self, life_s: float | None = None) -> None:
        """Get a new token of the ledger."""
        self.token = self.house.ledger.issue_token(life_s)

    def _network(self, connection: Connection, route: Route) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return guarded_client("http://127.0.0.1:9", transport=self.house.transport, headers=headers)


@pytest.fixture
def signed_in(house: House) -> SignedIn:
    return SignedIn(house)


def waits_for_the_sign_in(house: House, made: Document, *words: str) -> None:
    """Assert that it is told, to the person and to the operator, and that the hub does not ask again and again."""
    asked = len(house.sent)
    told = tells(house.shown(made["export"]), "reconnect_needed", LABEL, reference(made), *words)
    assert f"hub resume {made['export']}" in told["fix"]
    assert [problem.code for problem in posting_health(house.hub)] == ["export_needs_person"]
    assert len(house.settles(86_400).sent) == asked


def test_a_token_that_expires_between_the_preview_and_the_call_sends_nothing_until_there_is_a_new_one(
    signed_in: SignedIn,
) -> None:
    house = signed_in.house
    signed_in.sign_in(life_s=60)
    house.wire.arrives = lambda request: house.clock.advance(61) if writes(request) else None
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    waits_for_the_sign_in(house, made, "was not posted")
    house.wire.arrives = lambda request: None
    signed_in.sign_in()
    house.resume(made["export"])
    posted_once(house, made)


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REQUEST_LOST])
def test_a_token_that_expires_after_a_call_without_an_answer_leaves_the_journal_unknown_until_it_is_looked_for(
    signed_in: SignedIn, fault: Fault
) -> None:
    house = signed_in.house
    signed_in.sign_in(life_s=40)
    house.spoil(fault)
    made = house.export()
    house.clock.advance(40)
    house.settles()
    assert house.shown(made["export"])["state"] == "UNKNOWN"
    waits_for_the_sign_in(house, made, "It is not known whether")
    signed_in.sign_in()
    house.resume(made["export"])
    posted_once(house.settles(), made)
    assert len(sends(house)) == (1 if fault is Fault.ANSWER_LOST else 2)


def test_a_sign_in_that_is_refused_for_ever_is_asked_once_for_each_time_that_a_person_resumes(
    signed_in: SignedIn,
) -> None:
    house = signed_in.house
    house.ledger.revoke()
    made = house.export(OCTOBER, UNCHECKED)
    for times in (2, 3):
        house.resume(made["export"])
        waits_for_the_sign_in(house, made, "was not posted")
        assert len(sends(house)) == times
    nothing_posted(house, made, "FROZEN")
    assert house.undo(made["export"])["state"] == "UNDONE"


def test_a_connection_that_leads_to_other_books_is_refused_and_posts_nothing_there(counted: MakeHouse) -> None:
    house = counted(company="2")
    made = house.export(OCTOBER, UNCHECKED)
    nothing_posted(house, made, "FROZEN")
    waits_for_the_sign_in(house, made, "was not posted")
