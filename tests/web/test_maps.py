"""GL Account Maps through their page: both ways round, by two people at once, and with anything typed into them."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest

from hub.api import Account
from hub.service.auditing import listed
from hub.service.importing import import_rows
from hub.service.maps import account_maps
from hub.service.previewing import preview
from tests.web.conftest import NOW, Site, words
from tests.web.filled import filled

MAPS = "/c/DEMO/setup/account-maps"
THEIRS = f"{MAPS}?view=accounts"
ENTRY = "/c/DEMO/export/entry?count=2026-10-31"
GARBAGE = [
    "NaN",
    "1e400",
    "9" * 300,
    "\u202eevil",
    "<script>alert(1)</script>",
    "5010\r\n5020",
    "' OR 1=1 --",
    "ﷺ" * 150,
]


def mapped(site: Site) -> dict[str, str]:
    return {number: account.number for number, account in account_maps(site.hub, "DEMO", "books").mapped.items()}


def unmap(site: Site, number: str) -> None:
    field = f"row:{number}:account"
    site.visitor("support").post(MAPS, {field: "", f"was:{field}": mapped(site)[number]})
    assert number not in mapped(site)


def codes(site: Site) -> set[str]:
    return {problem["code"] for problem in preview(site.hub, "DEMO", date(2026, 10, 31))["problems"]}


def test_a_map_set_through_the_link_of_a_problem_makes_it_vanish_and_is_audited(site: Site) -> None:
    unmap(site, "5010")
    assert "unmapped_account" in codes(site)
    link = f"{MAPS}?connection=books&gl_account=5010&back={quote(ENTRY, safe='')}"
    visitor = site.visitor("administrator")
    page = visitor.get(link)
    assert "Not mapped" in words(page)
    assert f'href="{ENTRY}"' in page
    assert next(name for name in filled(page) if name.startswith("was:")) == "was:row:5010:account"
    assert visitor.post(link, filled(page) | {"row:5010:account": "5010"}).endswith(f"back={quote(ENTRY, safe='')}")
    assert "unmapped_account" not in codes(site)
    newest = listed(site.hub, "DEMO", 1)[0]
    assert (newest["actor"], newest["subject"]) == ("administrator", "account-map")
    assert newest["detail"]["changes"][0]["row"] == {"connection": "books", "gl_account": "5010"}
    assert newest["detail"]["changes"][0]["before"] == {}
    assert newest["detail"]["changes"][0]["after"]["account_number"] == "5010"


def test_suggestions_are_accepted_one_by_one_or_all_at_once(site: Site) -> None:
    for number in ("1310", "5120"):
        unmap(site, number)
    visitor = site.visitor("administrator")
    page = visitor.get(MAPS)
    assert "1310 Inventory:Food?" in words(page)
    assert "99 % Same number 1310 and same name, both inventory assets." in words(page)
    visitor.post(MAPS, filled(page) | {"accept": "1310"})
    assert (mapped(site)["1310"], "5120" in mapped(site)) == ("1310", False)
    unmap(site, "1310")
    visitor.post(MAPS, filled(visitor.get(MAPS)) | {"accept": "all"})
    assert (mapped(site)["1310"], mapped(site)["5120"]) == ("1310", "5120")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_in_silence(site: Site) -> None:
    one, other = site.visitor("administrator"), site.visitor("support")
    shown = filled(one.get(MAPS))
    other.post(MAPS, filled(other.get(MAPS)) | {"row:5010:account": "5030"})
    again = one.post(MAPS, shown | {"row:5010:account": "5020", "row:5110:account": "5120"}, status=422)
    assert "support changed this meanwhile: it is now 5030 Cost of Goods Sold:Prepared Food" in words(again)
    assert (mapped(site)["5010"], mapped(site)["5110"]) == ("5030", "5110")
    one.post(MAPS, filled(again))
    assert (mapped(site)["5010"], mapped(site)["5110"]) == ("5020", "5120")


def test_who_changed_other_rows_does_not_stand_in_the_way(site: Site) -> None:
    one, other = site.visitor("administrator"), site.visitor("support")
    shown = filled(one.get(MAPS))
    other.post(MAPS, filled(other.get(MAPS)) | {"row:5010:account": "5030"})
    one.post(MAPS, shown | {"row:5110:account": "5120"})
    assert (mapped(site)["5010"], mapped(site)["5110"]) == ("5030", "5120")


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_beside_its_field_and_nothing_is_stored(site: Site, text: str) -> None:
    visitor, before = site.visitor("administrator"), mapped(site)
    typed = filled(visitor.get(MAPS)) | {"row:5010:account": text, "row:5110:account": "5120"}
    page = visitor.post(MAPS, typed, status=422)
    assert 'id="row:5010:account-wrong"' in page
    assert "<script>alert" not in page
    assert mapped(site) == before


def test_an_account_of_another_type_is_marked_and_inactive_ones_are_not_offered(site: Site) -> None:
    visitor = site.visitor("administrator")
    visitor.post(MAPS, {"row:5010:account": "1310", "was:row:5010:account": "5010"})
    told = visitor.told(f"{MAPS}?show=open")
    assert "5010 COGS Meat and Fish Other type: Asset" in told
    assert "5020 COGS Produce" not in told
    assert "1390 Inventory:Catering" not in told


def test_the_other_way_round_takes_off_adds_and_moves(site: Site) -> None:
    visitor = site.visitor("administrator")
    shown = filled(visitor.get(THEIRS))
    assert shown["keeps:5110:5130"] == "yes"
    refused = visitor.post(THEIRS, shown | {"adds:5120": "5130"}, status=422)
    assert "GL Account 5130 is mapped to 5110 Cost of Goods Sold:Beer and Spirits" in words(refused)
    assert mapped(site)["5130"] == "5110"
    del shown["keeps:5110:5130"]
    twice = visitor.post(THEIRS, shown | {"adds:5120": "5130", "adds:5020": "5130"}, status=422)
    assert "GL Account 5130 is added to more than one account." in words(twice)
    visitor.post(THEIRS, shown | {"adds:5120": "5130 COGS Spirits"})
    assert mapped(site)["5130"] == "5120"
    shown = filled(visitor.get(THEIRS))
    del shown["keeps:5120:5130"]
    visitor.post(THEIRS, shown)
    assert "5130" not in mapped(site)
    assert [entry["action"] for entry in listed(site.hub, "DEMO", 1)] == ["remove"]


def test_a_chart_of_5000_accounts_is_typed_into_and_turned_over(site: Site) -> None:
    rows = [{"number": str(number), "name": f"Account {number}", "kind": "cogs"} for number in range(10_000, 15_000)]
    import_rows(site.hub.database, "DEMO", "chart", rows, actor="alice", now=NOW, connection="books")
    visitor = site.visitor("administrator")
    page = visitor.get(MAPS)
    assert page.count("<option") < 5_200
    assert len(page) < 700_000
    visitor.post(MAPS, filled(page) | {"row:5010:account": "14999 Account 14999"})
    assert mapped(site)["5010"] == "14999"
    theirs = visitor.get(f"{THEIRS}&page=51")
    assert "5,001–5,022 of 5,022" in words(theirs)
    found = visitor.told(f"{THEIRS}&find=14999")
    assert "14999 Account 14999" in found
    assert "14998" not in found


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_leads_nowhere_else(site: Site, back: str) -> None:
    page = site.visitor("administrator").get(f"{MAPS}?back={quote(back, safe='')}")
    assert ">Back<" not in page
    assert f'href="{back}' not in page


def test_which_exports_used_something(site: Site) -> None:
    visitor = site.visitor("administrator")
    using = "/c/DEMO/setup/exports-using"
    every = visitor.told(f"{using}?account=5010&connection=books")
    assert "5 exports" in every
    assert "Exports that used Account 5010 Cost of Goods Sold:Meat and Fish" in every
    assert "5 exports" in visitor.told(f"{using}?gl_account=5010")
    assert "5 exports" in visitor.told(f"{using}?category=Meat+and+Fish")
    assert "5 exports" in visitor.told(f"{using}?site=HB")
    assert "No export used it" in visitor.told(f"{using}?gl_account=5050x")


def test_without_a_connection_or_a_chart_the_page_says_what_to_do(site: Site) -> None:
    assert "No accounting system is connected yet" in site.visitor("support").told("/c/OTHER/setup/account-maps")
    site.visitor("viewer").get(MAPS, 404)
    site.visitor("administrator").get(f"{MAPS}?connection=nowhere", 404)


def test_a_suggestion_needs_a_fitting_type() -> None:
    from hub.api import AccountKind
    from hub.domain.setup import GlAccount
    from hub.service.setup_suggestions import suggestions

    gl = GlAccount(number="5010", name="COGS Meat", kind=AccountKind.COGS)
    wrong = Account(id="1", number="5010", name="Meat", kind=AccountKind.ASSET)
    alike = Account(id="2", number="7", name="Cost of Goods:Meat", kind=AccountKind.EXPENSE)
    assert suggestions([gl], [wrong]) == {}
    assert suggestions([gl], [wrong, alike])["5010"].account is alike
