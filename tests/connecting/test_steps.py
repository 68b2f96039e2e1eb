"""Signing in from the steps of enabling a connector: people come back to the steps, and another company is refused there."""

from __future__ import annotations

import pytest

from tests.connecting.conftest import MakeSigned, make_signed
from tests.connecting.test_pages import AT, Desk
from tests.passwords import cheap_passwords
from tests.web.conftest import Visitor, words

__all__ = ["cheap_passwords", "make_signed"]

FLOW = "/c/ACME/enable"


@pytest.fixture
def desk(make_signed: MakeSigned, cheap_passwords: None) -> Desk:
    return Desk(make_signed().registered())


def leaves(desk: Desk, visitor: Visitor, at: str = FLOW) -> dict[str, str]:
    """Press Connect in the steps, and allow there what is asked."""
    page = visitor.post(f"{at}/connect", {"connection": "books"}, status=200)
    url = page.partition('content="0;url=')[2].partition('"')[0].replace("&amp;", "&")
    return desk.house.vendor.consent(url)


def test_who_signs_in_from_the_steps_comes_back_to_them(desk: Desk) -> None:
    ann = desk.visitor()
    assert "Step 2 of 9: Sign in" in ann.told(FLOW)
    assert desk.returns(ann, leaves(desk, ann)) == f"{FLOW}?connection=books"
    told = ann.told(f"{FLOW}?connection=books")
    assert "Step 4 of 9: Read the chart of accounts" in told
    assert ann.post(f"{FLOW}/chart", {"connection": "books"}) == f"{FLOW}?connection=books"
    assert "Read the chart of accounts , done" in ann.told(FLOW)


def test_who_signs_in_from_the_connections_page_comes_back_to_that_one(desk: Desk) -> None:
    ann = desk.visitor()
    leaves(desk, ann)
    assert desk.returns(ann, leaves(desk, ann, AT)) == f"{AT}/one?connection=books"


def test_another_company_is_refused_within_the_steps_and_the_sign_in_of_before_stays(desk: Desk) -> None:
    ann = desk.visitor()
    desk.returns(ann, leaves(desk, ann))
    desk.house.connector.books = {"2": "Other Books"}
    with desk.house.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO gl_account (id, company_id, number, name, kind) SELECT 99, id, '99', 'Any', 'asset' FROM company"
        )
        connection.exec_driver_sql(
            "INSERT INTO account_map (company_id, connection_id, gl_account_id, account_id, account_number, account_name) "
            "SELECT company_id, id, 99, 'x', '', '' FROM connection"
        )
    answer = leaves(desk, ann)
    page = ann.client.get("/connections/callback", params=answer)
    assert page.status_code == 409
    told = words(page.text)
    assert "books belongs to Fake Company" in told
    assert "Nothing was changed." in told
    assert f'href="{FLOW}?connection=books">Back to the steps</a>' in page.text
    assert "Sign in , done" in ann.told(FLOW)


def test_where_several_companies_are_reached_the_choice_is_a_step_and_a_misfit_is_marked(desk: Desk) -> None:
    desk.house.connector.books["2"] = "Other Books"
    ann = desk.visitor()
    where = desk.returns(ann, leaves(desk, ann))
    assert where == f"{FLOW}/companies?connection=books"
    with desk.house.database.write() as connection:
        connection.exec_driver_sql("UPDATE company SET currency = 'EUR'")
    assert "The sites keep EUR, so none of their counts could be posted here." in ann.told(where)
    chosen = ann.post(f"{FLOW}/companies", {"connection": "books", "company_id": "2"})
    assert chosen == f"{FLOW}?connection=books"
    wrong = ann.post(f"{FLOW}/companies", {"connection": "books", "company_id": "3"}, status=409)
    assert "Step 3 of 9: Choose the company" in words(wrong)


def test_a_place_that_was_left_in_another_company_leads_nobody_there(desk: Desk) -> None:
    ann = desk.visitor()
    answer = leaves(desk, ann, AT)
    for place in ("OTHER%2Fbooks", "ACME%2Fnowhere", "%"):
        ann.client.cookies.set("hub-enabling", place)
        assert "Step 2 of 9" in ann.told(FLOW)
    assert desk.returns(ann, answer) == f"{AT}/one?connection=books"
