"""Who may see which page: generated from the route table, for every kind of person."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response
from starlette.routing import Mount, Route

from hub.domain.access import FEATURES, OF_THE_WHOLE_COMPANY, Feature, Role
from hub.web import health
from hub.web.api.operations import DOCUMENT, load_operations
from hub.web.routes import Page, load_pages
from tests.web.conftest import PEOPLE, Site, Visitor
from tests.web.samples import OF_ALL_SITES, SAMPLES, query

PAGES = load_pages()
FORMS = [page for page in PAGES if page.method == "POST"]
COMPANY_PAGES = [page for page in PAGES if page.of_company]


def named(page: Page) -> str:
    return f"{page.method} {page.path}"


def parts(page: Page) -> list[str]:
    return re.findall(r"{(\w+)(?::\w+)?}", page.path)


def address(page: Page, site: Site) -> str:
    path = re.sub(r":\w+}", "}", page.path)
    return path.format(**{part: SAMPLES[part](site) for part in parts(page)}) + query(page.path, site)


def ask(visitor: Visitor, page: Page, path: str) -> Response:
    if page.method == "GET":
        return visitor.client.get(path)
    return visitor.client.post(path, data={"csrf": visitor.token()})


def features(who: str) -> frozenset[Feature]:
    """What somebody may use in the demo company."""
    if who == "other company":
        return frozenset()
    if who == "other site":
        return FEATURES[Role.ADMINISTRATOR] - OF_THE_WHOLE_COMPANY
    return FEATURES[Role(who)]


def may(who: str, page: Page) -> bool:
    if page.needs is None:
        return True
    hidden = who == "other site" and not OF_ALL_SITES.isdisjoint(parts(page))
    return page.needs in features(who) and not hidden


@pytest.fixture(scope="module")
def supporter(still_site: Site) -> tuple[Visitor, str]:
    """A browser in which support is signed in, with the token of its forms."""
    visitor = still_site.visitor("support")
    return visitor, visitor.token()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_answers_those_who_may_see_it_and_is_not_there_for_the_others(
    page: Page, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue("still_site" if page.method == "GET" else "site")
    path = address(page, site)
    answered = {who: ask(site.visitor(who), page, path).status_code for who in PEOPLE}
    wrong = {who: status for who, status in answered.items() if not may(who, page) and status != 404}
    wrong |= {
        who: status
        for who, status in answered.items()
        if may(who, page) and (status >= 500 or status in range(400, 406))
    }
    assert wrong == {}, answered


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_who_is_not_signed_in_is_asked_to_sign_in(page: Page, still_site: Site) -> None:
    answer = ask(still_site.visitor(), page, address(page, still_site))
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    assert to_sign_in or (page.for_all and answer.status_code < 500), answer.status_code


@pytest.mark.parametrize("page", FORMS, ids=named)
@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"csrf": "0" * 64}, {}),
        ({"csrf": "own"}, {"origin": "https://elsewhere.example"}),
        ({"csrf": "own"}, {"origin": "null"}),
        ({"csrf": "own"}, {"sec-fetch-site": "cross-site"}),
        ({"csrf": "own"}, {"sec-fetch-site": "same-site"}),
    ],
    ids=["no token", "another token", "another origin", "no origin", "another site", "a sister site"],
)
def test_a_form_that_is_not_from_our_own_page_is_not_taken(
    page: Page, fields: dict[str, str], headers: dict[str, str], still_site: Site, supporter: tuple[Visitor, str]
) -> None:
    visitor, token = supporter
    sent = {name: token if value == "own" else value for name, value in fields.items()}
    assert visitor.client.post(address(page, still_site), data=sent, headers=headers).status_code == 400


@pytest.mark.parametrize("page", COMPANY_PAGES, ids=named)
def test_a_page_of_a_company_that_does_not_exist_is_not_there(
    page: Page, still_site: Site, supporter: tuple[Visitor, str]
) -> None:
    path = address(page, still_site).replace("/DEMO", "/NOWHERE")
    visitor, token = supporter
    answer = visitor.client.get(path) if page.method == "GET" else visitor.client.post(path, data={"csrf": token})
    assert answer.status_code == 404


def test_every_route_of_the_app_is_in_the_table(still_site: Site) -> None:
    table = {(page.method, page.path) for page in PAGES}
    routes = [route for route in still_site.app.routes if not (isinstance(route, Mount) and route.path == "/static")]
    assert [route for route in routes if not isinstance(route, Route)] == []
    served = {
        (method, route.path)
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or ())
        if method != "HEAD"
    }
    api = {(operation.method, operation.address) for operation in load_operations()} | {("GET", DOCUMENT)}
    assert served == table | api | {("GET", path) for path in health.PATHS}


def test_no_two_pages_have_the_same_address() -> None:
    assert len({(page.method, page.path) for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("who", ["support", "administrator", "exporter", "viewer", "other site"])
def test_what_a_person_may_not_use_is_not_in_their_menu(who: str, still_site: Site) -> None:
    first = still_site.visitor(who).client.get("/c/DEMO", follow_redirects=True).text
    shown = set(re.findall(r'<li><a href="/c/DEMO(/[^"?]*)', first.partition("</nav>")[0]))
    listed = {page.path.removeprefix("/c/{company}") for page in PAGES if page.menu and page.needs in features(who)}
    assert shown == listed
