"""Enabling a connector step by step: what the steps say follows from what is stored, and nothing is posted on the way."""

from __future__ import annotations

import re
from datetime import date

import pytest

from hub.domain.access import Role
from hub.service import people
from hub.service.companies import add_company
from hub.service.connections import add_connection
from hub.service.enabling.moving import waiting
from hub.service.exporting import export, exports
from hub.service.pausing import pause, plugin_of
from hub.service.previewing import offered_counts, preview
from hub.service.undoing import confirm
from tests.web.conftest import Site, Visitor, words
from tests.web.filled import filled
from tests.web.small import CODE, COUNT, count, imports, opening

FLOW = f"/c/{CODE}/enable"
DRY = f"{FLOW}/dry-run?connection=books"
MOVE = f"{FLOW}/move"


@pytest.fixture
def support(small: Site) -> Visitor:
    return small.visitor("support")


def steps(page: str) -> dict[str, str]:
    """Return how each step of the checklist stands: done, now or todo."""
    found = re.findall(r'<li class="(\w+)"[^>]*><span class="at"[^>]*>\d</span><h3><a href="[^"]*">([^<]*)</a>', page)
    return {title: state for state, title in found}


def open_step(page: str) -> str:
    (found,) = re.findall(r'<h2 id="step-h">([^<]*)</h2>', page)
    return str(found)


def test_the_steps_go_on_from_what_is_stored_whoever_stored_it(small: Site, support: Visitor) -> None:
    page = support.get(FLOW)
    assert open_step(page) == "Step 7 of 9: Opening values"
    assert list(steps(page).values()) == ["done"] * 6 + ["now", "todo", "done"]
    assert "Not ready yet" in page
    opening(small.hub, Meat="4812.37")
    assert open_step(support.get(FLOW)) == "Step 8 of 9: Dry run of the last count"
    imports(small.hub, "gl-accounts", [{"number": "5099", "name": "COGS Other", "kind": "cogs"}])
    imports(small.hub, "categories", [{"category": "Produce", "department": "Food", "cogs_account": "5099"}])
    page = support.get(FLOW)
    assert open_step(page) == "Step 5 of 9: Map GL Accounts"
    assert "GL Account 5099 COGS Other is not mapped" in words(page)
    (link,) = re.findall(r'href="([^"]*account-maps[^"]*gl_account=5099[^"]*)"', page)
    assert "Back to the steps" in support.told(link.replace("&amp;", "&"))


def test_a_step_that_is_done_or_comes_later_can_be_opened(support: Visitor) -> None:
    assert open_step(support.get(f"{FLOW}?step=chart")) == "Step 4 of 9: Import the chart of accounts"
    assert "needs no sign-in" in support.told(f"{FLOW}?step=sign_in")
    assert open_step(support.get(f"{FLOW}?step=access")) == "Step 9 of 9: Choose who may export"
    assert open_step(support.get(f"{FLOW}?step=nonsense")) == "Step 7 of 9: Opening values"
    support.get(f"{FLOW}?connection=nowhere", 404)


def test_opening_values_lead_back_to_the_steps(support: Visitor) -> None:
    (link,) = re.findall(r'href="([^"]*/export/opening[^"]*)"', support.get(f"{FLOW}?connection=books"))
    path = link.replace("&amp;", "&")
    assert f'<a class="button" href="{FLOW}?connection=books">Close</a>' in support.get(path)
    assert support.post(path, {"date": "2026-09-30", "carries": "nothing"}) == f"{FLOW}?connection=books"


def test_a_dry_run_shows_every_line_and_posts_nothing(small: Site, support: Visitor) -> None:
    opening(small.hub, Meat="4812.37")
    shown, offered = preview(small.hub, CODE, date.fromisoformat(COUNT), "books"), offered_counts(small.hub, CODE)
    page = support.post(DRY, status=200)
    told = words(page)
    assert "This count could be exported. Nothing was posted." in told
    assert f"{shown['debits'][:2]},{shown['debits'][2:]}" in told
    assert told.count("COGS Meat") == 2
    assert exports(small.hub, CODE) == []
    assert (preview(small.hub, CODE, date.fromisoformat(COUNT), "books"), offered_counts(small.hub, CODE)) == (
        shown,
        offered,
    )
    assert "Ready" in support.told(FLOW)
    assert "Not ready yet" not in support.told(FLOW)
    told = support.told(f"/c/{CODE}/audit")
    assert "Ran a dry run for books: nothing was posted" in told


