"""Posting over a sign-in: what happens to a journal when its token is refused, mid-way or for ever."""

from __future__ import annotations

from collections.abc import Callable

import httpx2

from hub.testing.lossy import writes
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import SignedHouse
from tests.posting.house import codes
from tests.posting.proofs import nothing_posted, posted_once, sends


def ready(make_signed: MakeSigned) -> SignedHouse:
    """Return a house with one count to export and a token that was issued a while ago."""
    house = make_signed(full=True)
    house.sign_in()
    house.clock.advance(600)
    return house


def at_the_first_write(house: SignedHouse, act: Callable[[], object]) -> None:
    """Have something happen as the first journal arrives at the ledger."""

    def arrives(request: httpx2.Request) -> None:
        if writes(request):
            house.wire.arrives = lambda _: None
            act()

    house.wire.arrives = arrives


def take_tokens_back(house: SignedHouse) -> None:
    house.ledger.revoke()
    house.ledger.grant()


def test_a_token_that_is_refused_mid_way_is_renewed_and_the_journal_is_sent_again_by_the_rules(
    make_signed: MakeSigned,
) -> None:
    house = ready(make_signed)
    at_the_first_write(house, lambda: take_tokens_back(house))
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    assert codes(made) == ["waiting"]
    house.settles()
    posted_once(house, made)
    assert len(sends(house)) == 2


def test_a_token_that_is_refused_mid_way_while_it_cannot_be_renewed_waits_and_asks_nobody(
    make_signed: MakeSigned,
) -> None:
    house = ready(make_signed)
    house.vendor.troubles = ["unavailable"]
    at_the_first_write(house, lambda: take_tokens_back(house))
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    house.settles()
    posted_once(house, made)


def test_a_sign_in_that_ends_mid_way_waits_for_a_person_and_goes_on_when_connected_again(
    make_signed: MakeSigned,
) -> None:
    house = ready(make_signed)

    def ends() -> None:
        house.vendor.refresh.clear()
        take_tokens_back(house)

    at_the_first_write(house, ends)
    made = house.export()
    nothing_posted(house, made, "FROZEN")
    asked = len(house.vendor.asked)
    house.settles(86_400)
    assert codes(house.shown(made["export"])) == ["reconnect_needed"]
    assert len(house.vendor.asked) == asked
    house.sign_in()
    house.resume(made["export"])
    posted_once(house, made)


def test_a_refusal_for_ever_ends_with_a_person_and_not_in_a_loop(make_signed: MakeSigned) -> None:
    house = ready(make_signed)
    at_the_first_write(house, house.ledger.revoke)
    made = house.export()
    before = house.vendor.renewals
    house.settles(86_400)
    assert codes(house.shown(made["export"])) == ["reconnect_needed"]
    assert len(sends(house)) <= 3
    assert house.vendor.renewals - before <= 1
    house.ledger.grant()
    house.clock.advance(600)
    house.sign_in()
    house.resume(made["export"])
    posted_once(house, made)


def test_a_token_that_expires_between_the_preview_and_the_call_is_renewed_before_the_call(
    make_signed: MakeSigned,
) -> None:
    house = ready(make_signed)
    shown = house.preview()
    house.clock.advance(3600)
    made = house.export(hash_=shown["hash"])
    posted_once(house, made)
    assert len(sends(house)) == 1
