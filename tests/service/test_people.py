"""People: who signs in, for how long, and what they may do; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from hub.domain.access import Access, Feature, Role
from hub.plugins import load
from hub.service import first_run, passwords, people, signing_in
from hub.service.auditing import listed
from hub.service.companies import add_company
from hub.service.context import Hub, NotFound, Refused
from hub.service.importing import import_file
from hub.store import Database
from tests.audit_key import AUDIT_KEY
from tests.passwords import cheap_passwords

__all__ = ["cheap_passwords"]

PASSWORD, OTHER_PASSWORD = "correct horse battery", "staple correct horse"
HERE = {"address": "127.0.0.1", "program": "test"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: int) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    opened = Hub(database=database, registry=load(only=[]), clock=clock, home=tmp_path, actor="alice")
    add_company(opened, code="ACME", name="Acme", currency="USD")
    yield opened
    database.close()


@pytest.fixture
def amy(hub: Hub) -> str:
    people.add_person(hub, "Amy@Acme.example", password=PASSWORD, full_name="Amy")
    people.give_access(hub, "ACME", "amy@acme.example", Role.EXPORTER)
    return "amy@acme.example"


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def trailed(hub: Hub) -> list[tuple[str, str, str]]:
    """The company's audit trail, oldest first: who did what to whom."""
    return [(each["actor"], each["action"], each["subject"]) for each in reversed(listed(hub, "ACME", 50))]


def test_a_person_signs_in_by_any_spelling_of_their_name_and_has_their_access(hub: Hub, amy: str) -> None:
    token = signing_in.sign_in(hub, " AMY@acme.example", PASSWORD, **HERE)
    session = signing_in.session_of(hub, token)
    assert session is not None
    assert (session.person.name, session.person.shown) == (amy, "Amy")
    assert session.person.access_to("ACME") == Access(role=Role.EXPORTER)
    assert session.person.access_to("OTHER") is None


