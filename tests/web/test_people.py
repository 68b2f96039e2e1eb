"""Users and access in the web app: one-time passwords, access by site and feature, and who may change whose."""

from __future__ import annotations

import re

import pytest

from hub.domain.access import Access, Feature, Role
from hub.service import access, people
from hub.service.companies import add_company
from hub.service.exporting import exports
from hub.service.people import person_named
from hub.store.company_rows import add_company_row
from hub.store.people_rows import person_row, set_membership
from tests.web.conftest import NOW, OTHER, PASSWORD, Site, Visitor, words
from tests.web.filled import filled

NEW = {"name": "nora", "full_name": "Nora", "role": "viewer", "which_sites": "all", "which_exports": "all"}
CODE = re.compile(r"(?:\w{4}-){4}\w{4}")


def person(site: Site, name: str) -> str:
    return f"/c/DEMO/people/{person_named(site.hub, name).id}"


def held(site: Site, name: str) -> Access | None:
    return person_named(site.hub, name).access.get("DEMO")


def export_of_two_sites(site: Site) -> str:
    return f"/c/DEMO/exports/{exports(site.hub, 'DEMO')[0]['export']}"


def test_who_has_a_one_time_password_chooses_their_own_before_anything_else(site: Site) -> None:
    page = site.visitor("administrator").post("/c/DEMO/people/add", NEW, status=200)
    code = CODE.search(words(page))
    assert code
    nora = Visitor(site.app)
    assert nora.post("/sign-in", {"name": "nora", "password": code[0]}) == "/"
    for path in ("/", "/account", "/c/DEMO/exports", "/c/NOWHERE/exports"):
        assert nora.client.get(path).headers["location"] == "/account/first-password"
    token = re.search(r'name="csrf" value="(\w+)"', nora.get("/account/first-password"))
    assert token
    own = {"csrf": token[1], "password": "my own password", "again": "my own password"}
    sent = {"csrf": token[1], "current": code[0], "password": "x" * 12, "again": "x" * 12}
    assert nora.client.post("/account/password", data=sent).headers["location"] == "/account/first-password"
    for wrong in ({**own, "again": "another"}, {**own, "password": code[0], "again": code[0]}):
        assert nora.client.post("/account/first-password", data=wrong).status_code == 422
    assert nora.client.post("/account/first-password", data=own).headers["location"] == "/"
    assert nora.client.get("/account/first-password").headers["location"] == "/"
    assert "Larkspur Table Group" in nora.told("/c/DEMO/exports")


def test_a_one_time_password_is_shown_once_and_never_stored_or_told_again(site: Site) -> None:
    visitor = site.visitor("administrator")
    page = visitor.client.post("/c/DEMO/people/add", data={"csrf": visitor.token(), **NEW})
    code = CODE.search(words(page.text))
    assert code
    assert page.headers["cache-control"] == "no-store"
    for path in ("/c/DEMO/people", person(site, "nora"), "/c/DEMO/audit"):
        assert code[0] not in visitor.get(path)


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(site: Site) -> None:
    visitor = site.visitor("administrator")
    before = Access(
        role=Role.EXPORTER,
        sites=frozenset({"DT", "HB"}),
        exports=frozenset({"HB"}),
        without=frozenset({Feature.EXPORT}),
    )
    access.add_member(site.hub, "DEMO", "nora", Access(role=Role.EXPORTER, sites=before.sites, exports=before.exports))
    page = visitor.get(person(site, "nora"))
    sites = {"site": ["DT", "HB"], "export": ["HB"]}
    visitor.post(person(site, "nora"), {**filled(page), **sites})
    assert "Nothing was changed." in visitor.told(person(site, "nora"))
    visitor.post(person(site, "nora"), {**filled(page), **sites, "off": "export"})
    assert held(site, "nora") == Access(role=Role.EXPORTER, sites=before.sites, without=before.without)


def test_two_administrators_at_once_are_told_of_each_other(site: Site) -> None:
    visitor = site.visitor("administrator")
    path = person(site, "viewer")
    earlier = filled(visitor.get(path))
    site.visitor("support").post(path, {**earlier, "role": "exporter"})
    page = visitor.post(path, {**earlier, "role": "administrator"}, status=422)
    assert "support changed this access meanwhile" in words(page)
    assert "Access now Exporter" in words(page)
    assert held(site, "viewer") == Access(role=Role.EXPORTER)
    visitor.post(path, {**filled(page), "role": "administrator"})
    assert held(site, "viewer") == Access(role=Role.ADMINISTRATOR)


def test_an_export_with_a_site_that_one_does_not_export_is_looked_at_and_not_undone(site: Site) -> None:
    path = export_of_two_sites(site)
    visitor = site.visitor("exporter")
    assert "Undo" in visitor.told(path)
    limited = Access(role=Role.EXPORTER, exports=frozenset({"HB"}))
    administrator = site.visitor("administrator")
    form = {**filled(administrator.get(person(site, "exporter"))), "which_exports": "some", "export": "HB"}
    administrator.post(person(site, "exporter"), form)
    assert held(site, "exporter") == limited
    page = visitor.get(path)
    assert f"{path}/undo" not in page
    visitor.get(f"{path}/undo", 404)
    for action in ("confirm", "undo", "withdraw", "check", "accept", "resume", "make", "duplicate"):
        assert visitor.client.post(f"{path}/{action}", data={"csrf": visitor.token()}).status_code == 404, action


