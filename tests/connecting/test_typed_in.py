"""Secrets that are typed in: sealed, tried, used for every request anew, replaced as a whole, and told nowhere."""

from __future__ import annotations

import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.api import ReconnectNeeded, TryLater
from hub.service.connecting.books_there import choose_company, companies_there
from hub.service.connecting.ending import disconnect
from hub.service.connecting.keys import key_problems, rotate_keys
from hub.service.connecting.sign_in import share, sign_in_with
from hub.service.connecting.standing import connections
from hub.service.connecting.trying import try_connection
from hub.service.connecting.typed_in import FieldsRefused, secrets_asked
from hub.service.context import Refused
from tests.connecting.conftest import MakeTyped
from tests.connecting.gate import ACCOUNT, API_SECRET, CERTIFICATE, CLIENT, TYPED, key_fields, pem
from tests.connecting.typed_house import TypedHouse
from tests.connecting.vendor import BASE

OTHER = "another-secret-canary-7d02"
AT_ONCE = 20


def ask(house: TypedHouse, name: str = "books") -> None:
    """Make a call that only reads."""
    companies_there(house.hub, house.company, name)


def state(house: TypedHouse) -> str:
    (found,) = connections(house.hub, house.company)
    return str(found["state"])


def actions(house: TypedHouse) -> list[str]:
    return [row["action"] for row in house.query("SELECT action FROM audit_event")]


@pytest.fixture
def typed(make_typed: MakeTyped) -> TypedHouse:
    """Return a house whose secrets are typed in."""
    house = make_typed()
    house.types()
    return house


@pytest.fixture
def keyed(make_typed: MakeTyped) -> TypedHouse:
    """Return a house whose client proves itself with a key."""
    house = make_typed(by="key")
    house.types()
    return house


def test_what_is_typed_in_connects_and_every_request_is_signed_anew(make_typed: MakeTyped) -> None:
    house = make_typed(full=True)
    assert state(house) == "not_connected"
    told = house.types(api_secret=f"  {API_SECRET}\n")
    assert (told["chosen"]["name"], told["problems"]) == ("Fake Company", [])
    before = len(house.gate.nonces)
    assert house.export()["state"] == "POSTED"
    assert len(house.gate.nonces) > before + 1
    assert len(set(house.gate.nonces)) == len(house.gate.nonces)
    (found,) = connections(house.hub, house.company)
    assert found["types_secrets"]
    assert found["sign_in"]["by"] == "alice"


def test_a_session_has_the_signed_request_and_no_secret(typed: TypedHouse) -> None:
    ask(typed)
    assert API_SECRET not in repr(typed.typed.handed) + repr(vars(typed.typed.handed.settings))
    assert typed.typed.handed.signed_in == {}


def test_a_client_that_proves_itself_with_a_key_posts(make_typed: MakeTyped) -> None:
    house = make_typed(by="key", full=True)
    house.types()
    assert house.export()["state"] == "POSTED"
    assert len(house.gate.issued) == 1


def test_what_is_typed_in_anew_replaces_all_of_it(typed: TypedHouse) -> None:
    (before,) = typed.query("SELECT * FROM sign_in")
    typed.gate.secrets = {ACCOUNT: OTHER}
    typed.types(api_secret=OTHER)
    (after,) = typed.query("SELECT * FROM sign_in")
    assert after["code"] != before["code"]
    assert after["client"] != before["client"]
    ask(typed)


def test_what_does_not_reach_the_company_leaves_what_was_stored(typed: TypedHouse) -> None:
    (before,) = typed.query("SELECT * FROM sign_in")
    with pytest.raises(Refused) as wrong:
        typed.types(api_secret=OTHER)
    assert [problem.code for problem in wrong.value.problems] == ["reconnect_needed", "secrets_stay"]
    typed.typed.books = {"2": "Another Company"}
    with pytest.raises(Refused) as another:
        typed.types()
    assert [problem.code for problem in another.value.problems] == ["wrong_company"]
    assert typed.query("SELECT * FROM sign_in") == [before]


def test_before_a_company_is_chosen_what_is_typed_in_is_kept_whatever_the_trial_says(make_typed: MakeTyped) -> None:
    house = make_typed()
    house.gate.secrets = {}
    told = house.types()
    assert [problem["code"] for problem in told["problems"]] == ["reconnect_needed"]
    assert "test again" in told["problems"][0]["fix"]
    assert state(house) == "choose_company"
    house.gate.secrets = {ACCOUNT: API_SECRET}
    house.typed.books = {"1": "Fake Company", "2": "Another Company"}
    assert try_connection(house.hub, house.company, "books")["reached"]
    choose_company(house.hub, house.company, "books", "2")
    assert state(house) == "ready"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"account": "Account ID is needed.", "api_secret": "API secret is needed."}),
        ({"account": " ", "api_secret": API_SECRET}, {"account": "Account ID is needed."}),
        ({**TYPED, "api_secret": "ca7ary"}, {"api_secret": "API secret must have at least 8 characters."}),
        (
            {**TYPED, "spare_secret": "ca7ary" * 4000},
            {"spare_secret": "Spare secret must have at most 20,000 characters."},
        ),
        (
            {**TYPED, "more": "x"},
            {"more": "more is not one of this connector's fields: account, api_secret, spare_secret."},
        ),
    ],
)
def test_what_is_wrong_is_told_field_by_field_and_nothing_is_stored(
    make_typed: MakeTyped, fields: dict[str, str], wrong: dict[str, str]
) -> None:
    house = make_typed()
    with pytest.raises(FieldsRefused) as refused:
        house.types(fields=fields)
    assert refused.value.fields == wrong
    assert "ca7ary" not in str(refused.value)
    assert house.query("SELECT * FROM sign_in") == []


