"""The Journal Adjustment report in the browser: its figures are those of `hub report`, each down to what it is made of."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from hub.demo.loading import COMPANY
from hub.plugins import load as load_plugins
from hub.service import exporting
from hub.service.importing import import_rows
from hub.service.reporting import report
from hub.web.app import create_app
from hub.web.words import amount, change
from tests.web.conftest import NOW, Site, words

AT = "/c/DEMO/reports/journal-adjustment"
OCTOBER, SEPTEMBER = "2026-10-31", "2026-09-30"
MEAT = f"{AT}/{OCTOBER}/category?site=DT&category=Meat+and+Fish"


def figures(site: Site, day: str = OCTOBER, **more: Any) -> dict[str, Any]:
    """Return what `hub report --json` prints."""
    return dict(json.loads(json.dumps(report(site.hub, COMPANY, date.fromisoformat(day), **more))))


def rows(page: str, kind: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a page's tables of a class, as they are read at full width."""
    for table in re.findall(rf'<table class="{kind}">(.*?)</table>', page, re.DOTALL):
        shown = re.sub(r'<small class="(?:narrow-only|muted under)">.*?</small>', "", table, flags=re.DOTALL)
        for row in re.findall(r"<tr.*?>(.*?)</tr>", shown, re.DOTALL):
            cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
            yield [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in cells]


def links(page: str, within: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(rf'href="({re.escape(AT)}[^"]*{within}[^"]*)"', page)]


def add(site: Site, kind: str, *lines: dict[str, object]) -> None:
    result = import_rows(site.hub.database, COMPANY, kind, list(lines), actor="alice", now=NOW)
    assert result.stored, result.errors


def test_every_counted_date_is_listed_exported_or_not(site: Site) -> None:
    visitor = site.visitor("viewer")
    told = visitor.told(AT)
    assert "31 Oct 2026 Commissary, Downtown, Harborside Commissary, Downtown, Harborside Not exported" in told
    assert re.search(r"30 Sep 2026 .*? Posted EX\w+ 31 Aug 2026", told)
    assert visitor.client.get(f"{AT}?count={OCTOBER}&connection=books&site=DT").headers["location"] == (
        f"{AT}/{OCTOBER}?connection=books&site=DT"
    )
    assert "Journal Adjustment" in visitor.told("/c/DEMO/exports")


def test_a_long_list_of_dates_is_shown_a_page_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.web.editing.ROWS_OF_A_PAGE", 4)
    visitor = site.visitor("viewer")
    assert "1–4 of 6 Next" in visitor.told(AT)
    assert "Previous 5–6 of 6" in visitor.told(f"{AT}?page=2")
    assert "31 May 2026" in visitor.told(f"{AT}?page=2")


@pytest.mark.parametrize("day", [OCTOBER, SEPTEMBER])
def test_the_figures_are_those_of_the_command_line(site: Site, day: str) -> None:
    found, page = figures(site, day), site.visitor("viewer").get(f"{AT}/{day}")
    shown = list(rows(page, "changes"))
    for each in found["sites"]:
        for one in each["categories"]:
            cells = [one["category"], amount(one["prior"]), amount(one["current"]), change(one["change"])]
            assert cells in [row[:4] for row in shown]
    for name, total in [(f"{each['name']}, total", each) for each in found["sites"]] + [("All sites", found["totals"])]:
        cells = [name, amount(total["prior"]), amount(total["current"]), change(total["change"])]
        assert cells in [row[:4] for row in shown]
    lines = [line for entry in found["entries"] for line in entry["lines"]]
    ledger = [row for row in rows(page, "ledger") if len(row) >= 3]
    amounts = [amount(line["amount"]) for line in lines]
    for moved in ("transfers", "production"):
        amounts += [amount(line["amount"]) for line in found[moved]]
    assert sorted(row[1] or row[2] for row in ledger if row[1:3].count("") == 1) == sorted(amounts)
    assert [f"{len(lines)} lines", amount(found["debits"]), amount(found["credits"])] in [row[:3] for row in ledger]
    told = words(page)
    assert f"Total {len(lines)} {amount(found['debits'])} {amount(found['credits'])}" in told
    assert f"Audit trail: {found['audit_trail']}" in told


def test_a_report_says_whether_it_is_exported_and_what_was_amended_since(site: Site) -> None:
    visitor = site.visitor("viewer")
    assert "This count is not exported." in visitor.told(f"{AT}/{OCTOBER}")
    told = visitor.told(f"{AT}/{SEPTEMBER}")
    assert "Amended since the export: 2,945.34 → 2,894.59 (−50.75)" in told
    assert "by alice, 2 Nov 2026" in told
    assert "This count is not exported." not in told
    assert "Amended since the export: 2,945.34 → 2,894.59 (−50.75)" in visitor.told(MEAT.replace(OCTOBER, SEPTEMBER))