def test_a_dry_run_counts_only_as_long_as_it_would_find_the_same(small: Site, support: Visitor) -> None:
    opening(small.hub)
    support.post(DRY, status=200)
    assert "Not ready yet" not in support.told(FLOW)
    count(small.hub, Meat="5120.06", Produce="988.40")
    told = support.told(FLOW)
    assert "changed since it was run: run it again" in told
    assert "Not ready yet" in told


def test_a_dry_run_that_finds_a_problem_leads_to_where_it_is_put_right(small: Site, support: Visitor) -> None:
    page = support.post(DRY, status=200)
    assert "This count could not be exported yet. Nothing was posted." in words(page)
    (link,) = re.findall(r'href="([^"]*/export/opening[^"]*)"', page)
    assert "site=DT" in link
    opening(small.hub)
    imports(small.hub, "account-map", [{"gl_account": "5020", "account_number": "1310"}])
    page = support.post(DRY, status=200)
    assert "could not be exported yet" in words(page)
    assert re.search(r"It found \d problems?", support.told(f"{FLOW}?step=dry_run"))


def test_without_a_count_there_is_nothing_to_try_and_the_page_says_so(small: Site, support: Visitor) -> None:
    opening(small.hub)
    count(small.hub, status="open", Meat="1.00")
    told = support.told(FLOW)
    assert "There is no approved count to try yet." in told
    assert "Why it was not run" in support.post(DRY, status=409)


def test_what_was_exported_needs_no_dry_run(small: Site, support: Visitor) -> None:
    opening(small.hub)
    made = export(small.hub, CODE, date.fromisoformat(COUNT))
    confirm(small.hub, CODE, made["export"])
    told = support.told(FLOW)
    assert "Exported since" in told
    assert "Not ready yet" not in told


def test_who_may_export_is_named_and_nobody_is_told_as_what_is_missing(small: Site, support: Visitor) -> None:
    assert "Administrator, Exporter" in support.told(f"{FLOW}?step=access")
    for name in ("administrator", "exporter"):
        people.take_access(small.hub, CODE, name)
    assert "Nobody in Small Plates may export yet; support may." in support.told(f"{FLOW}?step=access")


def test_a_company_without_a_connection_chooses_among_the_installed_connectors(small: Site, support: Visitor) -> None:
    add_company(small.hub, code="NEW", name="New Tables", currency="USD")
    assert support.get("/c/NEW/enable", 303) == ""
    told = support.told("/c/NEW/enable/new")
    assert "Makes files, which somebody imports there and then confirms here." in told
    assert "Reads the chart of accounts from a file that was exported there." in told
    assert "No sign-in." in told
    sent = {"connector": "csv_iif", "name": "books", "set:layout": "generic"}
    assert support.post("/c/NEW/enable/new", sent) == "/c/NEW/enable?connection=books"
    page = support.get("/c/NEW/enable?connection=books")
    assert open_step(page) == "Step 4 of 9: Import the chart of accounts"
    told = support.told("/c/NEW/enable?step=accounts")
    assert "There are no GL Accounts yet." in told
    assert "There are no sites yet." in support.told("/c/NEW/enable?step=sites")
    assert "The connection was not added" in support.post("/c/NEW/enable/new", sent, status=422)


def moving(small: Site) -> None:
    """Export the small company's count, and give it a second connection with a map of its own, and a newer count."""
    opening(small.hub)
    made = export(small.hub, CODE, date.fromisoformat(COUNT))
    confirm(small.hub, CODE, made["export"])
    add_connection(small.hub, CODE, connector="csv_iif", name="new", settings={"layout": "generic"})
    mapped = [
        {"gl_account": number, "account_number": number, "connection": "new"} for number in ("1310", "5010", "5020")
    ]
    imports(small.hub, "account-map", mapped)
    count(small.hub, "2026-11-30", Meat="100.00", Produce="50.00")