def test_a_key_that_does_not_fit_is_told_at_its_field(make_typed: MakeTyped) -> None:
    house = make_typed(by="key")
    with pytest.raises(FieldsRefused) as refused:
        house.types(private_key="nonsense")
    assert refused.value.fields["private_key"].startswith("Private key is no PEM file")
    assert secrets_asked(house.hub, house.company, "books")["properties"]["private_key"]["multiline"]


def test_secrets_are_nowhere_in_the_clear(
    make_typed: MakeTyped, caplog: pytest.LogCaptureFixture, sqlite_folder: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    house, told = make_typed(full=True), []
    house.types()
    house.export()
    house.gate.secrets = {}
    with pytest.raises(ReconnectNeeded) as refused:
        ask(house)
    told += traceback.format_exception(refused.value)
    with pytest.raises(Refused) as stays:
        house.types(api_secret=OTHER)
    told += traceback.format_exception(stays.value)
    told += [repr(connections(house.hub, house.company)), repr(try_connection(house.hub, house.company, "books"))]
    told += [repr(house.query("SELECT * FROM audit_event")), caplog.text]
    assert "type in secrets" in actions(house)
    for secret in (API_SECRET, OTHER):
        assert [each for each in told if secret in each] == []
        stored = [
            path.name for path in sqlite_folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()
        ]
        assert stored == []


def test_without_its_key_what_was_typed_in_is_to_be_typed_in_again(typed: TypedHouse) -> None:
    (typed.hub.home / "vault.keys").unlink()
    with pytest.raises(ReconnectNeeded, match="type its secrets in again") as closed:
        ask(typed)
    assert closed.value.code == "vault_closed"
    assert [problem.code for problem in key_problems(typed.hub)] == ["vault_closed"]
    typed.types()
    ask(typed)
    assert key_problems(typed.hub) == []


def test_without_its_key_a_private_key_is_to_be_typed_in_again(keyed: TypedHouse) -> None:
    (keyed.hub.home / "vault.keys").unlink()
    for seconds in (0, 3601):
        keyed.clock.advance(seconds)
        with pytest.raises(ReconnectNeeded, match=r"not in .*vault\.keys"):
            ask(keyed)
    keyed.types()
    ask(keyed)


def test_after_a_rotation_it_opens_with_the_new_key_alone(typed: TypedHouse) -> None:
    typed.connect("keyed", by="key")
    typed.types("keyed", key_fields())
    assert rotate_keys(typed.hub)[1] == 3  # what was typed in twice, and an access token
    file = typed.hub.home / "vault.keys"
    file.write_text(file.read_text().splitlines()[-1])
    ask(typed)
    typed.clock.advance(3601)
    ask(typed, "keyed")


def test_disconnecting_removes_what_was_typed_in(typed: TypedHouse) -> None:
    assert disconnect(typed.hub, typed.company, "books")["revoked"] is False
    assert typed.query("SELECT * FROM sign_in") == []
    assert state(typed) == "not_connected"


def test_what_was_typed_in_for_one_connection_does_not_open_for_another(typed: TypedHouse) -> None:
    typed.connect("second")
    typed.types("second")
    with typed.database.write() as connection:
        connection.execute(text("UPDATE sign_in SET client = (SELECT client FROM sign_in ORDER BY id LIMIT 1)"))
    ask(typed)
    with pytest.raises(ReconnectNeeded, match="not the one that was sealed"):
        ask(typed, "second")


@pytest.mark.parametrize("change", [("127.0.0.1:9", "127.0.0.1:8"), ('"by":"secrets"', '"by":"key"')])
def test_other_settings_ask_for_other_secrets_and_nothing_is_sent_meanwhile(
    typed: TypedHouse, change: tuple[str, str]
) -> None:
    asked = len(typed.gate.nonces)
    old, new = change
    with typed.database.write() as connection:
        statement = text("UPDATE connection SET settings = replace(replace(settings, ': ', ':'), :old, :new)")
        connection.execute(statement, {"old": old, "new": new})
    assert state(typed) == "reconnect"
    assert "another way" in str(connections(typed.hub, typed.company)[0]["problem"])
    with pytest.raises(
        ReconnectNeeded, match="another address than it was connected at, or is signed in to in another"
    ):
        ask(typed)
    assert len(typed.gate.nonces) == asked


def test_the_form_is_that_of_the_way_which_the_settings_choose(typed: TypedHouse) -> None:
    typed.connect("keyed", by="key")
    forms = [sorted(secrets_asked(typed.hub, typed.company, each)["properties"]) for each in ("books", "keyed")]
    assert forms == [["account", "api_secret", "spare_secret"], ["certificate_id", "client_id", "private_key"]]
    with pytest.raises(Refused, match="no sign-in that"):
        share(typed.hub, typed.company, "keyed", "books")


def test_a_connection_to_the_same_system_may_share_what_was_typed_in(typed: TypedHouse) -> None:
    typed.connect("second")
    assert share(typed.hub, typed.company, "second", "books")["chosen"]["id"] == "1"
    ask(typed, "second")
    assert disconnect(typed.hub, typed.company, "books")["shared_with"] == ["second"]
    ask(typed, "second")


def test_a_stand_ins_line_is_typed_in_as_it_is(make_typed: MakeTyped) -> None:
    house = make_typed(by="key")
    line = {**key_fields(), "base_url": BASE, "company_id": "1", "wsdl_url": "http://127.0.0.1:9/wsdl"}
    assert sign_in_with(house.hub, house.company, "books", line)["chosen"]["id"] == "1"
    with pytest.raises(Refused, match="does not reach the company 2"):
        sign_in_with(house.hub, house.company, "books", {**line, "company_id": "2"})


def test_twenty_callers_of_an_expired_token_make_one_renewal(keyed: TypedHouse) -> None:
    keyed.patiently().clock.advance(3601)
    before = keyed.gate.asked
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda _: ask(keyed), range(AT_ONCE)))
    assert keyed.gate.asked == before + 1