def test_a_password_is_hashed_as_slowly_as_rfc_9106_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the cheap hashes
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_name_that_nobody_has_costs_as_much_as_any_other(hub: Hub, amy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = PasswordHasher.verify

    def watched(hasher: PasswordHasher, kept: str, password: str) -> bool:
        checked.append(kept.split("$")[3])
        return real(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    assert [_refused(hub, name) for name in (amy, "nobody")] == ["sign_in_wrong"] * 2
    assert checked == ["m=8,t=1,p=1"] * 2


def test_neither_passwords_nor_tokens_are_stored(hub: Hub, amy: str) -> None:
    token = signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    with hub.database.read() as connection:
        kept = [
            str(row) for table in ("person", "signed_in") for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert len(kept) == 2
    assert not any(PASSWORD in row or token in row for row in kept)
    assert "$argon2id$" in kept[0]


@pytest.mark.parametrize(
    ("name", "password"),
    [("amy@acme.example", "wrong horse battery"), ("nobody", PASSWORD), ("a b", PASSWORD), ("", "")],
)
def test_whatever_is_wrong_the_answer_is_the_same(hub: Hub, amy: str, name: str, password: str) -> None:
    with pytest.raises(Refused) as refusal:
        signing_in.sign_in(hub, name, password, **HERE)
    assert [problem.message for problem in refusal.value.problems] == ["The name or the password is wrong."]


def test_after_ten_wrong_tries_the_right_password_has_to_wait_and_a_quarter_hour_later_it_is_taken(
    hub: Hub, amy: str, clock: Clock
) -> None:
    for _ in range(signing_in.TRIES_OF_ACCOUNT):
        with pytest.raises(Refused) as refusal:
            signing_in.sign_in(hub, amy, "", **HERE)
        assert code_of(refusal) == "sign_in_wrong"
    with pytest.raises(Refused) as refusal:
        signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    assert code_of(refusal) == "sign_in_often"
    assert "in 15 minutes" in str(refusal.value)
    clock.pass_by(minutes=15)
    assert signing_in.sign_in(hub, amy, PASSWORD, **HERE)


def test_tries_of_one_address_are_counted_over_all_accounts_and_other_addresses_go_on(hub: Hub, amy: str) -> None:
    with hub.database.write() as connection:
        connection.execute(text("DELETE FROM sign_in_tries"))
    told = [_refused(hub, f"somebody{number}") for number in range(signing_in.TRIES_OF_ADDRESS + 1)]
    assert told[:-1] == ["sign_in_wrong"] * signing_in.TRIES_OF_ADDRESS
    assert told[-1] == "sign_in_often"
    assert signing_in.sign_in(hub, amy, PASSWORD, address="192.0.2.1", program="")


def _refused(hub: Hub, name: str) -> str:
    with pytest.raises(Refused) as refusal:
        signing_in.sign_in(hub, name, "", **HERE)
    return code_of(refusal)


def test_signing_in_forgets_the_wrong_tries_before(hub: Hub, amy: str) -> None:
    for _ in range(2):
        for _ in range(signing_in.TRIES_OF_ACCOUNT - 1):
            assert _refused(hub, amy) == "sign_in_wrong"
        signing_in.sign_in(hub, amy, PASSWORD, **HERE)


def test_a_session_ends_two_hours_after_its_last_use(hub: Hub, amy: str, clock: Clock) -> None:
    token = signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    for _ in range(3):
        clock.pass_by(minutes=119)
        assert signing_in.session_of(hub, token)
    clock.pass_by(minutes=121)
    assert signing_in.session_of(hub, token) is None
    assert signing_in.sessions(hub, amy) == []


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(hub: Hub, amy: str, clock: Clock) -> None:
    token = signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    for _ in range(11):
        clock.pass_by(hours=1)
        assert signing_in.session_of(hub, token)
    clock.pass_by(hours=1)
    assert signing_in.session_of(hub, token) is None


def test_a_session_can_be_listed_and_ended(hub: Hub, amy: str) -> None:
    here = signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    there = signing_in.sign_in(hub, amy, PASSWORD, address="192.0.2.1", program="a\x07phone")
    assert {each["address"]: each["program"] for each in signing_in.sessions(hub, amy)} == {
        "127.0.0.1": "test",
        "192.0.2.1": "aphone",
    }
    lost = next(each["id"] for each in signing_in.sessions(hub, amy) if each["address"] == "192.0.2.1")
    signing_in.end_sessions(hub, amy, lost)
    assert signing_in.session_of(hub, there) is None
    assert signing_in.session_of(hub, here)
    with pytest.raises(NotFound):
        signing_in.end_sessions(hub, amy, lost)


def test_nobody_ends_anothers_session(hub: Hub, amy: str) -> None:
    people.add_person(hub, "ben", password=PASSWORD)
    token = signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    session = signing_in.session_of(hub, token)
    assert session
    with pytest.raises(NotFound):
        signing_in.end_sessions(hub, "ben", session.id)
    assert signing_in.session_of(hub, token)


def test_who_changes_their_password_stays_signed_in_here_and_nowhere_else(hub: Hub, amy: str) -> None:
    here, there = (signing_in.sign_in(hub, amy, PASSWORD, **HERE) for _ in range(2))
    session = signing_in.session_of(hub, here)
    assert session
    with pytest.raises(Refused):
        signing_in.change_password(hub, session, "not this one", OTHER_PASSWORD, address="127.0.0.1")
    signing_in.change_password(hub, session, PASSWORD, OTHER_PASSWORD, address="127.0.0.1")
    assert signing_in.session_of(hub, here)
    assert signing_in.session_of(hub, there) is None
    assert _refused(hub, amy) == "sign_in_wrong"
    assert signing_in.sign_in(hub, amy, OTHER_PASSWORD, **HERE)


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaaaa", "amy@acme.example", "AMY@acme.example"])
def test_a_password_that_is_easy_to_guess_is_not_taken(hub: Hub, amy: str, password: str) -> None:
    with pytest.raises(Refused):
        people.set_password(hub, amy, password)


@pytest.mark.parametrize("name", ["", "  ", "a b", "a\x00b", "x" * 101, "\ud800"])
def test_a_name_that_nobody_could_type_is_not_taken(hub: Hub, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        people.add_person(hub, name, password=PASSWORD)
    assert code_of(refusal) == "name_invalid"


def test_a_name_is_taken_once(hub: Hub, amy: str) -> None:
    with pytest.raises(Refused) as refusal:
        people.add_person(hub, "AMY@ACME.EXAMPLE", password=PASSWORD)
    assert code_of(refusal) == "person_exists"


def test_access_to_some_sites_is_to_those_only_and_to_nothing_of_the_whole_company(hub: Hub, amy: str) -> None:
    sites = b"site,name\nDT,Downtown\nHB,Harbour\n"
    _import(hub, "sites", sites)
    people.give_access(hub, "ACME", amy, Role.ADMINISTRATOR, ["HB"])
    access = people.person_named(hub, amy).access["ACME"]
    assert access.may(Feature.EXPORT, "HB")
    assert not access.may(Feature.EXPORT, "DT")
    assert access.sees(["HB"])
    assert not access.sees(["HB", "DT"])
    assert not access.may(Feature.SETUP)


def _import(hub: Hub, kind: str, content: bytes) -> None:
    import io

    result = import_file(hub.database, "ACME", kind, io.BytesIO(content), actor="alice", now=hub.clock())
    assert result.errors == ()


@pytest.mark.parametrize(("sites", "code"), [(["NOWHERE"], "not_found"), ([], "sites_missing")])
def test_access_to_sites_that_are_not_there_is_refused(hub: Hub, amy: str, sites: list[str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        people.give_access(hub, "ACME", amy, Role.VIEWER, sites)
    assert code_of(refusal) == code


def test_support_is_no_role_in_a_company(hub: Hub, amy: str) -> None:
    with pytest.raises(Refused) as refusal:
        people.give_access(hub, "ACME", amy, Role.SUPPORT)
    assert code_of(refusal) == "role_invalid"


def test_support_has_access_to_every_company_also_to_one_that_comes_later(hub: Hub) -> None:
    people.add_person(hub, "sam", password=PASSWORD, support=True)
    add_company(hub, code="LATER", name="Later", currency="USD")
    access = people.person_named(hub, "sam").access_to("LATER")
    assert access
    assert all(access.may(feature) for feature in Feature)


def test_every_change_of_access_is_in_the_companys_audit_trail_with_who_made_it(hub: Hub, amy: str) -> None:
    bob = replace(hub, actor="bob")
    people.give_access(bob, "ACME", amy, Role.VIEWER)
    people.set_password(bob, amy, OTHER_PASSWORD)
    people.take_access(bob, "ACME", amy)
    people.add_person(bob, "sam", password=PASSWORD, support=True)
    people.remove_person(bob, "sam")
    assert trailed(hub)[1:] == [
        ("alice", "give access", amy),
        ("bob", "give access", amy),
        ("bob", "change password", amy),
        ("bob", "take access", amy),
        ("bob", "add support", "sam"),
        ("bob", "remove person", "sam"),
    ]


def test_who_was_removed_is_signed_out_and_cannot_come_back(hub: Hub, amy: str) -> None:
    token = signing_in.sign_in(hub, amy, PASSWORD, **HERE)
    people.remove_person(hub, amy)
    assert signing_in.session_of(hub, token) is None
    assert _refused(hub, amy) == "sign_in_wrong"
    assert people.people(hub) == []


def test_people_are_listed_with_their_access_and_a_company_sees_only_its_own(hub: Hub, amy: str) -> None:
    people.add_person(hub, "zoe", password=PASSWORD)
    assert [each["name"] for each in people.people(hub)] == [amy, "zoe"]
    assert people.people(hub, "ACME") == [
        {
            "name": amy,
            "full_name": "Amy",
            "support": False,
            "access": [{"company": "ACME", "role": "exporter", "sites": None, "exports": None, "switched_off": []}],
        }
    ]


def test_the_first_person_needs_the_code_from_the_terminal_and_it_works_once(hub: Hub) -> None:
    assert first_run.is_needed(hub)
    earlier, code = first_run.new_code(hub), first_run.new_code(hub)
    for wrong in ("", "AAAA-AAAA-AAAA-AAAA-AAAA", earlier):
        with pytest.raises(Refused) as refusal:
            first_run.set_up(hub, wrong, "ann", PASSWORD)
        assert code_of(refusal) == "code_wrong"
    first_run.set_up(hub, f" {code.lower()} ", "Ann", PASSWORD)
    assert people.person_named(hub, "ann").support
    assert not first_run.is_needed(hub)
    for refused in (lambda: first_run.set_up(hub, code, "eve", PASSWORD), lambda: first_run.new_code(hub)):
        with pytest.raises(Refused):
            refused()


def test_the_code_of_the_first_person_is_good_for_a_day(hub: Hub, clock: Clock) -> None:
    code = first_run.new_code(hub)
    clock.pass_by(days=1)
    with pytest.raises(Refused) as refusal:
        first_run.set_up(hub, code, "ann", PASSWORD)
    assert code_of(refusal) == "code_wrong"


def test_nobody_keeps_the_hub_busy_with_hashes_who_does_not_have_the_code(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_run.new_code(hub)
    monkeypatch.setattr(first_run, "hashed", lambda _password: pytest.fail("a password was hashed"))
    with pytest.raises(Refused) as refusal:
        first_run.set_up(hub, "AAAA-AAAA-AAAA-AAAA-AAAA", "eve", PASSWORD)
    assert code_of(refusal) == "code_wrong"


def test_a_database_has_nobody_in_it_who_could_sign_in(hub: Hub) -> None:
    assert people.people(hub) == []
    for name in ("admin", "administrator", "support", "root"):
        assert _refused(hub, name) == "sign_in_wrong"
