"""Users and access: who is given what in a company, by whom it can be changed, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.domain.access import SWITCHED, Access, Feature, Role
from hub.plugins import load
from hub.service import access, people, signing_in, support_staff
from hub.service.auditing import listed, verify
from hub.service.companies import add_company
from hub.service.context import Hub, NotFound, Refused
from hub.store import Database
from hub.web.access_words import SWITCHES
from tests.audit_key import AUDIT_KEY
from tests.passwords import cheap_passwords
from tests.service.test_people import HERE, OTHER_PASSWORD, PASSWORD, Clock, clock, code_of
from tests.service.test_people import _import as import_rows

__all__ = ["cheap_passwords", "clock"]

VIEWER, ADMINISTRATOR = Access(role=Role.VIEWER), Access(role=Role.ADMINISTRATOR)


@pytest.fixture
def hub(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    opened = Hub(database=database, registry=load(only=[]), clock=clock, home=tmp_path, actor="ada")
    for code in ("ACME", "OTHER"):
        add_company(opened, code=code, name=code.title(), currency="USD")
    import_rows(opened, "sites", b"site,name\nDT,Downtown\nHB,Harbour\n")
    access.add_member(opened, "ACME", "ada", ADMINISTRATOR, full_name="Ada")
    yield opened
    database.close()


def told(hub: Hub, company: str = "ACME") -> list[tuple[str, str]]:
    return [(each["action"], each["subject"]) for each in listed(hub, company, 50)]


def id_of(hub: Hub, name: str, company: str = "ACME") -> str:
    return str(next(each.id for each in access.members(hub, company) if each.name == name))


def change(hub: Hub, name: str, to: Access, *, shown: Access | None = None, by_support: bool = False) -> None:
    person = id_of(hub, name)
    before = access.access_text(shown or access.member(hub, "ACME", person).access)
    access.change_member(hub, "ACME", person, to, shown=before, by_support=by_support)


def test_who_is_new_signs_in_with_a_one_time_password_and_then_chooses_their_own(hub: Hub, clock: Clock) -> None:
    code = access.add_member(hub, "ACME", "Amy@acme.example", VIEWER, full_name="Amy")
    token = signing_in.sign_in(hub, "amy@acme.example", code, **HERE)
    session = signing_in.session_of(hub, token)
    assert session
    assert session.person.once
    for same in (code, "short"):
        with pytest.raises(Refused):
            signing_in.choose_password(hub, session, same)
    signing_in.choose_password(hub, session, OTHER_PASSWORD)
    after = signing_in.session_of(hub, token)
    assert after
    assert not after.person.once
    with pytest.raises(Refused) as refusal:
        signing_in.choose_password(hub, after, PASSWORD)
    assert code_of(refusal) == "not_once"
    with pytest.raises(Refused):
        signing_in.sign_in(hub, "amy@acme.example", code, **HERE)
    amy = access.member(hub, "ACME", id_of(hub, "amy@acme.example"))
    assert (amy.shown, amy.signed_in_at, amy.once_until) == ("Amy", clock.now, None)


def test_a_one_time_password_is_good_for_three_days(hub: Hub, clock: Clock) -> None:
    code = access.add_member(hub, "ACME", "amy", VIEWER)
    clock.now += timedelta(days=3)
    with pytest.raises(Refused) as refusal:
        signing_in.sign_in(hub, "amy", code, **HERE)
    assert code_of(refusal) == "password_expired"
    with pytest.raises(Refused) as refusal:
        signing_in.sign_in(hub, "amy", "not it", **HERE)
    assert code_of(refusal) == "sign_in_wrong"


def test_who_signs_in_already_keeps_their_password_and_has_access_to_both(hub: Hub) -> None:
    assert access.add_member(hub, "OTHER", "ada", VIEWER) == ""
    assert people.person_named(hub, "ada").access == {"ACME": ADMINISTRATOR, "OTHER": VIEWER}
    with pytest.raises(Refused) as refusal:
        access.add_member(hub, "OTHER", "ADA", VIEWER)
    assert code_of(refusal) == "person_exists"


def test_support_staff_are_not_given_access_to_a_company(hub: Hub) -> None:
    people.add_person(hub, "sam", password=PASSWORD, support=True)
    with pytest.raises(Refused) as refusal:
        access.add_member(hub, "ACME", "sam", VIEWER)
    assert code_of(refusal) == "is_support"


def test_a_feature_that_is_switched_off_is_not_opened_by_the_role(hub: Hub) -> None:
    assert set(SWITCHED) == set(SWITCHES) == set(Feature) - {Feature.VIEW, Feature.SUPPORT}
    for feature in SWITCHED:
        found = replace(ADMINISTRATOR, without=frozenset({feature}))
        change(hub, "ada", found, by_support=True)
        held = access.member(hub, "ACME", id_of(hub, "ada")).access
        assert held == found
        assert [each for each in SWITCHED if not held.may(each)] == [feature]


def test_sites_that_are_seen_and_not_exported_are_kept_apart(hub: Hub) -> None:
    access.add_member(hub, "ACME", "amy", Access(role=Role.EXPORTER, exports=frozenset({"HB"})))
    held = people.person_named(hub, "amy").access["ACME"]
    assert held.sees(["DT", "HB"])
    assert held.may(Feature.EXPORT)
    assert held.may_all(Feature.EXPORT, ["HB"])
    assert not held.may_all(Feature.EXPORT, ["HB", "DT"])
    assert held.may_all(Feature.VIEW, ["HB", "DT"])


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Access(role=Role.SUPPORT), "role_invalid"),
        (Access(role=Role.VIEWER, sites=frozenset()), "sites_missing"),
        (Access(role=Role.VIEWER, sites=frozenset({"NO"})), "not_found"),
        (Access(role=Role.EXPORTER, exports=frozenset({"NO"})), "not_found"),
        (Access(role=Role.EXPORTER, sites=frozenset({"HB"}), exports=frozenset({"DT"})), "site_unseen"),
    ],
)
def test_what_is_no_access_is_refused_and_nothing_is_kept(hub: Hub, wanted: Access, code: str) -> None:
    before = told(hub)
    with pytest.raises(Refused) as refusal:
        access.add_member(hub, "ACME", "amy", wanted)
    assert code_of(refusal) == code
    assert told(hub) == before
    assert [each["name"] for each in people.people(hub)] == ["ada"]


def test_what_changed_is_written_down_with_what_was_there_before(hub: Hub) -> None:
    access.add_member(hub, "ACME", "amy", VIEWER)
    change(hub, "amy", Access(role=Role.EXPORTER, sites=frozenset({"HB"})))
    newest = listed(hub, "ACME", 1)[0]
    assert (newest["actor"], newest["action"], newest["subject"]) == ("ada", "give access", "amy")
    assert newest["detail"]["changes"] == [
        {
            "row": {"person": "amy"},
            "before": {"role": "viewer", "sites": "all"},
            "after": {"role": "exporter", "sites": "HB"},
        }
    ]
    entries = len(told(hub))
    change(hub, "amy", Access(role=Role.EXPORTER, sites=frozenset({"HB"})))
    assert len(told(hub)) == entries


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_in_silence(hub: Hub) -> None:
    access.add_member(hub, "ACME", "amy", VIEWER)
    change(replace(hub, actor="bob"), "amy", Access(role=Role.EXPORTER))
    with pytest.raises(Refused, match=r"^bob changed this access meanwhile") as refusal:
        change(hub, "amy", ADMINISTRATOR, shown=VIEWER)
    assert code_of(refusal) == "changed_meanwhile"
    change(hub, "amy", Access(role=Role.EXPORTER), shown=VIEWER)  # what they wanted anyway
    change(hub, "amy", ADMINISTRATOR, shown=Access(role=Role.EXPORTER))
    assert people.person_named(hub, "amy").access["ACME"] == ADMINISTRATOR


@pytest.mark.parametrize(
    "less",
    [
        VIEWER,
        replace(ADMINISTRATOR, sites=frozenset({"HB"})),
        replace(ADMINISTRATOR, without=frozenset({Feature.PEOPLE})),
        None,
    ],
    ids=["another role", "some sites", "the feature", "removed"],
)
def test_the_last_administrator_stays_one_until_there_is_another(hub: Hub, less: Access | None) -> None:
    def lose(*, by_support: bool = False) -> None:
        if less is None:
            access.remove_member(hub, "ACME", id_of(hub, "ada"), by_support=by_support)
        else:
            change(hub, "ada", less, by_support=by_support)

    access.add_member(hub, "ACME", "amy", replace(ADMINISTRATOR, sites=frozenset({"HB"})))
    with pytest.raises(Refused, match=r"^Ada is the last administrator") as refusal:
        lose()
    assert code_of(refusal) == "last_administrator"
    assert people.person_named(hub, "ada").access["ACME"] == ADMINISTRATOR
    change(hub, "amy", ADMINISTRATOR)
    lose()
    change(hub, "amy", VIEWER, by_support=True)


def test_who_is_removed_keeps_their_access_elsewhere_and_else_is_gone(hub: Hub) -> None:
    access.add_member(hub, "ACME", "amy", VIEWER)
    access.add_member(hub, "ACME", "ben", VIEWER)
    access.add_member(hub, "OTHER", "ben", VIEWER)
    for name in ("amy", "ben"):
        access.remove_member(hub, "ACME", id_of(hub, name), by_support=False)
    assert [each["name"] for each in people.people(hub)] == ["ada", "ben"]
    assert [each.name for each in access.members(hub, "OTHER")] == ["ben"]
    assert told(hub)[:3] == [("take access", "ben"), ("remove person", "amy"), ("take access", "amy")]


def test_an_administrator_gives_a_new_password_only_to_who_signs_in_to_their_company_alone(hub: Hub) -> None:
    access.add_member(hub, "ACME", "amy", VIEWER)
    people.set_password(hub, "amy", PASSWORD)
    token = signing_in.sign_in(hub, "amy", PASSWORD, **HERE)
    code = access.new_password(hub, "ACME", id_of(hub, "amy"), by_support=False)
    assert signing_in.session_of(hub, token) is None
    assert signing_in.sign_in(hub, "amy", code, **HERE)
    assert told(hub)[0] == ("one-time password", "amy")
    access.add_member(hub, "OTHER", "amy", VIEWER)
    with pytest.raises(Refused) as refusal:
        access.new_password(hub, "ACME", id_of(hub, "amy"), by_support=False)
    assert code_of(refusal) == "person_elsewhere"
    assert access.new_password(hub, "ACME", id_of(hub, "amy"), by_support=True)
    assert told(hub, "OTHER")[0] == ("one-time password", "amy")


def test_support_staff_with_access_to_a_company_are_not_taken_over_by_its_administrators(hub: Hub) -> None:
    people.add_person(hub, "sam", password=PASSWORD, support=True)
    people.give_access(hub, "ACME", "sam", Role.VIEWER)
    with pytest.raises(Refused):
        access.new_password(hub, "ACME", id_of(hub, "sam"), by_support=False)
    access.remove_member(hub, "ACME", id_of(hub, "sam"), by_support=False)
    assert people.person_named(hub, "sam").support


def test_sessions_are_ended_and_that_is_written_down(hub: Hub) -> None:
    code = access.add_member(hub, "ACME", "amy", VIEWER)
    token = signing_in.sign_in(hub, "amy", code, **HERE)
    access.sign_out(hub, "ACME", id_of(hub, "amy"))
    assert signing_in.session_of(hub, token) is None
    assert told(hub)[0] == ("end sessions", "amy")


def test_nobody_of_another_company_is_reached(hub: Hub) -> None:
    person = id_of(hub, "ada")
    tries = [
        lambda: access.member(hub, "OTHER", person),
        lambda: access.sign_out(hub, "OTHER", person),
        lambda: access.new_password(hub, "OTHER", person, by_support=True),
        lambda: access.remove_member(hub, "OTHER", person, by_support=True),
        lambda: access.change_member(hub, "OTHER", person, VIEWER, shown="", by_support=True),
    ]
    for reach in tries:
        with pytest.raises(NotFound):
            reach()


def test_support_staff_add_each_other_and_the_last_one_stays(hub: Hub) -> None:
    code = support_staff.add_supporter(hub, "Sam", "Sam Support")
    assert signing_in.sign_in(hub, "sam", code, **HERE)
    sam = support_staff.support_staff(hub)[0]
    with pytest.raises(Refused, match=r"^Sam Support is the last of support staff") as refusal:
        support_staff.remove_supporter(hub, str(sam.id))
    assert code_of(refusal) == "last_support"
    assert people.person_named(hub, "sam").support
    support_staff.add_supporter(hub, "zoe", "")
    assert support_staff.new_password(hub, str(sam.id)) != code
    support_staff.remove_supporter(hub, str(sam.id))
    assert [each.shown for each in support_staff.support_staff(hub)] == ["zoe"]
    expected = [("remove person", "sam"), ("one-time password", "sam"), ("add support", "zoe"), ("add support", "sam")]
    assert [told(hub, company)[:4] for company in ("ACME", "OTHER")] == [expected, expected]
    with pytest.raises(NotFound):
        support_staff.sign_out(hub, id_of(hub, "ada"))


def test_what_is_written_in_every_trail_at_once_is_sealed_like_any_other_entry(hub: Hub) -> None:
    for number in range(10):
        add_company(hub, code=f"C{number}", name="Company", currency="USD")
    people.add_person(hub, "sam", password=PASSWORD, support=True)
    people.set_password(hub, "sam", OTHER_PASSWORD)
    found = verify(hub)
    assert found["sound"]
    assert [each["entries"] for each in found["companies"][1:]] == [3] * 10 + [3]
    assert found["problems"] == []