def test_a_token_with_life_left_is_used_as_it_is(keyed: TypedHouse) -> None:
    keyed.clock.advance(3600 - 130)
    ask(keyed)
    assert len(keyed.gate.issued) == 1
    keyed.clock.advance(20)
    ask(keyed)
    assert len(keyed.gate.issued) == 2


def test_a_read_that_is_refused_is_sent_again_with_a_new_token(keyed: TypedHouse) -> None:
    keyed.clock.advance(600)
    keyed.ledger.revoke()
    keyed.ledger.grant()
    ask(keyed)
    assert len(keyed.gate.issued) == 2
    keyed.clock.advance(600)
    keyed.ledger.revoke()
    for _ in range(3):
        with pytest.raises(ReconnectNeeded):
            ask(keyed)
    assert len(keyed.gate.issued) == 3


@pytest.mark.parametrize("error", ["invalid_client", "invalid_grant", "unauthorized_client"])
def test_a_key_that_was_taken_back_is_told_in_words_and_asked_with_once(keyed: TypedHouse, error: str) -> None:
    keyed.gate.troubles = [error] * 5
    keyed.clock.advance(3600)
    before = keyed.gate.asked
    for _ in range(3):
        with pytest.raises(ReconnectNeeded, match="has expired or was taken back") as told:
            ask(keyed)
        keyed.clock.advance(600)
    assert f"It says: said by the gate ({error})" in told.value.message
    assert keyed.gate.asked == before + 1
    assert state(keyed) == "reconnect"
    assert actions(keyed).count("sign-in ended") == 1
    assert not try_connection(keyed.hub, keyed.company, "books")["reached"]
    assert keyed.gate.asked == before + 2  # a person asked whether it works again
    keyed.gate.troubles = []
    assert try_connection(keyed.hub, keyed.company, "books")["reached"]
    assert state(keyed) == "ready"


def test_another_key_after_one_that_was_taken_back_reconnects(keyed: TypedHouse) -> None:
    keyed.gate.certificates = {}
    keyed.clock.advance(3600)
    with pytest.raises(ReconnectNeeded):
        ask(keyed)
    from joserfc.jwk import ECKey

    keyed.gate.certificates = {CERTIFICATE: ECKey.import_key(pem("two")).as_pem(private=False).decode()}
    assert keyed.types(fields=key_fields("two"))["chosen"]["id"] == "1"
    assert state(keyed) == "ready"


@pytest.mark.parametrize(
    ("trouble", "kind", "said"),
    [("unavailable", TryLater, "could not be renewed"), ("invalid_scope", ReconnectNeeded, "what it may do")],
)
def test_a_system_that_gives_no_token_for_now_is_asked_again_later(
    keyed: TypedHouse, trouble: str, kind: type[Exception], said: str
) -> None:
    keyed.clock.advance(3600)
    keyed.gate.troubles = [trouble]
    with pytest.raises(kind, match=said):
        ask(keyed)
    assert state(keyed) == "ready"
    keyed.clock.advance(11)
    ask(keyed)


def test_a_key_is_kept_before_a_company_is_chosen_and_tried_again_by_the_test(make_typed: MakeTyped) -> None:
    house = make_typed(by="key")
    house.gate.troubles = ["invalid_client"]
    (problem,) = house.types()["problems"]
    assert CLIENT not in problem["message"]
    assert state(house) == "reconnect"
    assert try_connection(house.hub, house.company, "books")["companies"][0]["id"] == "1"
    assert state(house) == "choose_company"
