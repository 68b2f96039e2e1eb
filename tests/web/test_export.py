"""Exporting in the browser: criteria, the entry with its problems and decisions, opening values, and what came of it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from hub.domain.access import Role
from hub.service import exporting, people
from hub.service.auditing import listed
from hub.service.companies import set_company
from hub.service.connections import add_connection
from hub.service.importing import import_rows
from tests.web.conftest import NOW, Site, Visitor, words
from tests.web.small import BOOKS, CODE, COUNT, ENTRY, count, imports, opening, produce

CRITERIA = f"/c/{CODE}/export"
OPENING = f"{CRITERIA}/opening?site=DT&count={COUNT}&connection={BOOKS}"


@pytest.fixture
def visitor(small: Site) -> Visitor:
    return small.visitor("administrator")


def held(page: str) -> str:
    """Return the hash that a page's form holds."""
    found = re.search(r'name="hash" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def ticks(page: str) -> list[str]:
    return re.findall(r'name="yes" value="(acknowledge=\w+)"', page)


def exported(visitor: Visitor, path: str = ENTRY, **more: object) -> str:
    """Open the entry, say yes to its warnings, and press Export; return the address of its progress."""
    page = visitor.get(path)
    return visitor.post(path, {"hash": held(page), "yes": ticks(page), **more})


def made(site: Site) -> list[dict[str, object]]:
    return exporting.exports(site.hub, CODE)


# Criteria


def test_the_last_count_date_is_chosen_and_next_leads_to_its_entry(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    count(small.hub, "2026-11-01", Meat="1.00")
    page = visitor.get(CRITERIA)
    assert re.findall(r'<option value="([\d-]+)"( selected)?>', page) == [("2026-11-01", " selected"), (COUNT, "")]
    assert "CSV - Inventory Adjustments Export" in words(page)
    assert "6,108.45" in words(page)
    assert "Next" in words(page)
    assert "Inventory Adjustments Export" in visitor.told(f"{ENTRY}")
    assert re.findall(r" selected>", visitor.get(f"{CRITERIA}?count={COUNT}")) == [" selected>"]


def test_an_address_without_a_count_date_leads_to_where_it_is_chosen(visitor: Visitor) -> None:
    for asked in ("", "?count=", "?count=31.10.2026", f"?count={COUNT}x"):
        answer = visitor.client.get(f"{CRITERIA}/entry{asked}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{CRITERIA}?connection={BOOKS}")
    visitor.get(f"{ENTRY.replace('=books', '=none')}", 404)
    assert visitor.post(f"{CRITERIA}/entry") == f"{CRITERIA}?connection={BOOKS}"


def test_a_company_without_a_connection_is_told_what_it_waits_for(site: Site) -> None:
    told = site.visitor("support").told("/c/OTHER/export")
    assert "No accounting system is connected yet" in told
    assert site.visitor("support").client.get("/c/OTHER/export/entry").headers["location"] == "/c/OTHER/export"


def test_an_empty_list_says_why_and_leads_to_what_to_do(site: Site) -> None:
    hub, visitor = site.hub, site.visitor("support")
    add_connection(hub, "OTHER", connector="csv_iif", name="books", settings={"layout": "generic"})

    def told(reason: str, *links: str) -> None:
        page = visitor.get("/c/OTHER/export")
        assert reason in words(page)
        assert "Next </button>" not in page
        for link in links:
            assert link in page
            visitor.get(
                next(found for found in re.findall(r'href="([^"]+)"', page) if link in found).replace("&amp;", "&")
            )

    def other(of: str, **row: str) -> None:
        result = import_rows(hub.database, "OTHER", of, [row], actor="alice", now=NOW)
        assert result.errors == ()

    told("No site posts to CSV yet", "/settings/accounting/sites?back=")
    other("sites", site="DT", name="Downtown", connection="books")
    told("No GL Account is mapped yet", "/setup/account-maps?connection=books&amp;back=")
    other("gl-accounts", number="1310", name="Food", kind="asset")
    other("gl-accounts", number="5010", name="COGS", kind="cogs")
    other("chart", number="1310", name="Food", kind="asset")
    other("departments", department="Food", asset_account="1310", cogs_account="5010")
    other("categories", category="Meat", department="Food")
    other("account-map", gl_account="1310", account_number="1310")
    told("There is no count yet", "/imports?kind=counts&amp;back=")
    assert "1 of 2 GL Accounts in use are mapped" in visitor.told("/c/OTHER/export")
    row = {"count_date": COUNT, "site": "DT", "item": "Beef", "category": "Meat", "quantity": "1", "value": "1.00"}
    other("counts", **row, status="open")
    told("No count is approved yet", "/imports?kind=counts")
    assert "31 Oct 2026 Downtown" in visitor.told("/c/OTHER/export")
    other("counts", **row)
    other("opening", date="2026-11-01", site="DT", value="0", category="")
    told("No approved count is newer than what the books carry already")


def test_where_every_count_is_exported_it_says_so_and_names_the_last_export(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    exported(visitor)
    count(small.hub, "2026-11-30", status="open", Meat="1.00")
    told = visitor.told(CRITERIA)
    assert "Nothing to export: every approved count is exported" in told
    assert "1 not approved" in told
    assert "30 Nov 2026 Downtown" in told
    assert f"/c/{CODE}/exports/{made(small)[0]['export']}" in visitor.get(CRITERIA)


def test_a_paused_company_says_so(small: Site, visitor: Visitor) -> None:
    set_company(small.hub, CODE, {"mode": "paused"})
    assert "Exporting is paused for this company" in visitor.told(CRITERIA)


def test_of_several_connections_one_is_chosen(small: Site, visitor: Visitor) -> None:
    add_connection(small.hub, CODE, connector="csv_iif", name="airport", settings={"layout": "xero"})
    page = visitor.get(CRITERIA)
    assert f'href="{CRITERIA}?connection=airport"' in page
    assert "Xero - Inventory Adjustments Export" in words(page)
    assert "No site posts to Xero yet" in visitor.told(f"{CRITERIA}?connection=airport")
    visitor.get(f"{CRITERIA}?connection=none", 404)


# Who may


def test_a_viewer_has_no_export_in_the_menu_and_no_page_of_it(small: Site) -> None:
    viewer = small.visitor("viewer")
    assert "Inventory Adjustments Export" not in viewer.get(f"/c/{CODE}/exports")
    for path in (CRITERIA, ENTRY, OPENING):
        viewer.get(path, 404)
    viewer.post(ENTRY, {"hash": "0" * 64}, status=404)
    viewer.post(OPENING, {"carries": "nothing", "date": "2026-09-30"}, status=404)
    assert made(small) == []


def test_who_sees_some_sites_exports_only_counts_of_those(small: Site) -> None:
    opening(small.hub)
    imports(small.hub, "sites", [{"site": "HB", "name": "Harborside", "connection": BOOKS}])
    people.give_access(small.hub, CODE, "exporter", Role.EXPORTER, ["HB"])
    other = small.visitor("exporter")
    told = other.told(CRITERIA)
    assert "The counts on offer include sites that you do not have access to" in told
    assert "Downtown" not in told
    for path in (ENTRY, OPENING):
        other.get(path, 404)
    other.post(ENTRY, {"hash": "0" * 64}, status=404)
    other.post(OPENING, {"carries": "nothing", "date": "2026-09-30"}, status=404)
    people.give_access(small.hub, CODE, "exporter", Role.EXPORTER, ["DT"])
    assert "31 Oct 2026 · Downtown" in words(other.get(CRITERIA))
    assert "Posted" not in other.told(exported(other))
    people.give_access(small.hub, CODE, "exporter", Role.EXPORTER, ["HB"])
    other.get(ENTRY, 404)
    other.get(f"{CRITERIA}/progress/{made(small)[0]['export']}", 404)
    other.get(f"/c/{CODE}/exports/{made(small)[0]['export']}/events", 404)


def test_a_transfer_from_a_site_that_one_may_not_see_keeps_the_whole_entry_from_them(small: Site) -> None:
    opening(small.hub)
    imports(small.hub, "sites", [{"site": "HB", "name": "Harborside", "connection": BOOKS}])
    imports(small.hub, "opening", [{"date": "2026-09-30", "site": "HB", "category": "", "value": "0"}])
    goods = {"item": "Beef", "category": "Meat", "quantity": "1", "value": "10.00"}
    imports(small.hub, "transfers", [{"transfer_id": "T", "date": COUNT, "from_site": "HB", "to_site": "DT", **goods}])
    page = small.visitor("administrator").get(ENTRY)
    people.give_access(small.hub, CODE, "exporter", Role.EXPORTER, ["DT"])
    other = small.visitor("exporter")
    other.get(ENTRY, 404)
    other.post(ENTRY, {"hash": held(page), "yes": ticks(page)}, status=404)
    assert made(small) == []


# Opening values


def test_the_first_export_asks_what_the_books_carry_and_comes_back(small: Site, visitor: Visitor) -> None:
    page = visitor.get(ENTRY)
    assert "Say what the books carry for it, once" in words(page)
    assert 'aria-disabled="true"' in page
    asked = next(each for each in re.findall(r'href="([^"]+)"', page) if "/opening" in each).replace("&amp;", "&")
    assert asked == OPENING.replace("?site=DT&", "?site=DT&")
    assert "5,120.05" in visitor.told(asked)
    typed = {"date": "2026-09-30", "carries": "values", "value:Meat": "4812.37", "value:Produce": ""}
    there = visitor.post(asked, typed)
    assert there == ENTRY
    told = visitor.told(there)
    assert "Stored: the books carry these values for Downtown, as of 30 Sep 2026." in told
    assert "Reverse ending inventory 2026-09-30 · Meat · Downtown" in told
    assert "Reverse ending inventory 2026-09-30 · Produce" not in told
    entry = next(each for each in listed(small.hub, CODE, 10) if each["subject"] == "opening")
    assert (entry["actor"], entry["action"]) == ("administrator", "import")


def test_that_the_books_carry_nothing_is_an_answer(small: Site, visitor: Visitor) -> None:
    there = visitor.post(OPENING, {"date": "2026-09-30", "carries": "nothing"})
    told = visitor.told(there)
    assert "the books carry nothing for Downtown" in told
    assert "Reverse" not in told
    exported(visitor)
    assert "are settled" in visitor.told(OPENING)
    assert visitor.post(f"{CRITERIA}/opening") == CRITERIA


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"date": ""}, "date", "Type the date"),
        ({"date": "yesterday"}, "date", "Type the date"),
        ({"date": COUNT}, "date", "could then not be exported"),
        ({"carries": ""}, "carries", "Choose one of the two"),
        ({"carries": "both"}, "carries", "Choose one of the two"),
        ({"value:Meat": ""}, "carries", "Type the value of each category"),
        ({"carries": "nothing"}, "carries", "Values are typed below"),
        ({"value:Meat": "1,234"}, "value:Meat", ""),
        ({"value:Meat": "12.345"}, "value:Meat", ""),
        ({"value:Meat": "<script>alert(1)</script>"}, "value:Meat", ""),
    ],
)
def test_what_is_wrong_with_opening_values_stands_beside_its_field(
    small: Site, visitor: Visitor, changes: dict[str, str], field: str, said: str
) -> None:
    typed = {"date": "2026-09-30", "carries": "values", "value:Meat": "10.00"} | changes
    page = visitor.post(OPENING, typed, status=422)
    assert f'id="{field}-wrong"' in page
    assert said in words(page)
    assert "<script>alert" not in page
    assert "opening_not_decided" not in page
    assert "Say what the books carry for it, once" in visitor.told(ENTRY)