def test_a_move_to_other_books_is_shown_in_figures_and_then_is_exactly_that(small: Site, support: Visitor) -> None:
    moving(small)
    assert "What will happen is shown in figures first." in support.told(MOVE)
    page = support.get(f"{MOVE}?site=DT&to=new&how=other_books")
    told = words(page)
    assert "Downtown: 6,108.45 USD are closed in books on 31 Oct 2026." in told
    assert "Move and post 1 closing entry" in told
    assert len(exports(small.hub, CODE)) == 1
    assert waiting(small.hub, CODE) == []
    there = support.post(MOVE, filled(page))
    assert there == f"{FLOW}?connection=new"
    assert "Closing: EX" in support.told(there)
    (closing, _) = exports(small.hub, CODE)
    assert closing["kind"] == "closing"
    support.post(MOVE, {**filled(page), "shown": "0" * 64}, status=409)
    confirm(small.hub, CODE, closing["export"])
    assert "It is not known what the books carry for Downtown." in support.told(f"{there}&step=opening")


def test_a_move_within_the_same_books_posts_nothing_and_asks_once_more(small: Site, support: Visitor) -> None:
    moving(small)
    page = support.get(f"{MOVE}?site=DT&to=new&how=same_books")
    told = words(page)
    assert "6,108.45 USD stand in books. They stay there, and the next export to new reverses them once." in told
    assert "What is carried over for Downtown" in told
    support.post(MOVE, filled(page))
    assert len(exports(small.hub, CODE)) == 1
    told = support.told(f"{FLOW}?connection=new&step=opening")
    assert "Downtown moved here, and its inventory still stands in the books of books." in told
    assert "Sites whose inventory still stands elsewhere" in support.told(MOVE)


def test_figures_that_were_not_shown_are_not_moved(small: Site, support: Visitor) -> None:
    moving(small)
    page = support.get(f"{MOVE}?site=DT&to=new&how=other_books")
    told = words(support.post(MOVE, {**filled(page), "shown": "0" * 64}, status=409))
    assert "The figures have changed since they were shown." in told
    assert waiting(small.hub, CODE) == []
    assert len(exports(small.hub, CODE)) == 1
    support.post(MOVE, {**filled(page), "how": "neither"}, status=409)
    support.get(f"{MOVE}?site=NOWHERE&to=new&how=other_books", 404)


def test_a_connector_without_a_place_to_try_things_has_no_test_copy(support: Visitor) -> None:
    told = support.told(f"{FLOW}/test-copy")
    assert "has no place to try things out" in told
    assert "Open the dry run" in told
    refused = support.post(f"{FLOW}/test-copy", {"connection": "books", "environment": "local"}, status=409)
    assert "no place of its own" in words(refused)


def test_every_page_of_a_test_copy_says_so_and_it_is_never_where_somebody_is_led(small: Site, support: Visitor) -> None:
    add_company(small.hub, code="SMALL-TEST", name="Small Plates – Test", currency="USD", test_of=(CODE, "books"))
    for path in ("exports", "export", "reports/journal-adjustment", "imports", "enable/new", "audit"):
        page = support.get(f"/c/SMALL-TEST/{path}")
        assert re.search(r'class="company"[^>]*>Small Plates – Test</a>\s*<span class="badge warn">', page), path
        assert "· Test ·" in page.partition("</title>")[0], path
    assert "Test</span>" not in support.get(f"/c/{CODE}/exports")
    saved = [
        support.client.get(f"/c/{code}/imports/templates/counts").headers["content-disposition"]
        for code in (CODE, "SMALL-TEST")
    ]
    assert [re.findall(r'filename="([^"]+)"', each) for each in saved] == [["counts.csv"], ["TEST-counts.csv"]]
    people.add_person(small.hub, "tess", password="correct horse battery", full_name="Tess")
    people.give_access(small.hub, "SMALL-TEST", "tess", Role.ADMINISTRATOR)
    tess = small.visitor("tess")
    assert "Test" in tess.told("/"), "the only company of a person, and yet it is chosen by hand"


def test_a_connector_that_support_has_paused_is_not_ready_and_its_steps_can_be_taken_all_the_same(
    small: Site, support: Visitor
) -> None:
    opening(small.hub)
    support.post(DRY, status=200)
    assert "Not ready yet" not in support.told(FLOW)
    pause(small.hub, plugin_of(small.hub.registry, "csv_iif"), reason="It writes yesterday's date.", company=CODE)
    told = support.told(FLOW)
    assert "Not ready yet" in told
    assert "Paused by support: It writes yesterday's date." in told
    assert open_step(support.get(f"{FLOW}?step=accounts")) == "Step 5 of 9: Map GL Accounts"
