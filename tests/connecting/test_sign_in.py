"""Signing in: through the browser or with a stand-in's line; what comes back late, twice, elsewhere or for other books."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub.api import ClientIn, RevokeAs
from hub.service.connecting.books_there import choose_company, companies_there
from hub.service.connecting.ending import disconnect
from hub.service.connecting.sign_in import begin, finish, share
from hub.service.connecting.standing import connections
from hub.service.context import Refused
from tests.connecting.conftest import MakeSigned
from tests.connecting.signed_house import BROWSER, REDIRECT, SignedHouse
from tests.connecting.vendor import WAY


def state(house: SignedHouse, name: str = "books") -> str:
    found = next(each for each in connections(house.hub, house.company) if each["name"] == name)
    return str(found["state"])


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    (problem,) = refused.value.problems
    return problem.code


def test_a_person_goes_through_the_browser_and_the_only_company_is_chosen(make_signed: MakeSigned) -> None:
    house = make_signed().registered()
    assert state(house) == "not_connected"
    told = house.through_browser()
    assert told["chosen"]["id"] == "1"
    assert state(house) == "ready"
    assert house.vendor.told == ["authorization_code"]


@pytest.mark.parametrize(
    "way",
    [
        replace(WAY, proof_key=False, client_in=ClientIn.BODY, revoke_as=RevokeAs.JSON),
        replace(WAY, kept=(), refresh_expires_in="", refresh_life_s=60 * 86_400),
    ],
    ids=["no_proof_key", "nothing_kept"],
)
def test_other_accounting_systems_sign_in_otherwise(make_signed: MakeSigned, way: object) -> None:
    house = make_signed(way=way).registered()
    house.through_browser()
    assert state(house) == "ready"
    assert disconnect(house.hub, house.company, "books")["revoked"]
    assert house.vendor.told == ["authorization_code", "revoke"]


def test_what_the_callback_carried_reaches_the_session_and_nothing_else_does(signed: SignedHouse) -> None:
    companies_there(signed.hub, signed.company, "books")
    handed = signed.connector.handed
    assert handed.signed_in == {"realm": "1"}
    assert handed.company is not None
    assert handed.company.id == "1"
    assert "canary" not in repr(handed)


def test_an_answer_without_the_company_that_was_signed_in_to_is_refused(make_signed: MakeSigned) -> None:
    house = make_signed().registered()
    with pytest.raises(Refused) as refused:
        house.through_browser(realm="")
    assert code_of(refused) == "sign_in_incomplete"
    assert house.vendor.told == []


def test_an_answer_counts_once_in_the_browser_that_asked_within_a_quarter_of_an_hour(make_signed: MakeSigned) -> None:
    house = make_signed().registered()

    def asked() -> dict[str, str]:
        url = begin(house.hub, house.company, "books", browser=BROWSER, redirect_url=REDIRECT)
        return house.vendor.consent(url)

    def is_stale(answer: dict[str, str], browser: str = BROWSER) -> None:
        with pytest.raises(Refused) as refused:
            finish(house.hub, house.company, answer, browser=browser)
        assert code_of(refused) == "sign_in_stale"

    answer = asked()
    is_stale(answer, "another browser")
    is_stale(answer)  # another browser's try has used it up
    late = asked()
    house.clock.advance(15 * 60)
    is_stale(late)
    good = asked()
    is_stale({**good, "state": good["state"] + "x"})
    finish(house.hub, house.company, good, browser=BROWSER)
    is_stale(good)
    assert house.vendor.told == ["authorization_code"]


def test_a_person_who_says_no_there_changes_nothing(make_signed: MakeSigned) -> None:
    house = make_signed().registered()
    url = begin(house.hub, house.company, "books", browser=BROWSER, redirect_url=REDIRECT)
    answer = {"error": "access_denied", "state": dict(parse_qsl(urlsplit(url).query))["state"]}
    with pytest.raises(Refused, match="declined") as refused:
        finish(house.hub, house.company, answer, browser=BROWSER)
    assert code_of(refused) == "sign_in_declined"
    assert state(house) == "not_connected"


@pytest.mark.parametrize("trouble", ["lost_request", "lost_answer", "garbage", "unavailable", "invalid_grant"])
def test_a_code_that_is_not_exchanged_leaves_no_sign_in(make_signed: MakeSigned, trouble: str) -> None:
    house = make_signed().registered()
    house.vendor.troubles = [trouble]
    with pytest.raises(Refused) as refused:
        house.through_browser()
    assert code_of(refused) == "sign_in_failed"
    assert house.query("SELECT * FROM sign_in") == []
    assert house.vendor.told == ["authorization_code"]


def test_without_the_operators_client_it_is_said_what_to_set(make_signed: MakeSigned) -> None:
    with pytest.raises(Refused) as refused:
        make_signed().through_browser()
    assert code_of(refused) == "client_missing"
    assert "hub connectors set signed" in refused.value.problems[0].fix


def test_a_stand_ins_line_connects_with_a_client_of_its_own(make_signed: MakeSigned) -> None:
    house = make_signed()
    assert house.sign_in()["chosen"]["id"] == "1"
    assert state(house) == "ready"
    house.clock.advance(3600)
    assert companies_there(house.hub, house.company, "books")[0]["chosen"]
    assert house.vendor.renewals == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"refresh_token": ""}, "sign_in_incomplete"),
        ({"client_id": ""}, "sign_in_incomplete"),
        ({"refresh_token": "unknown"}, "sign_in_failed"),
        ({"client_secret": "another"}, "sign_in_failed"),
        ({"base_url": "http://127.0.0.1:8"}, "address_differs"),
        ({"company_id": "77"}, "wrong_company"),
    ],
)
def test_a_line_that_does_not_fit_connects_nothing(make_signed: MakeSigned, line: dict[str, str], code: str) -> None:
    house = make_signed()
    with pytest.raises(Refused) as refused:
        house.sign_in(**line)
    assert code_of(refused) == code
    assert house.query("SELECT * FROM sign_in") == []


def test_connecting_again_as_another_company_is_refused_and_the_sign_in_of_before_stays(
    make_signed: MakeSigned,
) -> None:
    house = make_signed(full=True)
    house.connector.books["2"] = "Other Books"
    house.sign_in(company_id="1")
    before = house.query("SELECT code, tokens FROM sign_in")
    del house.connector.books["1"]
    with pytest.raises(Refused, match="Nothing was changed") as refused:
        house.sign_in(company_id="")
    assert code_of(refused) == "wrong_company"
    assert house.query("SELECT code, tokens FROM sign_in") == before


def test_connecting_again_as_the_same_company_keeps_the_maps(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    house.sign_in()
    maps = house.query("SELECT * FROM account_map")
    disconnect(house.hub, house.company, "books")
    assert state(house) == "not_connected"
    house.sign_in()
    assert (state(house), house.query("SELECT * FROM account_map")) == ("ready", maps)
    assert len(house.query("SELECT * FROM sign_in")) == 1


def test_where_several_companies_are_reached_a_person_chooses_one(make_signed: MakeSigned) -> None:
    house = make_signed()
    house.connector.books["2"] = "Other Books"
    assert house.sign_in(company_id="")["chosen"] is None
    assert state(house) == "choose_company"
    assert [each["chosen"] for each in companies_there(house.hub, house.company, "books")] == [False, False]
    with pytest.raises(Refused, match="reaches"):
        choose_company(house.hub, house.company, "books", "3")
    choose_company(house.hub, house.company, "books", "2")
    assert state(house) == "ready"
    choose_company(house.hub, house.company, "books", "1")  # nothing is mapped or exported there yet
    assert [each["books"] for each in house.query("SELECT books FROM connection")] == ["1"]


def test_other_books_cannot_be_chosen_once_something_is_mapped(make_signed: MakeSigned) -> None:
    house = make_signed(full=True)
    house.connector.books["2"] = "Other Books"
    house.sign_in(company_id="1")
    with pytest.raises(Refused) as refused:
        choose_company(house.hub, house.company, "books", "2")
    assert code_of(refused) == "wrong_company"


def test_two_connections_share_a_sign_in_and_a_new_one_is_for_both(make_signed: MakeSigned) -> None:
    house = make_signed()
    house.connector.books["2"] = "Other Books"
    house.connect("second")
    house.sign_in(company_id="1")
    assert share(house.hub, house.company, "second", "books")["chosen"] is None
    choose_company(house.hub, house.company, "second", "2")
    assert len(house.query("SELECT DISTINCT sign_in_id FROM connection")) == 1
    house.sign_in("second", company_id="2")
    assert len(house.query("SELECT DISTINCT sign_in_id FROM connection")) == 1
    assert len(house.query("SELECT * FROM sign_in")) == 1
    assert disconnect(house.hub, house.company, "books")["shared_with"] == ["second"]
    assert (state(house), state(house, "second")) == ("not_connected", "ready")
    assert "revoke" not in house.vendor.told
    assert disconnect(house.hub, house.company, "second")["revoked"]


def test_a_connection_that_nothing_is_mapped_to_belongs_to_no_books_once_it_is_disconnected(
    signed: SignedHouse,
) -> None:
    signed.connector.books["2"] = "Other Books"
    disconnect(signed.hub, signed.company, "books")
    assert signed.sign_in(company_id="2")["chosen"]["id"] == "2"