def test_opening_values_are_corrected_until_the_first_export(small: Site, visitor: Visitor) -> None:
    visitor.post(OPENING, {"date": "2026-09-30", "carries": "values", "value:Meat": "1.00", "value:Produce": "2.00"})
    page = visitor.get(OPENING)
    assert 'value="1.00"' in page
    assert "Values as of 30 Sep 2026 are stored already" in words(page)
    visitor.post(OPENING, {"date": "2026-09-30", "carries": "values", "value:Meat": "3.00", "value:Produce": "0"})
    assert "3.00" in visitor.told(ENTRY)
    page = visitor.post(OPENING, {"date": "2026-09-29", "carries": "values", "value:Meat": "3.00"}, status=422)
    assert "A site has one opening date" in words(page)
    assert "rows imported" not in words(page)


def test_an_opening_value_without_a_mapped_account_leads_to_the_map(small: Site, visitor: Visitor) -> None:
    imports(small.hub, "gl-accounts", [{"number": "5099", "name": "COGS New", "kind": "cogs"}])
    imports(small.hub, "categories", [{**produce(), "cogs_account": "5099"}])
    typed = {"date": "2026-09-30", "carries": "values", "value:Produce": "1.00"}
    page = visitor.post(OPENING, typed, status=422)
    assert 'id="value:Produce-wrong"' in page
    assert f"/c/{CODE}/setup/account-maps?connection={BOOKS}&amp;back=" in page
    assert "a site that is not there" not in visitor.get(f"{CRITERIA}/opening?site=NO", 404)