def test_every_line_and_category_leads_to_what_it_is_made_of(site: Site) -> None:
    visitor = site.visitor("viewer")
    page = visitor.get(f"{AT}/{OCTOBER}")
    made_of = dict.fromkeys(links(page, "/category"))
    found = figures(site)
    every = {(line["site"], line["category"]) for entry in found["entries"] for line in entry["lines"]}
    assert len(made_of) == len(every)
    for path in made_of:
        visitor.get(path)


def test_a_category_shows_its_lines_its_items_and_the_way_to_its_accounts(site: Site) -> None:
    add(site, "overrides", {"gl_account": "5010", "site": "DT", "override_account": "5020"})
    told = site.visitor("viewer").told(MEAT)
    assert "Meat and Fish, Downtown" in told
    assert "Prior, 30 Sep 2026 2,945.34 Current, 31 Oct 2026 2,335.13 Change −610.21 −20.7%" in told
    assert "Category Meat and Fish: GL Account 5010" in told
    assert "Override for Downtown: GL Account 5020" in told
    assert "GL Account Map: 5020 is 5020 " in told
    assert "Set by alice, 2 Nov 2026, 2:00 PM UTC, with the file account-map.csv." in told
    assert "30 Sep 2026 set by export EX" in told
    items = figures(site, items=True)["sites"][1]["categories"][0]["items"]
    assert f"{len(items)} items counted" in told
    assert f"Bacon thick cut Walk-in Walk-in lb 25 lb × 5.57 5.57 {items[1]['value']}" in told
    assert sum(Decimal(item["value"]) for item in items) == Decimal("2335.13")


def test_what_was_posted_is_shown_beside_what_the_set_up_says_since(site: Site) -> None:
    add(site, "overrides", {"gl_account": "5010", "site": "DT", "override_account": "5020"})
    told = site.visitor("viewer").told(MEAT.replace(OCTOBER, SEPTEMBER))
    assert "COGS account: posted to 5010 Cost of Goods Sold:Meat and Fish" in told
    assert "The set-up has changed since: the next export posts to 5020 " in told


def test_a_site_that_was_not_counted_shows_what_was_moved_to_it(site: Site) -> None:
    ham = {"item": "Ham", "category": "Meat and Fish", "quantity": "1", "value": "9.00"}
    add(site, "counts", {"count_date": "2026-11-30", "site": "DT", **ham})
    add(site, "transfers", {"transfer_id": "T-9", "date": "2026-11-20", "from_site": "DT", "to_site": "HB", **ham})
    told = site.visitor("viewer").told(f"{AT}/2026-11-30/category?site=HB&category=Meat+and+Fish")
    assert "not counted on this date" in told
    assert "Transfer T-9 20 Nov 2026 · Downtown → Harborside Ham" in told
    assert "items counted" not in told
    site.visitor("viewer").get(f"{AT}/2026-11-30/items.csv?site=HB&category=Meat+and+Fish", 404)
    site.visitor("viewer").get(f"{AT}/2026-11-30/category?site=HB&category=Spirits", 404)


def test_items_are_read_a_page_at_a_time_and_kept_whole(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.service.report_lines.ITEMS_OF_A_PAGE", 10)
    monkeypatch.setattr("hub.service.report_lines.ITEMS_AT_ONCE", 7)
    visitor = site.visitor("viewer")
    pages = [visitor.told(f"{MEAT}&page={number}") for number in (1, 2, 3, 4)]
    assert "1–10 of 22 Next" in pages[0]
    assert "Previous 11–20 of 22 Next" in pages[1]
    assert "Previous 21–22 of 22" in pages[2]
    assert pages[3] == pages[2]
    assert "Meat and Fish, all 3 pages 2,335.13" in pages[0]
    answer = visitor.client.get(MEAT.replace("category?", "items.csv?"))
    kept = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="items-2026-10-31-DT-Meat and Fish.csv"'
    )
    assert sum(Decimal(row["value"]) for row in kept) == Decimal("2335.13")
    assert len({row["item"] for row in kept}) == 22


