"""Users and access in a real browser: somebody is added, signs in with a one-time password, and sees what they may."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.journey.browsing import Browsing, follow

OWN = "a password of my own"


def menu(page: Page) -> list[str]:
    return [each.inner_text() for each in page.locator("#menu li a").all()]


def added(browsing: Browsing) -> str:
    """Add Nora, who sees Downtown and Harbor, exports Harbor and imports nothing; return her one-time password."""
    page = browsing.page("administrator")
    page.goto("/c/DEMO/people")
    follow(page.get_by_role("link", name="Add a person"))
    page.get_by_label("Name to sign in with").fill("Nora@Larkspur.example")
    page.get_by_label("What they are called").fill("Nora Lark")
    page.get_by_label("Exporter").check()
    page.get_by_role("group", name="Sites to see").get_by_label("Only those ticked below").check()
    page.get_by_role("group", name="Sites to export").get_by_label("Only those ticked below").check()
    for site in ("HB", "DT"):
        page.locator(f"input[name=site][value={site}]").check()
    page.locator("input[name=export][value=HB]").check()
    page.locator("input[name=off][value=import]").check()
    follow(page.get_by_role("button", name="Add", exact=True))
    browsing.check(page, name="people-password")
    found = re.search(r"(\w{4}-){4}\w{4}", page.locator("main").inner_text())
    assert found
    follow(page.get_by_role("link", name="Done"))
    assert "Nora Lark" in page.locator("table").inner_text()
    assert found[0] not in page.content()
    return found[0]


@pytest.mark.soak
def test_who_is_added_signs_in_once_with_what_was_handed_over_and_sees_only_what_they_may(browsing: Browsing) -> None:
    code = added(browsing)
    page = browsing.page()
    page.goto("/c/DEMO/exports")
    page.get_by_label("Name").fill("nora@larkspur.example")
    page.get_by_label("Password").fill(code)
    follow(page.get_by_role("button", name="Sign in"))
    assert page.get_by_role("heading", level=1).inner_text() == "Choose your password"
    browsing.check(page, name="first-password")
    page.goto("/c/DEMO/exports")
    assert page.url.endswith("/account/first-password")
    page.get_by_label("Your password").fill(OWN)
    page.get_by_label("The same again").fill(OWN)
    follow(page.get_by_role("button", name="Use this password"))
    assert "This password is yours now." in page.get_by_role("status").inner_text()
    assert not {"Imports", "GL Accounts", "Users and access", "Audit trail"} & set(menu(page))
    assert "Export History" in menu(page)
    for path in ("people", "audit", "imports", "setup/gl-accounts"):
        answer = page.goto(f"/c/DEMO/{path}")
        assert answer is not None
        assert answer.status == 404, path


@pytest.mark.soak
def test_an_administrator_changes_access_and_finds_it_in_the_audit_trail(browsing: Browsing) -> None:
    page = browsing.page("administrator")
    page.goto("/c/DEMO/people")
    follow(page.get_by_role("link", name="newcomer"))
    page.get_by_label("Administrator").check()
    page.get_by_label("Users and access").check()
    follow(page.get_by_role("button", name="Save access"))
    assert page.get_by_role("status").inner_text() == "The access of newcomer is changed."
    follow(page.get_by_role("link", name="Audit trail"))
    page.get_by_label("Of what or whom").fill("newcomer")
    page.get_by_label("Kind").select_option("Users and access")
    follow(page.get_by_role("button", name="Show"))
    first = page.locator("tbody tr").first
    assert "Gave access to newcomer" in first.inner_text()
    assert re.search(r"role viewer →\s*is now\s*administrator", first.inner_text())
    browsing.picture(page, "audit-narrowed")
    follow(first.get_by_role("link").first)
    browsing.picture(page, "audit-entry-access")
    with page.expect_download() as download:
        page.go_back()
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "DEMO audit trail.csv"


def test_the_last_administrator_is_told_why_they_stay(browsing: Browsing) -> None:
    page = browsing.page("administrator", scripts=False)
    page.goto("/c/DEMO/people")
    follow(page.locator("tbody").get_by_role("link", name="Administrator", exact=True))
    page.get_by_label("Yes, I am sure").check()
    follow(page.get_by_role("button", name="Remove myself"))
    assert "is the last administrator" in page.locator("#problems").inner_text()
    browsing.picture(page, "person-last")
