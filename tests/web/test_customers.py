"""Support's own pages: Customers, Notifications, and what each night's look at a connection found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.service.notices.recipients import recipients
from hub.service.ways import Ways
from hub.store.company_rows import add_company_row
from hub.web.app import create_app
from tests.web.conftest import NOW, Site, words

SECRET = "a-secret-that-the-program-knows-too"


def test_support_begin_on_customers_and_nobody_else_sees_it(site: Site) -> None:
    support = site.visitor("support")
    assert support.client.get("/").headers["location"] == "/customers"
    told = support.told("/customers")
    assert "Larkspur Table Group" in told
    assert "3 counts since 31 Oct 2026" in told
    assert "Other Restaurants OTHER None Not connected Never" in " ".join(
        told.replace("Accounting system ", "").split()
    )
    for who in ("administrator", "viewer", "other site"):
        assert "/customers" not in site.visitor(who).get("/account")
        site.visitor(who).get("/customers", 404)


def test_customers_are_found_filtered_and_paged(site: Site) -> None:
    with site.hub.database.write() as connection:
        for number in range(120):
            known = {"code": f"R{number:03}", "name": f"Restaurant {number}", "currency": "USD"}
            add_company_row(connection, **known, actor="alice", now=NOW)
    support = site.visitor("support")
    assert "101–122 of 122" in support.told("/customers?page=3")
    assert "1–50 of 121" in support.told("/customers?find=restaurant")
    page = support.get("/customers?find=restaurant+117&health=not_connected")
    assert page.count('href="/c/R117"') == 1
    assert "R116" not in page
    assert 'value="restaurant 117"' in page
    assert "Larkspur" in support.told("/customers?connector=csv_iif")
    assert "No customer is found" in support.told("/customers?find=nothing")
    assert "Larkspur" in support.told("/customers?health=nonsense&page=abc")


def test_who_is_told_is_added_tested_and_removed(site: Site) -> None:
    support = site.visitor("support")
    told = support.told("/notifications")
    assert "No mail server is set" in told
    assert "support@hub.example" in told
    added = {"kind": "email", "address": "books@larkspur.example", "company": "DEMO"}
    assert support.post("/notifications", added) == "/notifications"
    assert "is told from now on" in support.told("/notifications")
    new = next(each for each in recipients(site.hub) if each.company)
    page = support.post(f"/notifications/{new.id}/test", status=422)
    assert "The test did not reach books@larkspur.example. No mail server is set: HUB_SMTP_HOST." in words(page)
    assert "Not delivered" in support.told("/notifications")
    assert "was not removed" in words(support.post(f"/notifications/{new.id}/remove", status=422))
    support.post(f"/notifications/{new.id}/remove", {"sure": "yes"})
    assert [each.address for each in recipients(site.hub)] == ["support@hub.example"]
    trail = site.visitor("administrator").told("/c/DEMO/audit")
    assert "Has books@larkspur.example told of alarms no more" in trail


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "email", "address": "nobody"}, "is not an e-mail address"),
        ({"kind": "email", "address": "a@b.example", "company": "NOWHERE"}, "There is no company NOWHERE"),
        ({"kind": "webhook", "address": "http://10.0.0.1/"}, "Only addresses with https are called"),
        ({"kind": "webhook", "address": "https://10.0.0.1/", "secret": SECRET}, "on a private network"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_the_secret_is_not_shown_again(
    still_site: Site, fields: dict[str, str], said: str
) -> None:
    page = still_site.visitor("support").post("/notifications", fields, status=422)
    assert said in words(page)
    assert SECRET not in page


def test_a_webhook_is_stored_and_its_secret_is_on_no_page(site: Site) -> None:
    _with(site, Ways(resolve=lambda _: ["93.184.216.34"], call=lambda *_: 204, public_url="https://h.example"))
    support = site.visitor("support")
    sent = {"kind": "webhook", "address": "https://program.example/alarms", "secret": SECRET}
    assert support.post("/notifications", sent) == "/notifications"
    new = next(each for each in recipients(site.hub) if each.kind == "webhook")
    assert support.post(f"/notifications/{new.id}/test") == "/notifications"
    page = support.get("/notifications")
    assert "Answered with 204." in page
    assert SECRET not in page


def test_a_connection_is_looked_at_on_its_page_and_its_diagnostics_are_a_file(site: Site) -> None:
    administrator = site.visitor("administrator")
    at = "/c/DEMO/setup/connections"
    assert "It was not looked at yet." in administrator.told(f"{at}/one?connection=books")
    assert administrator.post(f"{at}/look", {"connection": "books"}) == f"{at}/one?connection=books"
    told = administrator.told(f"{at}/one?connection=books")
    assert "books was looked at." in told
    assert "nothing was found" in told
    answer = administrator.client.get(f"{at}/diagnostics?connection=books")
    assert answer.headers["content-disposition"].startswith('attachment; filename="diagnostics-csv_iif-')
    assert json.loads(answer.text)["connector"]["id"] == "csv_iif"
    administrator.get(f"{at}/diagnostics?connection=nowhere", 404)


def _with(site: Site, ways: Ways) -> None:
    site.hub = replace(site.hub, ways=ways)
    site.app = create_app(site.hub)
