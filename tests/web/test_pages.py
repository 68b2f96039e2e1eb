"""What every page has: its menu, its title, its way back."""

from hub.domain.access import Role
from hub.service import people
from tests.web.conftest import OTHER, Site, words


def test_who_is_signed_in_sees_their_companies(site: Site) -> None:
    people.give_access(site.hub, OTHER, "viewer", Role.VIEWER)
    assert "Larkspur Table Group" in site.visitor("viewer").told("/")
    assert "Other Restaurants" in site.visitor("viewer").told("/")


def test_who_has_one_company_goes_there_at_once(site: Site) -> None:
    answer = site.visitor("viewer").client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/c/DEMO")


def test_who_is_not_signed_in_is_asked_to_and_comes_back(site: Site) -> None:
    answer = site.visitor().client.get("/c/DEMO?count=2026-10-31")
    assert answer.headers["location"] == "/sign-in?next=%2Fc%2FDEMO%3Fcount%3D2026-10-31"
    assert 'value="/c/DEMO?count=2026-10-31"' in site.visitor().get(answer.headers["location"])


def test_a_page_that_is_not_there_says_so(site: Site) -> None:
    assert "There is no such page" in words(site.visitor("viewer").get("/c/DEMO/nowhere", 404))
