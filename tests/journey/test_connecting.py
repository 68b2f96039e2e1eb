"""A company is connected to each accounting system's stand-in in a real browser, mapped, exported, undone and connected again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.app import posting
from hub.demo.networked import load_beside
from hub.domain.access import Role
from hub.plugins import load as load_plugins
from hub.service import people, signing_in
from hub.service.connecting.typed_in import type_line_in
from hub.service.context import Hub
from hub.service.importing import import_rows
from hub.service.maps import account_maps
from hub.store import Database
from hub.web.app import create_app
from hub.web.sandboxes import all_served
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases
from tests.journey.browsing import NARROW, WIDE, Browsing, follow
from tests.journey.conftest import opened
from tests.passwords import CHEAP
from tests.web.conftest import NOW, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from hub.cli.opener import StandIns

ADMINISTRATOR = "ada"
NETSUITE, QUICKBOOKS, XERO = "DEMO-NETSUITE", "DEMO-QUICKBOOKS", "DEMO-XERO"
TOTAL = "36,524.61"
Line = tuple[str, str, str]
"""An account as it is shown, its debit and its credit without separators."""

CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"


class Demo:
    """What `hub demo serve` serves: a hub, and a company of the demo beside each stand-in; exports are settled at once."""

    def __init__(self, hub: Hub, stand_ins: StandIns) -> None:
        self.hub = hub
        self.stand_ins = stand_ins
        self.app = create_app(hub)
        people.add_person(hub, ADMINISTRATOR, password=PASSWORD)
        for company in load_beside(hub, stand_ins.credentials):
            people.give_access(hub, company.code, ADMINISTRATOR, Role.ADMINISTRATOR)

    def session(self, who: str) -> str:
        """Begin a session of somebody and return its token."""
        person = people.person_named(self.hub, who)
        with self.hub.database.write() as connection:
            return signing_in.begin(self.hub, connection, person.id, address="127.0.0.1", program="test")

    def mapped(self, company: str, connection: str = "books") -> Mapping[str, str]:
        """Return the accounts there by the GL Account that is mapped to them."""
        maps = account_maps(self.hub, company, connection)
        return {number: account.id for number, account in maps.mapped.items()}


@pytest.fixture
def demo(tmp_path: Path, sqlite_databases: SqliteDatabases, browser: Browser) -> Iterator[Browsing]:
    """The demo's companies beside the stand-ins, in Chromium; none is connected yet."""
    registry = load_plugins()
    database = Database(sqlite_databases.migrated(), audit_key=AUDIT_KEY)
    hub = Hub(database=database, registry=registry, clock=lambda: NOW, home=tmp_path, actor="alice", posting=posting())
    with all_served(registry, 0) as stand_ins, pytest.MonkeyPatch.context() as cheaply:
        cheaply.setattr("hub.service.passwords.COST", CHEAP)
        site = Demo(hub, stand_ins)
        with opened(site, browser, tmp_path) as browsing:
            stand_ins.register(browsing.address)
            yield browsing
    database.close()


def demo_of(browsing: Browsing) -> Demo:
    assert isinstance(browsing.site, Demo)
    return browsing.site


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def told(page: Page) -> str:
    return page.locator("main").inner_text()


def at(page: Page, company: str, path: str) -> Page:
    """Go to a page of a company's."""
    page.goto(f"/c/{company}/{path}")
    return page


def connection_page(page: Page, company: str, connection: str = "books") -> Page:
    return at(page, company, f"setup/connections/one?connection={connection}")


def consents(page: Page, *companies: str, press: str = "Connect") -> None:
    """Press Connect, allow the hub to use companies on the accounting system's page, and come back."""
    follow(button(page, press))
    page.wait_for_url(re.compile(r"authorize|connect/oauth2"))
    for name in companies:
        page.get_by_label(name).check()
    follow(page.locator("button[value=allow]"))
    page.wait_for_url(re.compile(r"^http://[^/]+/(c|connections)/"))


