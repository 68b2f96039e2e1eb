"""Signing in, staying, and signing out, as a browser does."""

from __future__ import annotations

import pytest

from hub.service import first_run, people
from tests.web.conftest import PASSWORD, Site, Visitor, words

WRONG = "The name or the password is wrong."


def signs_in(visitor: Visitor, name: str = "exporter", password: str = PASSWORD, status: int = 303, **more: str) -> str:
    return visitor.post("/sign-in", {"name": name, "password": password, **more}, status=status)


def test_who_signs_in_comes_to_the_page_they_wanted(site: Site) -> None:
    visitor = site.visitor()
    assert signs_in(visitor, next="/account") == "/account"
    assert "Exporter" in visitor.told("/account")


def test_a_wrong_password_and_a_name_that_nobody_has_are_told_alike(site: Site) -> None:
    pages = [signs_in(site.visitor(), name, "wrong password", status=422) for name in ("exporter", "nobody")]
    told = [words(page) for page in pages]
    assert WRONG in told[0]
    assert told[0] == told[1]
    assert 'value="nobody"' in pages[1]
    assert "wrong password" not in pages[1]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/a\nb",
        "/a\\b",
        "account",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(site: Site, elsewhere: str) -> None:
    assert signs_in(site.visitor(), next=elsewhere) == "/"


def test_too_many_wrong_passwords_have_to_wait_on_every_process_of_the_database(site: Site) -> None:
    for _ in range(10):
        assert WRONG in signs_in(site.visitor(), password="wrong", status=422)
    told = words(signs_in(site.visitor(), status=429))
    assert "Too many tries to sign in. The next one is possible in 15 minutes." in told
    site.later(minutes=15)
    assert signs_in(site.visitor()) == "/"


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(site: Site) -> None:
    visitor = site.visitor()
    signs_in(visitor)
    before = visitor.client.cookies["hub-session"]
    signs_in(visitor)
    after = visitor.client.cookies["hub-session"]
    assert before != after
    thief = site.visitor()
    thief.client.cookies.set("hub-session", before)
    thief.get("/account", 303)


def test_a_session_that_somebody_else_chose_is_never_taken_over(site: Site) -> None:
    visitor = site.visitor()
    visitor.client.cookies.set("hub-form", "chosen-by-another")
    signs_in(visitor)
    assert visitor.client.cookies["hub-session"] != "chosen-by-another"


def test_who_signs_out_is_out(site: Site) -> None:
    visitor = site.visitor("exporter")
    kept = visitor.client.cookies["hub-session"]
    assert visitor.post("/sign-out") == "/sign-in"
    visitor.client.cookies.set("hub-session", kept)
    visitor.get("/account", 303)


def test_a_session_ends_by_itself(site: Site) -> None:
    visitor = site.visitor("exporter")
    site.later(hours=1, minutes=59)
    visitor.get("/account")
    site.later(hours=2, minutes=1)
    visitor.get("/account", 303)


def test_a_changed_password_signs_out_everywhere_else(site: Site) -> None:
    here, there = site.visitor("exporter"), site.visitor("exporter")
    fields = {"current": PASSWORD, "password": "another good one", "again": "another good one"}
    assert here.post("/account/password", fields) == "/account"
    assert "Your password is changed." in here.told("/account")
    assert "Your password is changed." not in here.told("/account")
    there.get("/account", 303)
    assert signs_in(site.visitor(), password="another good one") == "/"


@pytest.mark.parametrize(
    ("current", "new", "again", "told"),
    [
        ("wrong", "another good one", "another good one", "The current password is wrong."),
        (PASSWORD, "another good one", "another one", "The two new passwords are not the same."),
        (PASSWORD, "short", "short", "A password has at least 12 characters."),
    ],
)
def test_a_password_is_changed_only_when_all_is_right(
    site: Site, current: str, new: str, again: str, told: str
) -> None:
    page = site.visitor("exporter").post(
        "/account/password", {"current": current, "password": new, "again": again}, status=422
    )
    assert told in words(page)
    assert new not in page
    assert signs_in(site.visitor()) == "/"


def test_one_sees_ones_sessions_and_ends_them(site: Site) -> None:
    here, there = site.visitor("exporter"), site.visitor("exporter")
    assert here.get("/account").count('name="session"') == 1
    assert here.post("/account/sessions/end") == "/account"
    there.get("/account", 303)
    assert here.get("/account").count('name="session"') == 0


def test_nobody_ends_the_session_of_another(site: Site) -> None:
    other = site.visitor("viewer")
    visitor = site.visitor("exporter")
    for number in range(1, 30):
        answer = visitor.client.post("/account/sessions/end", data={"csrf": visitor.token(), "session": str(number)})
        if "hub-session" not in visitor.client.cookies or answer.headers.get("location") == "/account":
            visitor = site.visitor("exporter")
    other.get("/account")


def test_where_there_are_people_nobody_is_the_first(site: Site) -> None:
    assert site.visitor().client.get("/first-run").headers["location"] == "/sign-in"
    fields = {"code": "AAAA-AAAA", "name": "eve", "password": PASSWORD, "again": PASSWORD}
    assert "This code is wrong or no longer good." in words(site.visitor().post("/first-run", fields, status=422))


def test_the_first_person_sets_themselves_up_and_is_signed_in(site: Site) -> None:
    for each in people.people(site.hub):
        people.remove_person(site.hub, str(each["name"]))
    code = first_run.new_code(site.hub)
    visitor = site.visitor()
    fields = {"code": code, "name": "ann", "full_name": "Ann", "password": PASSWORD, "again": "another"}
    assert "not the same" in words(visitor.post("/first-run", fields, status=422))
    assert visitor.post("/first-run", {**fields, "again": PASSWORD}) == "/"
    visitor.get("/", status=303)
    assert "Larkspur Table Group" in visitor.told("/customers")
