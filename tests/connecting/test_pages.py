"""The pages that connect: from a new connection to its company, and what a browser cannot be made to do."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from hub.domain.access import Role
from hub.service import people, signing_in
from hub.service.people import person_named
from hub.web.app import create_app
from hub.web.options import WebOptions
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import SignedHouse
from tests.connecting.vendor import BASE
from tests.passwords import cheap_passwords
from tests.web.conftest import ADDRESS, PASSWORD, Visitor, words

__all__ = ["cheap_passwords"]

AT = "/c/ACME/setup/connections"


class Desk:
    """A house whose hub people use in their browsers."""

    def __init__(self, house: SignedHouse, options: WebOptions | None = None) -> None:
        self.house = house
        self.app = create_app(house.hub, options)
        for name, role in (("ann", Role.ADMINISTRATOR), ("bob", Role.ADMINISTRATOR), ("eve", Role.EXPORTER)):
            people.add_person(house.hub, name, password=PASSWORD)
            people.give_access(house.hub, "ACME", name, role)

    def visitor(self, name: str = "ann") -> Visitor:
        visitor = Visitor(self.app)
        person = person_named(self.house.hub, name)
        with self.house.database.write() as connection:
            token = signing_in.begin(self.house.hub, connection, person.id, address="127.0.0.1", program="test")
        visitor.client.cookies.set("hub-session", token)
        return visitor

    def leaves(self, visitor: Visitor, connection: str = "books") -> str:
        """Press Connect and return where the browser is sent."""
        page = visitor.post(f"{AT}/connect", {"connection": connection}, status=200)
        (url,) = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
        return html.unescape(url)

    def returns(self, visitor: Visitor, answer: dict[str, str], status: int = 303) -> str:
        """Come back from the accounting system; return where the browser is sent, or the page."""
        answered = visitor.client.get(f"/connections/callback?{urlencode(answer)}")
        assert answered.status_code == status, answered.text
        return answered.headers["location"] if status == 303 else words(answered.text)


@pytest.fixture
def desk(make_signed: MakeSigned, cheap_passwords: None) -> Iterator[Desk]:
    return Desk(make_signed().registered())


def test_a_connection_is_added_connected_and_its_chart_read(desk: Desk) -> None:
    ann = desk.visitor()
    form = ann.told(f"{AT}/new?connector=signed")
    assert "Environment" in form
    assert "Signing in comes next" in form
    assert "Base URL" in form
    assert "Latest commit (seconds)" in form
    settings = {"connector": "signed", "name": "main books", "environment": "local", "set:base_url": BASE}
    one = ann.post(f"{AT}/new", settings)
    assert "Not connected" in ann.told(one)
    answer = desk.house.vendor.consent(desk.leaves(ann, "main books"))
    assert desk.returns(ann, answer) == one
    shown = ann.told(one)
    assert "posts to Fake Company" in shown
    assert "Ready" in shown
    ann.post(f"{AT}/chart", {"connection": "main books"})
    assert "accounts were read" in ann.told(one)
    assert "The hub reached Fake Ledger and was let in" in words(
        ann.post(f"{AT}/test", {"connection": "main books"}, status=200)
    )
    assert ann.post(f"{AT}/disconnect", {"connection": "main books"}) == one
    assert "tick its box" in ann.told(one)
    ann.post(f"{AT}/disconnect", {"connection": "main books", "yes": "yes"})
    assert "took the access back" in ann.told(one)
    assert "Not connected" in ann.told(AT)


def test_settings_that_do_not_fit_are_all_told_and_what_was_typed_stays(desk: Desk) -> None:
    ann = desk.visitor()
    sent = {"connector": "signed", "name": "far", "environment": "local", "set:base_url": "https://far.example"}
    page = ann.post(f"{AT}/new", sent, status=422)
    assert "far.example is not" in words(page)
    assert 'value="https://far.example"' in page
    page = ann.post(f"{AT}/new", {**sent, "set:base_url": "nowhere", "set:latest_commit_s": "0"}, status=422)
    assert "latest_commit_s" in words(page)
    assert "base_url" in words(page)
    assert "Choose an accounting system" in words(ann.post(f"{AT}/new", {"name": "x"}, status=422))


def test_the_answer_counts_in_the_session_that_asked_and_in_no_other(desk: Desk) -> None:
    ann, bob = desk.visitor(), desk.visitor("bob")
    answer = desk.house.vendor.consent(desk.leaves(ann))
    assert "not begun in this browser" in desk.returns(bob, answer, 409)
    assert "not begun in this browser" in desk.returns(ann, answer, 409)  # bob's try has used it up
    again = desk.visitor()  # the same person, in another browser
    answer = desk.house.vendor.consent(desk.leaves(ann))
    desk.returns(again, answer, 409)
    assert desk.house.vendor.told == []


def test_who_may_not_set_up_cannot_answer_for_who_may(desk: Desk) -> None:
    answer = desk.house.vendor.consent(desk.leaves(desk.visitor()))
    desk.returns(desk.visitor("eve"), answer, 404)
    assert desk.house.vendor.told == []


def test_who_lost_the_right_to_set_up_meanwhile_connects_nothing(desk: Desk) -> None:
    ann = desk.visitor()
    answer = desk.house.vendor.consent(desk.leaves(ann))
    people.give_access(desk.house.hub, "ACME", "ann", Role.VIEWER)
    desk.returns(ann, answer, 404)
    assert desk.house.vendor.told == []


def test_a_person_who_declines_there_is_told_that_nothing_was_changed(desk: Desk) -> None:
    ann = desk.visitor()
    answer = desk.house.vendor.consent(desk.leaves(ann))
    declined = {"error": "access_denied", "state": answer["state"]}
    assert "was declined in Fake Ledger. Nothing was changed" in desk.returns(ann, declined, 409)


def test_where_several_companies_are_reached_the_person_is_asked(desk: Desk) -> None:
    desk.house.connector.books["2"] = "Other Books"
    ann = desk.visitor()
    where = desk.returns(ann, desk.house.vendor.consent(desk.leaves(ann)))
    assert where == f"{AT}/companies?connection=books"
    assert "Other Books" in ann.told(where)
    ann.post(f"{AT}/companies", {"connection": "books", "company_id": "2"})
    assert "books posts to Other Books" in ann.told(f"{AT}/one?connection=books")
    wrong = ann.post(f"{AT}/companies", {"connection": "books", "company_id": "3"}, status=409)
    assert "does not reach the company 3" in words(wrong)


def test_another_connections_sign_in_can_be_used(desk: Desk) -> None:
    desk.house.connector.books["2"] = "Other Books"
    desk.house.sign_in(company_id="1")
    desk.house.connect("second")
    ann = desk.visitor()
    assert "Or use the sign-in of" in ann.told(f"{AT}/one?connection=second")
    where = ann.post(f"{AT}/share", {"connection": "second", "other": "books"})
    assert where == f"{AT}/companies?connection=second"


def test_a_sign_in_that_has_ended_says_so_and_connecting_again_as_another_company_is_refused(
    make_signed: MakeSigned, cheap_passwords: None
) -> None:
    house = make_signed(full=True).registered()
    house.sign_in()
    house.vendor.refresh.clear()
    house.clock.advance(3600)
    desk = Desk(house)
    ann = desk.visitor()
    tried = words(ann.post(f"{AT}/test", {"connection": "books"}, status=409))
    assert "no longer renews this sign-in" in tried
    assert "Connect again" in ann.told(AT)
    house.connector.books = {"2": "Other Books"}
    answer = house.vendor.consent(desk.leaves(ann), realm="2")
    assert "belongs to Fake Company" in desk.returns(ann, answer, 409)
    assert "Connect again" in ann.told(AT)


def test_the_end_of_a_sign_in_is_told_on_its_page(desk: Desk) -> None:
    desk.house.vendor.hard_s = 20 * 86_400
    desk.house.sign_in()
    told = desk.visitor().told(f"{AT}/one?connection=books")
    assert "The sign-in of books to Fake Ledger ends on 2026-11-22" in told


@pytest.mark.parametrize(
    ("options", "address"), [(None, ADDRESS), (WebOptions(public_url="http://hub.example"), "http://hub.example")]
)
def test_people_come_back_to_exactly_the_operators_address(
    make_signed: MakeSigned, cheap_passwords: None, options: WebOptions | None, address: str
) -> None:
    desk = Desk(make_signed().registered(), options)
    redirect = urlencode({"redirect_uri": f"{address}/connections/callback"})
    assert redirect in desk.leaves(desk.visitor())


def test_no_page_shows_a_token_or_a_secret(desk: Desk) -> None:
    ann = desk.visitor()
    desk.returns(ann, desk.house.vendor.consent(desk.leaves(ann)))
    pages = [
        ann.get(path) for path in (AT, f"{AT}/one?connection=books", f"{AT}/companies?connection=books", f"{AT}/new")
    ]
    assert [each for each in pages if "canary" in each or "fake-token" in each] == []
