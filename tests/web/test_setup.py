"""GL Accounts, categories, departments, overrides, Site Maps and settings through their pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.requests import Request

from hub.domain.access import Access, Role
from hub.service.auditing import listed
from hub.service.companies import company_settings
from hub.service.connections import add_connection
from hub.service.importing import import_rows
from hub.service.maps import site_maps
from hub.service.previewing import preview
from hub.service.scope import reading
from hub.service.set_up import categories, due_accounts, gl_account_list, overrides, sites
from hub.web.forms import query
from hub.web.options import WebOptions
from hub.web.remedies import remedies
from hub.web.routes import load_pages
from hub.web.visit import Visit
from tests.web.conftest import NOW, Site, words
from tests.web.filled import filled

GARBAGE = [
    "NaN",
    "1e400",
    "9" * 300,
    "\u202e",
    "<script>alert(1)</script>",
    "a\r\nb",
    "\u0007",
    "' OR 1=1 --",
    "-1",
    "ﷺ" * 201,
]
PAGES = (
    "setup/gl-accounts",
    "setup/categories",
    "setup/categories/departments",
    "setup/categories/overrides",
    "setup/site-maps",
    "settings/accounting",
    "settings/accounting/sites",
    "settings/accounting/due-accounts",
)


def change(site: Site, page: str, typed: Mapping[str, str], who: str = "administrator") -> None:
    visitor, path = site.visitor(who), f"/c/DEMO/{page}"
    assert visitor.post(path, filled(visitor.get(path)) | typed) == path


def newest(site: Site) -> tuple[str, str, list[dict[str, dict[str, str]]]]:
    entry = listed(site.hub, "DEMO", 1)[0]
    return entry["actor"], entry["subject"], entry["detail"].get("changes", [])


def everything(site: Site) -> object:
    """All that the pages set up, to see that nothing was stored."""
    with reading(site.hub, "DEMO") as rows:
        held = rows.setup
        return (
            held.gl_accounts, held.categories, held.sites, held.overrides, held.site_maps, held.due, held.settings,
            company_settings(site.hub, "DEMO"),
        )  # fmt: skip


def second_connection(site: Site) -> None:
    add_connection(site.hub, "DEMO", connector="csv_iif", name="airport", settings={})


def test_a_gl_account_is_added_renamed_and_removed_and_each_is_audited(site: Site) -> None:
    change(site, "setup/gl-accounts", {"new:number": "5140", "new:name": "COGS Tea", "new:kind": "cogs"})
    assert gl_account_list(site.hub, "DEMO").gl_accounts["5140"].name == "COGS Tea"
    change(site, "setup/gl-accounts", {"row:5140:name": "COGS Coffee and Tea"})
    told = [{"row": {"number": "5140"}, "before": {"name": "COGS Tea"}, "after": {"name": "COGS Coffee and Tea"}}]
    assert newest(site) == ("administrator", "gl-accounts", told)
    change(site, "setup/gl-accounts", {"remove:5140": "yes"})
    assert "5140" not in gl_account_list(site.hub, "DEMO").gl_accounts
    assert newest(site)[2][0]["after"] == {}


def test_a_gl_account_that_is_used_or_was_posted_to_stays(site: Site) -> None:
    change(site, "setup/categories", {"row:Beer:cogs_account": "5120"})
    change(site, "setup/account-maps", {"row:5110:account": ""})
    visitor = site.visitor("administrator")
    page = visitor.post("/c/DEMO/setup/gl-accounts", {"remove:5110": "yes", "remove:1310": "yes"}, status=422)
    assert "GL Account 5110 is in use, or was posted to, so it stays." in words(page)
    assert "GL Account 1310 is in use" in words(page)


def test_a_number_that_is_there_already_is_refused_and_the_rest_with_it(site: Site) -> None:
    visitor, before = site.visitor("administrator"), everything(site)
    typed = {"new:number": "5010", "new:name": "Again", "new:kind": "cogs"}
    page = visitor.post(
        "/c/DEMO/setup/gl-accounts", filled(visitor.get("/c/DEMO/setup/gl-accounts")) | typed, status=422
    )
    assert "There is one like this already." in words(page)
    assert 'value="Again"' in page
    assert everything(site) == before


def test_a_category_gets_accounts_of_its_own_moves_and_is_retired(site: Site) -> None:
    change(site, "setup/categories", {"row:Dairy:cogs_account": "5020", "row:Dairy:department": "Supplies"})
    dairy = next(each for each in categories(site.hub, "DEMO").categories if each.name == "Dairy")
    assert (dairy.department, dairy.asset, dairy.cogs) == ("Supplies", "", "5020")
    change(site, "setup/categories", {"retired:Dairy": "yes"})
    told = site.visitor("administrator").told("/c/DEMO/setup/categories?category=Dairy")
    assert "In use Retired" in told
    assert next(each for each in categories(site.hub, "DEMO").categories if each.name == "Dairy").retired
    assert listed(site.hub, "DEMO", 1)[0]["action"] == "retire category"
    change(site, "setup/categories", {"retired:Dairy": "no"})
    assert not next(each for each in categories(site.hub, "DEMO").categories if each.name == "Dairy").retired


def test_a_category_that_was_retired_meanwhile_is_not_brought_back_in_silence(site: Site) -> None:
    visitor = site.visitor("administrator")
    shown = filled(visitor.get("/c/DEMO/setup/categories"))
    change(site, "setup/categories", {"retired:Dairy": "yes"}, who="support")
    visitor.post("/c/DEMO/setup/categories", shown | {"row:Beer:cogs_account": "5120"})
    found = {each.name: each for each in categories(site.hub, "DEMO").categories}
    assert (found["Dairy"].retired, found["Beer"].cogs) == (True, "5120")
    page = visitor.post("/c/DEMO/setup/categories", shown | {"row:Dairy:cogs_account": "5120"}, status=422)
    assert "Dairy is retired. Bring it back first" in words(page)


def test_departments_and_categories_are_added_and_fall_back(site: Site) -> None:
    change(site, "setup/categories/departments", {"new:department": "Tea & Co", "new:asset_account": "1310"})
    change(site, "setup/categories", {"new:category": "Loose/leaf: 1", "new:department": "Tea & Co"})
    told = site.visitor("administrator").told("/c/DEMO/setup/categories?find=leaf")
    assert "Department’s: 1310 Food Inventory" in told
    assert "No account" in told
    change(site, "setup/categories", {"row:Loose%2Fleaf%3A 1:cogs_account".replace(" ", "%20"): "5050"})
    assert [each.cogs for each in categories(site.hub, "DEMO").categories if each.name == "Loose/leaf: 1"] == ["5050"]


def test_overrides_by_site_and_use_are_added_changed_and_removed(site: Site) -> None:
    page = "setup/categories/overrides"
    change(
        site, page, {"new:gl_account": "5010", "new:site": "HB", "new:use": "transfer", "new:override_account": "5020"}
    )
    assert overrides(site.hub, "DEMO").overrides == {("5010", "HB", "transfer"): "5020"}
    change(site, page, {"row:5010:HB:transfer:override_account": "5030"})
    assert newest(site)[2][0]["before"] == {"override_account": "5020"}
    change(site, page, {"row:5010:HB:transfer:override_account": ""})
    assert overrides(site.hub, "DEMO").overrides == {}
    visitor = site.visitor("administrator")
    same = {"new:gl_account": "5010", "new:override_account": "5010"}
    assert "same GL Account as the one it replaces" in words(visitor.post(f"/c/DEMO/{page}", same, status=422))


def test_site_maps_are_changed_emptied_and_added_to(site: Site) -> None:
    change(site, "setup/site-maps", {"row:HB:class:value": "", "row:DT:class:value": "Commissary"})
    values = site_maps(site.hub, "DEMO", "books").values
    assert (values.get(("HB", "class")), values["DT", "class"]) == (None, "Commissary")
    change(site, "setup/site-maps", {"new:site": "HB", "new:dimension": "region", "new:value": "North"})
    assert site_maps(site.hub, "DEMO", "books").values["HB", "region"] == "North"
    lines = preview(site.hub, "DEMO", date(2026, 10, 31))["entries"][0]["lines"]
    assert {line["dimensions"]["region"] for line in lines if "region" in line["dimensions"]} == {"North"}


def test_a_value_that_the_accounting_system_does_not_have_is_refused_beside_its_field(site: Site) -> None:
    visitor, before = site.visitor("administrator"), everything(site)
    shown = filled(visitor.get("/c/DEMO/setup/site-maps"))
    page = visitor.post("/c/DEMO/setup/site-maps", shown | {"row:HB:class:value": "Nowhere"}, status=422)
    assert 'id="row:HB:class:value-wrong"' in page
    assert everything(site) == before


def test_settings_are_saved_with_what_they_were(site: Site) -> None:
    change(site, "settings/accounting", {"mode": "automatic", "automatic_limit": "2500.00", "automatic_at": "06:30"})
    actor, subject, told = newest(site)
    assert (actor, subject) == ("administrator", "DEMO")
    assert {"row": {"setting": "mode"}, "before": {"value": "manual"}, "after": {"value": "automatic"}} in told
    change(site, "settings/accounting", {"time_zone": "America/New_York", "production_variance": "5110 COGS Beer"})
    held = company_settings(site.hub, "DEMO")
    assert (held["automatic_limit"], held["time_zone"], held["production_variance"]) == (
        "2500.00", "America/New_York", "5110",
    )  # fmt: skip


def test_automatic_without_a_limit_is_refused_beside_the_limit(site: Site) -> None:
    visitor = site.visitor("administrator")
    shown = filled(visitor.get("/c/DEMO/settings/accounting"))
    page = visitor.post("/c/DEMO/settings/accounting", shown | {"mode": "automatic"}, status=422)
    assert 'id="automatic_limit-wrong"' in page
    assert company_settings(site.hub, "DEMO")["mode"] == "manual"


def test_a_setting_that_somebody_else_changed_meanwhile_is_not_overwritten_in_silence(site: Site) -> None:
    visitor = site.visitor("administrator")
    shown = filled(visitor.get("/c/DEMO/settings/accounting"))
    change(site, "settings/accounting", {"mode": "paused"}, who="support")
    typed = shown | {"mode": "automatic", "automatic_limit": "10.00"}
    page = visitor.post("/c/DEMO/settings/accounting", typed, status=422)
    assert "support changed this meanwhile: it is now “Paused”" in words(page)
    assert company_settings(site.hub, "DEMO")["mode"] == "paused"
    visitor.post("/c/DEMO/settings/accounting", filled(page))
    assert company_settings(site.hub, "DEMO")["mode"] == "automatic"


def test_what_is_taken_away_stays_where_another_row_of_the_page_is_refused(site: Site) -> None:
    visitor, before = site.visitor("administrator"), everything(site)
    shown = filled(visitor.get("/c/DEMO/setup/site-maps"))
    half = {"row:HB:class:value": "", "new:site": "DT", "new:dimension": "region"}
    page = visitor.post("/c/DEMO/setup/site-maps", shown | half, status=422)
    assert "The value must be filled in." in words(page)
    assert everything(site) == before


def test_a_site_posts_to_another_connection_and_pairs_get_due_accounts(site: Site) -> None:
    second_connection(site)
    change(site, "settings/accounting/sites", {"row:HB:connection": "airport"})
    assert {each.code: each.connection for each in sites(site.hub, "DEMO").sites}["HB"] == "airport"
    at = "settings/accounting/due-accounts"
    change(site, at, {"row:books:airport:due_from": "1310", "row:books:airport:due_to": "5010"})
    assert due_accounts(site.hub, "DEMO").pairs["books", "airport"] == ("1310", "5010")
    visitor = site.visitor("administrator")
    half = filled(visitor.get(f"/c/DEMO/{at}")) | {"row:books:airport:due_to": ""}
    assert 'id="row:books:airport:due_to-wrong"' in visitor.post(f"/c/DEMO/{at}", half, status=422)
    change(site, at, {"row:books:airport:due_from": "", "row:books:airport:due_to": ""})
    assert due_accounts(site.hub, "DEMO").pairs["books", "airport"] is None


@pytest.mark.parametrize("page", PAGES)
def test_garbage_in_every_field_is_refused_beside_it_or_kept_as_a_name_and_never_runs(site: Site, page: str) -> None:
    second_connection(site)
    change(site, "setup/categories/overrides", {"new:gl_account": "5010", "new:override_account": "5020"})
    visitor, path = site.visitor("administrator"), f"/c/DEMO/{page}"
    shown, before = filled(visitor.get(path)), everything(site)
    for text in GARBAGE:
        typed = shown | {name: text for name in shown if not name.startswith("was:")}
        answer = visitor.post(path, typed, status=422)
        assert "-wrong" in answer
        assert "<script>alert" not in answer
        assert everything(site) == before


def elements(page: str) -> set[str]:
    """Every element with its attributes that a page has: what a name could add to, if it were not escaped."""
    return {re.sub(r'="[^"]*"', "", tag) for tag in re.findall(r"<[a-z][^>]*>", page)}


def test_every_naughty_name_is_shown_as_text_and_its_row_is_found_again(site: Site, shared: Path) -> None:
    naughty = json.loads((shared / "corpora" / "blns" / "blns.json").read_text("utf-8"))
    visitor, path = site.visitor("administrator"), "/c/DEMO/setup/categories"
    harmless = elements(visitor.get(path))
    kept = sorted({name.strip() for name in naughty if name.strip().isprintable() and 0 < len(name.strip()) <= 200})
    rows = [{"category": name, "department": "Food"} for name in kept[::4]]
    result = import_rows(site.hub.database, "DEMO", "categories", rows, actor="alice", now=NOW)
    assert result.stored, result.errors
    shown = visitor.get(path)
    assert elements(shown) <= harmless | {"<nav class aria-label>", "<a class href rel>"}
    typed = filled(shown)
    mine = [name for name in typed if name.startswith("row:") and name.endswith(":cogs_account")]
    visitor.post(path, typed | dict.fromkeys(mine, "5050"))
    of = {each.name: each.cogs for each in categories(site.hub, "DEMO").categories}
    assert len(mine) == 100
    assert {of[unquote(name.split(":")[1])] for name in mine} == {"5050"}


@pytest.mark.parametrize("page", PAGES)
def test_names_that_nobody_made_are_no_fields_of_a_page(site: Site, page: str) -> None:
    before = everything(site)
    forged = {
        "row:": "x",
        "row:a": "x",
        "row:a:b:c:d:e": "x",
        "row:5010:number": "x",
        "remove:": "yes",
        "retired:No": "yes",
    }
    visitor = site.visitor("administrator")
    answer = visitor.client.post(f"/c/DEMO/{page}", data={"csrf": visitor.token(), **forged, "was:retired:No": "no"})
    assert answer.status_code in (303, 422)
    assert everything(site) == before


@pytest.mark.parametrize("page", [*PAGES, "setup/exports-using"])
def test_who_may_not_set_up_finds_no_page(site: Site, page: str) -> None:
    for who in ("viewer", "exporter", "other company"):
        site.visitor(who).get(f"/c/DEMO/{page}", 404)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("unmapped_account", "GL Account Maps"),
        ("account_inactive", "GL Account Maps"),
        ("unmapped_category", "Categories and Departments"),
        ("dimension_missing", "Site Maps"),
        ("no_variance_account", "Company Settings - Accounting"),
        ("due_accounts_missing", "Company Settings - Accounting"),
        ("site_moved", "Move sites to another connection"),
    ],
)
def test_the_link_of_a_problem_leads_to_where_it_is_mended_and_back(site: Site, code: str, title: str) -> None:
    where = {"gl_account": "5010", "category": "Beer", "site": "HB"}
    problem = {"level": "problem", "code": code, "message": "This.", "fix": "Do that.", "where": where}
    entry = {"type": "http", "method": "GET", "path": "/c/DEMO/export/entry", "query_string": b"count=2026-10-31"}
    request = Request(entry | {"headers": [], "server": ("127.0.0.1", 8000), "scheme": "http"})
    visit = Visit(
        request=request,
        page=load_pages()[0],
        hub=site.hub,
        options=WebOptions(),
        session=None,
        company="DEMO",
        access=Access(role=Role.ADMINISTRATOR),
        query=query(request),
    )
    link = remedies(visit, [problem], connection="books", label="Books")[0].links[0]
    page = site.visitor("administrator").get(link.path)
    assert f"{title}</h1>" in page
    assert 'href="/c/DEMO/export/entry?count=2026-10-31"' in page


def test_500_departments_are_typed_into_and_one_is_chosen(site: Site) -> None:
    rows = [{"department": f"Department {number}"} for number in range(500)]
    import_rows(site.hub.database, "DEMO", "departments", rows, actor="alice", now=NOW)
    page = site.visitor("administrator").get("/c/DEMO/setup/categories")
    assert 'value="Department 499"' in page
    assert page.count("<option") < 2_000
    change(site, "setup/categories", {"row:Prep:department": "department 499"})
    assert [each.department for each in categories(site.hub, "DEMO").categories if each.name == "Prep"] == [
        "Department 499"
    ]