# The entry


def test_every_line_stands_with_its_account_site_category_and_memo_and_the_totals_balance(
    small: Site, visitor: Visitor
) -> None:
    opening(small.hub, Meat="4812.37")
    page = visitor.get(ENTRY)
    rows = [words(f"<body>{row}").split() for row in re.findall(r'<tr class="pair.*?</tr>', page)]
    assert rows[0][:3] == ["5010", "COGS", "Meat"]
    told = words(page)
    assert "5010 COGS Meat Reverse ending inventory 2026-09-30 · Meat · Downtown 4,812.37 Downtown Meat" in told
    assert "Debits 10,920.82 , credits 10,920.82 USD Balanced" in told
    assert "Nothing stands in the way: 6 lines checked." in told
    assert "Export 6 lines" in told


def test_what_was_shown_is_exported_once_however_often_and_by_whom_it_is_pressed(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    page = visitor.get(ENTRY)
    there = visitor.post(ENTRY, {"hash": held(page)})
    assert there == f"{CRITERIA}/progress/{made(small)[0]['export']}"
    assert visitor.post(ENTRY, {"hash": held(page)}) == there
    second = small.visitor("exporter")
    assert second.post(ENTRY, {"hash": held(page)}) == there
    assert "administrator had exported it already" in second.told(there)
    assert len(made(small)) == 1
    shown = visitor.get(ENTRY)
    assert "This count is exported already." in words(shown)
    assert "Open its export" in words(shown)
    assert 'id="export"' not in shown


def test_figures_that_changed_meanwhile_are_shown_again_and_nothing_is_sent(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    before = held(visitor.get(ENTRY))
    count(small.hub, Meat="5000.00", Produce="988.40")
    page = visitor.post(ENTRY, {"hash": before}, status=409)
    assert "The figures have changed since you looked at them. Nothing was exported." in words(page)
    assert "5,000.00" in words(page)
    assert made(small) == []
    assert held(page) != before
    visitor.post(ENTRY, {"hash": held(page)})
    assert len(made(small)) == 1


@pytest.mark.parametrize("sent", ["", "0" * 64, "<script>alert(1)</script>"])
def test_an_export_without_the_hash_of_what_was_shown_is_refused(small: Site, visitor: Visitor, sent: str) -> None:
    opening(small.hub)
    page = visitor.post(ENTRY, {"hash": sent}, status=409)
    assert "Nothing was exported." in words(page)
    assert "<script>alert" not in page
    assert made(small) == []


def test_a_problem_blocks_export_is_refused_by_the_server_and_its_link_comes_back(
    small: Site, visitor: Visitor
) -> None:
    opening(small.hub)
    imports(small.hub, "gl-accounts", [{"number": "5099", "name": "COGS New", "kind": "cogs"}])
    imports(small.hub, "categories", [{**produce(), "cogs_account": "5099"}])
    page = visitor.get(ENTRY)
    assert 'aria-disabled="true" aria-describedby="why"' in page
    assert f'action="{ENTRY.replace("&", "&amp;")}#problems"' in page
    assert "Put 1 problem right to export." in words(page)
    assert '<a href="#line-1-4">4</a>' in page
    assert 'id="line-1-4"' in page
    refused = visitor.post(ENTRY, {"hash": held(page)}, status=409)
    assert "Nothing was exported. Put 1 problem right to export." in words(refused)
    assert made(small) == []
    for shown in (page, refused):
        (link,) = [each for each in re.findall(r'href="([^"]+)"', shown) if "gl_account=5099" in each]
        mended = visitor.get(link.replace("&amp;", "&"))
        assert f'href="{ENTRY.replace("&", "&amp;")}"' in mended


def test_a_warning_asks_for_a_tick_and_is_exported_with_it(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    count(small.hub, Meat="-5.00", Produce="988.40")
    page = visitor.get(ENTRY)
    assert "Answer 1 warning to export." in words(page)
    assert 'aria-disabled="true"' not in page
    assert ticks(page) == ["acknowledge=negative_value"]
    refused = visitor.post(ENTRY, {"hash": held(page)}, status=409)
    assert "Nothing was exported. Answer 1 warning to export." in words(refused)
    assert made(small) == []
    visitor.post(ENTRY, {"hash": held(page), "yes": ticks(page)})
    assert made(small)[0]["decisions"] == ["acknowledge=negative_value"]


def test_a_tick_stays_when_another_is_missing_and_goes_when_the_figures_changed(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    imports(small.hub, "sites", [{"site": "HB", "name": "Harborside", "connection": BOOKS}])
    count(small.hub, Meat="-5.00", Produce="988.40")
    page = visitor.get(ENTRY)
    negative = "acknowledge=negative_value"
    assert set(ticks(page)) == {negative, "acknowledge=site_not_counted"}
    kept = visitor.post(ENTRY, {"hash": held(page), "yes": negative}, status=409)
    assert f'value="{negative}" checked' in kept
    count(small.hub, Meat="-6.00", Produce="988.40")
    changed = visitor.post(ENTRY, {"hash": held(kept), "yes": ticks(page)}, status=409)
    assert " checked>" not in changed


def test_a_category_that_was_not_counted_is_decided_on_and_the_decision_taken_back(
    small: Site, visitor: Visitor
) -> None:
    opening(small.hub, Meat="1.00", Produce="2.00")
    count(small.hub, Meat="5.00")
    page = visitor.get(ENTRY)
    assert 'name="decide" value="zero=DT/Produce"' in page
    decided = f"{ENTRY}&decide=zero%3DDT%2FProduce"
    page = visitor.get(decided)
    assert "Produce at Downtown counts as zero. Take this back" in words(page)
    assert f'href="{ENTRY.replace("&", "&amp;")}"' in page
    visitor.post(decided, {"hash": held(page)})
    assert made(small)[0]["decisions"] == ["zero=DT/Produce"]


def test_counts_that_are_all_zero_are_marked_as_exported(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    count(small.hub, Meat="0.00", Produce="0.00")
    assert 'value="mark_exported=yes"' in visitor.get(ENTRY)
    there = exported(visitor, f"{ENTRY}&decide=mark_exported%3Dyes")
    assert "Marked as exported, without a journal." in visitor.told(there)
    assert "Nothing to export" in visitor.told(CRITERIA)
    assert "marked as exported without a journal" in visitor.told(ENTRY)


def test_a_decision_that_is_none_is_refused_in_words(small: Site, visitor: Visitor) -> None:
    assert "is not a decision" in words(visitor.get(f"{ENTRY}&decide=nonsense", 409))
    answer = visitor.client.get(f"{ENTRY}&date=2026-11-01")
    assert answer.headers["location"] == f"{ENTRY}&decide=date%3D2026-11-01"
    chosen = visitor.client.get(f"{ENTRY}&prior_account%3A1310=5010 COGS Meat")
    assert chosen.headers["location"] == f"{ENTRY}&decide=prior_account%3D1310%2F5010"


# What came of it


def test_the_file_is_downloaded_and_its_import_confirmed_from_the_result(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    there = exported(visitor)
    page = visitor.get(there)
    told = words(page)
    assert "File ready: import it into CSV, then confirm it here." in told
    (link,) = re.findall(r'href="([^"]+/files/[^"]+)"', page)
    assert visitor.client.get(link).text.startswith("entry,date,reference")
    assert "http-equiv" not in page
    (confirm,) = re.findall(r'action="([^"]+/confirm[^"]*)"', page)
    assert visitor.post(confirm) == there
    assert "Posted: you confirmed that the file was imported into CSV. 4 lines that balance." in visitor.told(there)


def test_a_file_that_waits_to_be_confirmed_leads_to_its_export_and_back(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    exported(visitor)
    count(small.hub, "2026-11-30", Meat="1.00", Produce="1.00")
    later = ENTRY.replace(COUNT, "2026-11-30")
    page = visitor.get(later)
    (link,) = [each.replace("&amp;", "&") for each in re.findall(r'href="([^"]+)"', page) if "/exports/EX" in each]
    history = visitor.get(link)
    assert "Back to the entry" in words(history)
    (confirm,) = re.findall(r'action="([^"]+/confirm[^"]*)"', history)
    there = visitor.post(confirm.replace("&amp;", "&"))
    assert f'href="{later.replace("&", "&amp;")}"' in visitor.get(there)


def test_an_undone_export_is_offered_and_exported_again(small: Site, visitor: Visitor) -> None:
    opening(small.hub)
    first = exported(visitor)
    code = str(made(small)[0]["export"])
    shown = visitor.get(f"/c/{CODE}/exports/{code}/undo")
    visitor.post(f"/c/{CODE}/exports/{code}/undo", {"hash": held(shown)})
    assert "Undone: nothing of it stands on the books." in visitor.told(first)
    second = exported(visitor)
    assert second != first
    assert [each["sequence"] for each in made(small)] == [2, 1]


def test_the_way_back_from_an_import_is_kept(small: Site, visitor: Visitor) -> None:
    back = ENTRY.replace("&", "%26").replace("?", "%3F").replace("=", "%3D")
    page = visitor.get(f"/c/{CODE}/imports?kind=counts&back={back}")
    (action,) = [each.replace("&amp;", "&") for each in re.findall(r'action="([^"]+/imports[^"]*)"', page)]
    rows = f"count_date,site,item,category,quantity,value\n{COUNT},DT,Beef,Meat,1,7.00\n".encode()
    stored = visitor.post(action, {"kind": "counts"}, files={"file": ("c.csv", rows, "text/csv")}, status=200)
    assert f'href="{ENTRY.replace("&", "&amp;")}"' in stored
    assert "Back to the entry" not in visitor.get(f"/c/{CODE}/imports?back=//elsewhere.example/export/entry")


def test_a_date_that_was_never_counted_is_not_offered(small: Site, visitor: Visitor) -> None:
    never = ENTRY.replace(COUNT, date(2026, 1, 1).isoformat())
    page = visitor.get(never)
    assert "Choose a date" in words(page)
    assert 'aria-disabled="true"' in page
    visitor.post(never, {"hash": held(page)}, status=409)
    assert made(small) == []