def chooses(page: Page, name: str) -> None:
    page.get_by_label(name).check()
    follow(button(page, "Choose"))


def maps_accounts(page: Page) -> None:
    """From the connection's page: read its chart and accept what is suggested for each GL Account."""
    follow(button(page, "Read it"))
    assert re.search(r"\d+ accounts were read: \d+ new, 0 changed, 0 gone", told(page))
    follow(page.locator("main").get_by_role("link", name="GL Account Maps"))
    follow(page.get_by_role("button", name="Accept the 16 suggestions"))
    assert "Not mapped" not in page.locator("table").inner_text()


def nothing_there(hub: Hub, company: str, *sites: str) -> None:
    """Say in a file that the books carry nothing for some sites, which the page asks for one by one."""
    rows = [{"date": "2026-09-30", "site": site, "category": "", "value": "0"} for site in sites]
    imports(hub, company, "opening", rows)


def exports(page: Page, company: str, connection: str, *sites: str) -> list[Line]:
    """Export the count of 31 October; the books carried nothing for these sites. Return the lines that were shown before."""
    at(page, company, f"export?connection={connection}")
    follow(button(page, "Next"))
    for site in sites:
        follow(page.get_by_role("link", name="Enter opening values").first)
        page.get_by_label("As of").fill("2026-09-30")
        page.get_by_label("Nothing: its inventory").check()
        follow(button(page, "Store these opening values"))
        assert f"the books carry nothing for {site}" in told(page)
    shown = [(row[0], *row[1:3]) for row in page.locator("tbody tr").evaluate_all(CELLS) if len(row) > 2]
    follow(page.get_by_role("button", name=re.compile(r"^Export \d+ lines")))
    page.get_by_text("Posted: journal").wait_for()
    return [(name, *_plain(debit, credit)) for name, debit, credit in shown if bool(debit) != bool(credit)]


def _plain(debit: str, credit: str) -> tuple[str, str]:
    return debit.replace(",", ""), credit.replace(",", "")


def recorded(page: Page) -> list[Line]:
    """Follow the result's links and return the journals' lines as the accounting system shows them."""
    lines: list[Line] = []
    for address in page.get_by_role("link", name=re.compile("open in")).evaluate_all("all => all.map(a => a.href)"):
        page.goto(address)
        rows = page.locator("tbody tr").evaluate_all(CELLS)
        lines += [(name, debit, credit) for _, name, debit, credit in rows]
    return lines


def same(shown: list[Line], there: list[Line]) -> bool:
    """Whether the lines are the same ones, each account's number left out, which not every accounting system shows."""
    return Counter((name.partition(" ")[2] if name[:4].isdigit() else name, *amounts) for name, *amounts in shown) == (
        Counter(there)
    )


@pytest.mark.soak
def test_a_company_goes_from_no_connection_to_a_journal_there_and_back(demo: Browsing) -> None:
    site = demo_of(demo)
    page = demo.page(ADMINISTRATOR)
    at(page, QUICKBOOKS, "setup/connections")
    demo.check(page, looks=[(WIDE, "light")])
    follow(link(page, "books"))
    demo.check(page, looks=[(NARROW, "dark")])
    consents(page, "Sandbox Restaurants US")
    assert "books is connected to QuickBooks Online and posts to Sandbox Restaurants US" in told(page)
    maps_accounts(page)
    at(page, QUICKBOOKS, "setup/site-maps")
    for name in ("Commissary", "Downtown", "Harborside"):
        page.get_by_label(f"Location of {name}").select_option(name)
    follow(button(page, "Save"))
    assert "Saved: 3 values were changed" in told(page)
    nothing_there(site.hub, QUICKBOOKS, "CK", "DT")
    shown = exports(page, QUICKBOOKS, "books", "Harborside")
    assert told(page).count(TOTAL) == 2
    result = page.url
    there = recorded(page)
    assert len(there) == 48
    assert same(shown, there)
    assert told(page).count("36524.61") == 2
    page.goto(result)
    follow(link(page, "Open in Export History"))
    follow(link(page, "Undo this export"))
    follow(button(page, "Undo with the opposite entry"))
    page.get_by_text("Undone").first.wait_for()
    at(page, QUICKBOOKS, "export")
    assert button(page, "Next").is_visible(), "the count can be exported again"