def test_who_signs_in_to_another_company_too_is_given_a_new_password_by_support_only(site: Site) -> None:
    people.give_access(site.hub, OTHER, "viewer", Role.VIEWER)
    path = person(site, "viewer")
    administrator = site.visitor("administrator")
    assert "New one-time password" not in administrator.told(path)
    assert "only support gives them a new password" in administrator.told(path)
    assert CODE.search(words(administrator.post(f"{path}/password", status=422))) is None
    assert CODE.search(words(site.visitor("support").post(f"{path}/password", status=200)))


def test_who_is_signed_out_by_an_administrator_is_out(site: Site) -> None:
    viewer, administrator = site.visitor("viewer"), site.visitor("administrator")
    assert "Signed in: 1 session" in administrator.told(person(site, "viewer"))
    administrator.post(f"{person(site, 'viewer')}/sessions/end")
    viewer.get("/account", 303)
    assert "Not signed in anywhere." in administrator.told(person(site, "viewer"))


def test_nobody_is_removed_unless_it_was_meant(site: Site) -> None:
    administrator = site.visitor("administrator")
    path = f"{person(site, 'viewer')}/remove"
    assert "was not removed" in words(administrator.post(path, status=422))
    viewer = site.visitor("viewer")
    administrator.post(path, {"sure": "yes"})
    viewer.get("/account", 303)
    assert "Viewer has no access any more." in administrator.told("/c/DEMO/people")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "a b"}, "A sign-in name is an e-mail address"),
        ({"name": "viewer"}, "viewer has access to this company already."),
        ({"name": "support"}, "support is support staff"),
        ({"role": "support"}, "Choose a role."),
        ({"role": ""}, "Choose a role."),
        ({"which_sites": "some"}, "Choose at least one site, or all."),
        ({"which_sites": "some", "site": "NO"}, "There is no site NO."),
        ({"full_name": "x" * 101}, "A person's name has up to 100 printable characters."),
    ],
)
def test_a_person_who_cannot_be_added_so_is_not_added(site: Site, change: dict[str, str], said: str) -> None:
    before = people.people(site.hub)
    page = site.visitor("administrator").post("/c/DEMO/people/add", {**NEW, **change}, status=422)
    assert said in words(page)
    assert people.people(site.hub) == before


def test_support_staff_are_added_and_removed_by_support_staff(site: Site) -> None:
    support = site.visitor("support")
    page = support.post("/support-staff", {"name": "zoe", "full_name": "Zoe"}, status=200)
    code = CODE.search(words(page))
    assert code
    path = f"/support-staff/{person_named(site.hub, 'zoe').id}"
    assert Visitor(site.app).post("/sign-in", {"name": "zoe", "password": code[0]}) == "/"
    assert support.post(f"{path}/sessions/end") == "/support-staff"
    assert "Zoe is signed out everywhere." in support.told("/support-staff")
    assert CODE.search(words(support.post(f"{path}/password", status=200)))
    assert "was not removed" in words(support.post(f"{path}/remove", status=422))
    assert support.post(f"{path}/remove", {"sure": "yes"}) == "/support-staff"
    own = f"/support-staff/{person_named(site.hub, 'support').id}"
    assert support.post(f"{own}/password") == "/account"
    assert "is the last of support staff" in words(support.post(f"{own}/remove", {"sure": "yes"}, status=422))
    page = support.post("/support-staff", {"name": "viewer"}, status=422)
    assert "There is already a person viewer." in words(page)


def test_companies_are_found_by_name_or_code_and_listed_a_page_at_a_time(site: Site) -> None:
    with site.hub.database.write() as connection:
        for number in range(250):
            known = {"code": f"R{number:03}", "name": f"Restaurant {number}", "currency": "USD"}
            company_id = add_company_row(connection, **known, actor="alice", now=NOW)
            viewer = person_row(connection, "viewer")
            assert viewer is not None
            access = {"role": "viewer", "sites": None, "exports": None, "switched_off": []}
            set_membership(connection, company_id, viewer["id"], access)
    viewing = site.visitor("viewer")
    assert viewing.get("/").count('href="/c/') == 100
    assert "201–251 of 251" in viewing.told("/?page=3")
    found = viewing.get("/?find=restaurant+17")
    assert set(re.findall(r'href="/c/(\w+)"', found)) == {
        "R017",
        *(f"R{number}" for number in range(170, 180)),
        "R117",
        "R217",
    }
    assert "No company is found" in viewing.told("/?find=nothing")
    assert site.visitor("exporter").client.get("/").headers["location"] == "/c/DEMO"


def test_who_has_two_companies_chooses_and_sees_no_other(site: Site) -> None:
    people.give_access(site.hub, OTHER, "viewer", Role.VIEWER)
    add_company(site.hub, code="THIRD", name="Third", currency="USD")
    page = site.visitor("viewer").get("/")
    assert re.findall(r'href="/c/(\w+)"', page) == ["DEMO", OTHER]
    assert "support-staff" not in page


def test_wrong_passwords_of_a_person_who_signs_in_are_still_counted(site: Site) -> None:
    visitor = site.visitor("viewer")
    sent = {"current": "wrong", "password": "another good one", "again": "another good one"}
    for _ in range(10):
        assert "The current password is wrong." in words(visitor.post("/account/password", sent, status=422))
    told = words(visitor.post("/account/password", {**sent, "current": PASSWORD}, status=422))
    assert "Too many tries to sign in." in told