def test_the_report_itself_reads_no_item(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> list[object]:
        raise AssertionError("an item was read")

    monkeypatch.setattr("hub.store.report_rows.ReportRows.items", refuse)
    monkeypatch.setattr("hub.store.report_line_rows.LineRows.items", refuse)
    visitor = site.visitor("viewer")
    assert "22 items" in visitor.told(f"{AT}/{OCTOBER}")
    visitor.client.get(f"{AT}/{OCTOBER}/report.csv")


def test_the_report_is_kept_as_csv_and_as_a_workbook(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = site.visitor("viewer")
    answer = visitor.client.get(f"{AT}/{OCTOBER}/report.csv")
    assert 'filename="journal-adjustment-2026-10-31-books.csv"' in answer.headers["content-disposition"]
    table = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    found = figures(site)
    assert {row["section"] for row in table} == {"adjustment", "journal", "audit"}
    assert sum(Decimal(row["debit"] or 0) for row in table) == Decimal(found["debits"])
    book = openpyxl.load_workbook(io.BytesIO(visitor.client.get(f"{AT}/{OCTOBER}/report.xlsx?items=yes").content))
    assert book.sheetnames == ["Adjustments", "Journal", "Items", "Audit"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    monkeypatch.setattr("hub.web.pages.reports.MOST_ITEMS", 50)
    refused = words(visitor.get(f"{AT}/{OCTOBER}/report.xlsx?items=yes", 409))
    assert "items were counted, and at most 50 go into one file." in refused
    assert "too many for one file" in visitor.told(f"{AT}/{OCTOBER}")


def test_the_report_of_one_site_has_that_site_alone(site: Site) -> None:
    visitor = site.visitor("viewer")
    page = visitor.get(f"{AT}/{OCTOBER}?site=DT")
    told = words(page.partition('class="criteria')[2] or page)
    own = next(each for each in figures(site)["sites"] if each["site"] == "DT")
    assert "Only Downtown is shown." in told
    assert f"Downtown, total {amount(own['prior'])}" in told
    assert "Harborside, total" not in told
    assert "Not balanced" not in told
    table = list(csv.DictReader(io.StringIO(visitor.get(f"{AT}/{OCTOBER}/report.csv?site=DT"), newline="")))
    assert {row["site"] for row in table} == {"DT", ""}
    visitor.get(f"{AT}/{OCTOBER}?site=none", 404)


@pytest.mark.parametrize("day", [OCTOBER, SEPTEMBER])
def test_who_may_see_some_sites_sees_nothing_of_the_others(site: Site, day: str) -> None:
    other = site.visitor("other site")
    found = figures(site, day)
    page = other.get(f"{AT}/{day}")
    told = words(page)
    assert "Sites that you do not have access to are left out" in told
    assert {each["name"] for each in found["sites"] if f"{each['name']}, total" in told} == {"Harborside"}
    foreign = {amount(each["current"]) for each in found["sites"] if each["site"] != "HB"} | {
        amount(found["totals"]["current"]),
        amount(found["debits"]),
    }
    assert not [each for each in foreign if each in told]
    assert "/c/DEMO/exports/" not in page
    assert not links(page, "site=DT")
    assert "Not balanced" not in told
    table = list(csv.DictReader(io.StringIO(other.get(f"{AT}/{day}/report.csv?items=yes"), newline="")))
    assert {row["site"] for row in table} == {"HB", ""}
    for path in ("category", "items.csv"):
        other.get(f"{AT}/{day}/{path}?site=DT&category=Wine", 404)
        other.get(f"{AT}/{day}/{path}?site=HB&category=Wine")
    other.get(f"{AT}/{day}?site=DT", 404)
    assert "Harborside Not exported" in other.told(AT)
    assert "Downtown" not in other.told(AT)


def test_who_sees_no_site_of_a_count_finds_no_report(site: Site) -> None:
    add(
        site,
        "counts",
        {"count_date": "2026-11-30", "site": "DT", "item": "Ham", "category": "Wine", "quantity": "1", "value": "9.00"},
    )
    site.visitor("other site").get(f"{AT}/2026-11-30", 404)
    site.visitor("viewer").get(f"{AT}/2026-11-30")
    assert "30 Nov 2026" not in site.visitor("other site").told(AT)


@pytest.mark.parametrize("day", ["2026-10-30", "20261031", "2026-W44-6", "tomorrow", "2026-13-01"])
def test_a_date_that_was_not_counted_has_no_report(site: Site, day: str) -> None:
    for page in (
        "",
        "/report.csv",
        "/report.xlsx",
        "/category?site=DT&category=Wine",
        "/items.csv?site=DT&category=Wine",
    ):
        site.visitor("viewer").get(f"{AT}/{day}{page}", 404)


@pytest.mark.parametrize("asked", ["", "site=DT", "category=Wine", "site=DT&category=none", "site=none&category=Wine"])
def test_a_figure_that_there_is_not_has_no_page(site: Site, asked: str) -> None:
    site.visitor("viewer").get(f"{AT}/{OCTOBER}/category?{asked}", 404)


def test_a_company_without_a_count_is_told_so(site: Site) -> None:
    assert "Nothing was counted yet" in site.visitor("other company").told("/c/OTHER/reports/journal-adjustment")


def test_an_exported_count_is_shown_though_its_connector_is_gone(site: Site) -> None:
    whole = site.visitor("viewer").told(f"{AT}/{SEPTEMBER}")
    site.app = create_app(replace(site.hub, registry=load_plugins(only=[])))
    figures = re.compile(r"[\d,]+\.\d\d")
    assert figures.findall(site.visitor("viewer").told(f"{AT}/{SEPTEMBER}")) == figures.findall(whole)


def test_an_export_leads_to_its_report_and_back(site: Site) -> None:
    code = str(exporting.exports(site.hub, COMPANY)[0]["export"])
    visitor = site.visitor("exporter")
    (path,) = links(visitor.get(f"/c/DEMO/exports/{code}"), SEPTEMBER)
    assert f'href="/c/DEMO/exports/{code}"' in visitor.get(path)