@pytest.mark.soak
def test_disconnecting_keeps_the_maps_and_other_books_are_refused(demo: Browsing) -> None:
    site = demo_of(demo)
    page = demo.page(ADMINISTRATOR)
    connection_page(page, QUICKBOOKS)
    consents(page, "Sandbox Restaurants US")
    maps_accounts(page)
    before = site.mapped(QUICKBOOKS)
    assert len(before) == 16
    connection_page(page, QUICKBOOKS)
    page.get_by_label("Yes, disconnect books").check()
    follow(button(page, "Disconnect"))
    assert "books is disconnected, and QuickBooks Online took the access back." in told(page)
    assert "Not connected" in told(page)
    consents(page, "Sandbox Cafe US")
    assert "books belongs to Sandbox Restaurants US in QuickBooks Online" in told(page)
    demo.check(page, looks=[(NARROW, "light")])
    connection_page(page, QUICKBOOKS)
    consents(page, "Sandbox Restaurants US")
    assert "books is connected to QuickBooks Online and posts to Sandbox Restaurants US" in told(page)
    assert site.mapped(QUICKBOOKS) == before
    follow(button(page, "Test"))
    demo.check(page, looks=[(WIDE, "dark")])


@pytest.mark.soak
def test_one_consent_reaches_two_organisations_and_each_site_posts_to_its_own(demo: Browsing) -> None:
    site = demo_of(demo)
    page = demo.page(ADMINISTRATOR)
    connection_page(page, XERO)
    consents(page, "Demo Company (US)", "Demo Company (Canada)")
    assert "Choose its company" in told(page)
    demo.check(page, looks=[(NARROW, "dark")])
    chooses(page, "Demo Company (US)")
    maps_accounts(page)
    at(page, XERO, "setup/site-maps")
    page.get_by_label("Region of Downtown").select_option("Downtown")
    follow(button(page, "Save"))
    nothing_there(site.hub, XERO, "CK", "DT", "HB")
    shown = exports(page, XERO, "books")
    assert same(shown, recorded(page))
    assert "Demo Company (US)" in told(page)

    at(page, XERO, "setup/connections/new?connector=xero")
    page.get_by_label("Name").fill("canada")
    page.get_by_label("Environment").select_option("local")
    demo.check(page, looks=[(WIDE, "light")])
    books = site.stand_ins.credentials["xero"]["base_url"]
    page.locator("input[name$=base_url]").fill(books)
    follow(button(page, "Add"))
    follow(button(page, "Use it"))
    chooses(page, "Demo Company (Canada)")
    maps_accounts(page)
    toronto(site.hub)
    shown = exports(page, XERO, "canada", "Toronto")
    there = recorded(page)
    assert same(shown, there)
    assert [amounts for _, *amounts in there] == [["2450.75", ""], ["", "2450.75"]]
    assert "Demo Company (Canada)" in told(page)


def keys_shown(page: Page) -> Mapping[str, str]:
    """Return the texts to copy from a stand-in's front page, by what they are called there."""
    pairs = page.locator("dt").evaluate_all("all => all.map(dt => [dt.innerText, dt.nextElementSibling.innerText])")
    return {str(name): str(text) for name, text in pairs}


def types_in(page: Page, keys: Mapping[str, str]) -> None:
    """Type the keys of the interface `soap` in, and press Store and test."""
    for name in ("Consumer key", "Consumer secret", "Token ID", "Token secret"):
        page.get_by_label(name).fill(keys[name])
    follow(button(page, "Store and test"))


def maps_subsidiaries(page: Page, subsidiaries: Mapping[str, str]) -> None:
    at(page, NETSUITE, "setup/site-maps")
    for site, subsidiary in subsidiaries.items():
        page.get_by_label(f"Subsidiary of {site}").select_option(subsidiary)
    follow(button(page, "Save"))
    assert f"Saved: {len(subsidiaries)} value" in told(page)


