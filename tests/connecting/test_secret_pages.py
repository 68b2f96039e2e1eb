"""The form that secrets are typed into: drawn from the connector's model, answered beside its fields, and never filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.connecting.conftest import MakeTyped
from tests.connecting.gate import ACCOUNT, API_SECRET, TYPED, key_fields
from tests.connecting.test_pages import AT, Desk
from tests.passwords import cheap_passwords
from tests.web.conftest import words

__all__ = ["cheap_passwords"]

ONE = f"{AT}/one?connection=books"
SENT = {"connection": "books", **{f"set:{name}": text for name, text in TYPED.items()}}


@pytest.fixture
def desk(make_typed: MakeTyped, cheap_passwords: None) -> Iterator[Desk]:
    return Desk(make_typed())


def field(page: str, name: str) -> str:
    """Return the tag of a field."""
    (found,) = re.findall(rf'<(?:input|textarea) id="set:{name}"[^>]*>', page)
    return found


def test_the_form_is_drawn_from_the_connectors_model(desk: Desk) -> None:
    page = desk.visitor().get(ONE)
    assert 'type="text"' in field(page, "account")
    assert 'type="password"' in field(page, "api_secret")
    assert "<textarea" in field(page, "spare_secret")
    for name in ("account", "api_secret", "spare_secret"):
        assert 'autocomplete="off"' in field(page, name)
    assert " required" in field(page, "api_secret")
    assert " required" not in field(page, "spare_secret")
    assert "As the address shows it, such as 7654321." in words(page)
    assert "Sign in to" not in words(page)


def test_what_is_typed_in_connects_and_its_page_says_when_and_by_whom_and_not_what(desk: Desk) -> None:
    ann = desk.visitor()
    one = ann.post(f"{AT}/secrets", SENT)
    page = ann.get(one)
    assert "is connected to Fake Ledger and posts to Fake Company" in words(page)
    assert re.search(r"Stored .{5,40} by ann\. It is sealed and not shown again", words(page))
    assert API_SECRET not in page
    assert ACCOUNT not in page
    assert "was let in" in words(ann.post(f"{AT}/test", {"connection": "books"}, status=200))
    audit = ann.get("/c/ACME/audit")
    assert "Typed in the secrets of books" in words(audit)
    assert API_SECRET not in audit
    ann.post(f"{AT}/disconnect", {"connection": "books", "yes": "yes"})
    assert "Take the hub’s access back in Fake Ledger as well" in ann.told(one).replace("'", "’")
    assert desk.house.query("SELECT * FROM sign_in") == []


def test_several_companies_are_offered_to_choose_from(desk: Desk) -> None:
    desk.house.typed.books = {"1": "Fake Company", "2": "Another Company"}  # type: ignore[attr-defined]
    ann = desk.visitor()
    choice = ann.post(f"{AT}/secrets", SENT)
    assert "Which company of Fake Ledger does books post to?" in ann.told(choice)
    ann.post(f"{AT}/companies", {"connection": "books", "company_id": "2"})
    assert "Another Company" in ann.told(ONE)


def test_what_is_wrong_stands_beside_its_field_and_no_secret_comes_back(desk: Desk) -> None:
    ann = desk.visitor()
    sent = {**SENT, "set:api_secret": "ca7ary", "set:spare_secret": "a second ca7ary"}
    page = ann.post(f"{AT}/secrets", sent, status=409)
    assert "Nothing was stored." in words(page)
    assert 'aria-invalid="true"' in field(page, "api_secret")
    assert 'id="set:api_secret-wrong"' in page
    assert "API secret must have at least 8 characters." in words(page)
    assert f'value="{ACCOUNT}"' in field(page, "account")
    assert "ca7ary" not in page
    assert "aria-invalid" not in field(page, "account")


def test_why_the_hub_is_not_let_in_is_told_and_what_was_typed_in_is_kept(desk: Desk) -> None:
    desk.house.gate.secrets = {}  # type: ignore[attr-defined]
    ann = desk.visitor()
    page = ann.post(f"{AT}/secrets", SENT, status=409)
    assert "Invalid login attempt" in words(page)
    assert "test again, or type the secrets in again" in words(page)
    assert API_SECRET not in page
    assert "Connect again" in words(page)
    assert field(page.partition("<details")[0], "api_secret"), "it is asked for again at once"
    desk.house.gate.secrets = {ACCOUNT: API_SECRET}  # type: ignore[attr-defined]
    assert "was let in" in words(ann.post(f"{AT}/test", {"connection": "books"}, status=200))


def test_what_is_refused_beside_secrets_that_work_leaves_the_connection_ready(desk: Desk) -> None:
    ann = desk.visitor()
    ann.post(f"{AT}/secrets", SENT)
    told = words(ann.post(f"{AT}/secrets", {**SENT, "set:api_secret": "another-api-secret"}, status=409))
    assert "Invalid login attempt" in told
    assert "What was stored before stays" in told
    assert "State Ready" in told


def test_a_private_key_is_pasted_into_several_lines(make_typed: MakeTyped, cheap_passwords: None) -> None:
    desk = Desk(make_typed(by="key"))
    ann = desk.visitor()
    page = ann.get(ONE)
    assert "<textarea" in field(page, "private_key")
    assert 'spellcheck="false"' in field(page, "private_key")
    sent = {"connection": "books", **{f"set:{name}": text for name, text in key_fields().items()}}
    wrong = ann.post(f"{AT}/secrets", {**sent, "set:private_key": "nonsense ca7ary"}, status=409)
    assert "Private key is no PEM file" in words(wrong)
    assert "ca7ary" not in wrong
    browsers = {**sent, "set:private_key": key_fields()["private_key"].replace("\n", "\r\n")}
    assert "posts to Fake Company" in ann.told(ann.post(f"{AT}/secrets", browsers))


def test_who_may_not_set_up_stores_nothing_and_no_form_without_its_token(desk: Desk) -> None:
    desk.visitor("eve").post(f"{AT}/secrets", SENT, status=404)
    ann = desk.visitor()
    assert ann.client.post(f"{AT}/secrets", data=SENT).status_code == 400
    assert ann.client.post(f"{AT}/secrets", data={**SENT, "csrf": "x"}).status_code == 400
    assert desk.house.query("SELECT * FROM sign_in") == []