@pytest.mark.soak
def test_keys_are_typed_in_and_each_cause_of_a_refusal_is_told_with_the_way_to_it(demo: Browsing) -> None:
    page, there = demo.page(ADMINISTRATOR), demo.page()
    connection_page(page, NETSUITE)
    demo.check(page, name="typed-in", looks=[(WIDE, "light"), (NARROW, "dark")])
    there.goto(str(page.locator(".steps a[href^=http]").get_attribute("href")))
    assert "This is not NetSuite" in told(there)
    demo.check(there, name="stand-in", looks=[(WIDE, "dark"), (NARROW, "light")])
    keys = keys_shown(there)
    swapped = {**keys, "Consumer key": keys["Token ID"], "Token ID": keys["Consumer key"]}
    follow(link(there, "Login Audit Trail"))
    for wrong, cause in (({**keys, "Token secret": "mistyped"}, "InvalidSignature"), (swapped, "consumer_key_unknown")):
        types_in(page, wrong)
        assert "Setup > Users/Roles > User Management > View Login Audit Trail, column Detail" in told(page)
        there.reload()
        assert there.locator("tbody td").first.inner_text() == cause
        assert page.get_by_role("listitem").filter(has_text=f"{cause}: ").is_visible(), "what it means is told"
        assert "Connect again" in told(page)
    demo.check(page, name="refused", looks=[(WIDE, "dark"), (NARROW, "light")])
    types_in(page, keys)
    assert "books is connected to NetSuite and posts to Restaurants Inc. (1234567_SB1)." in told(page)
    follow(button(page, "Test"))
    assert "The hub reached NetSuite and was let in." in told(page)
    demo.check(page, name="tested", looks=[(NARROW, "light")])


@pytest.mark.soak
def test_each_site_posts_to_its_subsidiary_in_the_subsidiarys_currency(demo: Browsing) -> None:
    site = demo_of(demo)
    type_line_in(site.hub, NETSUITE, "books", site.stand_ins.credentials["netsuite"])
    page = demo.page(ADMINISTRATOR)
    connection_page(page, NETSUITE)
    maps_accounts(page)
    at(page, NETSUITE, "setup/site-maps")
    assert told(page).count("Needed") == len(("CK", "DT", "HB"))
    west = "Restaurants Inc.:West"
    maps_subsidiaries(page, {"Commissary": west, "Downtown": west, "Harborside": "Restaurants Inc.:Canada"})
    demo.check(page, name="site-maps", looks=[(WIDE, "dark"), (NARROW, "light")])
    nothing_there(site.hub, NETSUITE, "CK", "DT", "HB")
    at(page, NETSUITE, "export")
    follow(button(page, "Next"))
    assert "Restaurants Inc.:Canada keeps its books in CAD, and this entry, of HB, is in USD." in told(page)
    maps_subsidiaries(page, {"Harborside": "Restaurants Inc."})
    shown = exports(page, NETSUITE, "books")
    assert "Posted: journals JE7001, JE7002 are in NetSuite." in told(page)
    there = recorded(page)
    assert len(there) == 48
    assert same(shown, there)
    assert "Subsidiary: West" in told(page)


def toronto(hub: Hub) -> None:
    """Import a site that is counted in Canadian dollars and posts to the connection `canada`, with its count."""
    count = {"count_date": "2026-10-31", "site": "TO", "item": "Cod", "category": "Meat and Fish", "quantity": "1"}
    imports(hub, XERO, "sites", [{"site": "TO", "name": "Toronto", "connection": "canada", "currency": "CAD"}])
    imports(hub, XERO, "counts", [{**count, "value": "2450.75", "status": "approved"}])


def imports(hub: Hub, company: str, kind: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Import rows that must be taken."""
    result = import_rows(hub.database, company, kind, rows, actor="alice", now=hub.clock())
    assert result.errors == ()
