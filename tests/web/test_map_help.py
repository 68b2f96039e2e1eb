"""Maps looked after on their pages: accounts that changed, suggestions up to a limit, copies of another company's, files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

import pytest
from sqlalchemy import event

from hub.demo.half_year import DATA
from hub.demo.loading import SETTINGS
from hub.service.auditing import listed
from hub.service.connections import add_connection
from hub.service.importing import import_file, import_rows
from hub.service.map_files import map_file
from hub.service.map_health import map_health
from hub.service.maps import account_maps
from tests.web.conftest import NOW, OTHER, Site, Visitor, words
from tests.web.filled import filled

MAPS = "/c/DEMO/setup/account-maps"
COPY = "/c/OTHER/setup/account-maps/copy"
FROM_DEMO = f"{COPY}?connection=ledger&from_company=DEMO&from_connection=books"


def mapped(site: Site, company: str = "DEMO", connection: str = "books") -> dict[str, str]:
    maps = account_maps(site.hub, company, connection)
    return {number: account.number for number, account in maps.mapped.items()}


def charted(site: Site, *rows: tuple[str, str, str, str], company: str = "DEMO", connection: str = "books") -> None:
    """Import accounts of a chart: number, name, kind, active."""
    found = [dict(zip(("number", "name", "kind", "active"), row, strict=True)) for row in rows]
    result = import_rows(site.hub.database, company, "chart", found, actor="alice", now=NOW, connection=connection)
    assert result.stored, result.errors


def unmapped(site: Site, *numbers: str) -> None:
    now = mapped(site)
    fields = {f"row:{number}:account": "" for number in numbers}
    was = {f"was:row:{number}:account": now[number] for number in numbers}
    site.visitor("support").post(MAPS, fields | was)


def other_books(site: Site) -> None:
    """Give the other company a connection through the same connector, with GL Accounts and a chart."""
    settings = {**SETTINGS, "layout": "generic"}
    add_connection(site.hub, OTHER, connector="csv_iif", name="ledger", settings=settings)
    for kind in ("gl-accounts", "chart"):
        result = import_file(site.hub.database, OTHER, kind, DATA / f"{kind}.csv", actor="alice", now=NOW)
        assert result.stored


@contextmanager
def counted(site: Site) -> Iterator[list[str]]:
    """Keep every statement that the database is asked."""
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(site.hub.database.engine, "before_cursor_execute", listen)
    yield said
    event.remove(site.hub.database.engine, "before_cursor_execute", listen)


def test_an_account_made_inactive_is_shown_with_what_it_touches_and_remapped_by_one_press(site: Site) -> None:
    visitor = site.visitor("administrator")
    assert "remapping" not in visitor.told(MAPS)
    charted(
        site,
        ("5120", "Cost of Goods Sold:Wine", "cogs", "no"),
        ("5125", "Cost of Goods Sold:Wines and Champagne", "cogs", "yes"),
    )
    page = visitor.get(MAPS)
    told = words(page)
    assert "1 GL Account needs remapping" in told
    assert "5120 COGS Wine : 5120 Cost of Goods Sold:Wine was made inactive. The export of 2026-10-31 needs it." in told
    assert "5125 Cost of Goods Sold:Wines and Champagne? 89 %" in told
    visitor.post(MAPS, filled(page) | {"accept": "all"})
    assert mapped(site)["5120"] == "5120", "a replacement is not among what is accepted all at once"
    visitor.post(MAPS, filled(page) | {"accept": "5120"})
    assert mapped(site)["5120"] == "5125"
    assert "remapping" not in visitor.told(MAPS)
    change = listed(site.hub, "DEMO", 1)[0]["detail"]["changes"][0]
    assert (change["before"]["account_number"], change["after"]["account_number"]) == ("5120", "5125")


def test_what_was_remapped_by_somebody_else_meanwhile_is_not_remapped_again(site: Site) -> None:
    charted(
        site,
        ("5120", "Cost of Goods Sold:Wine", "cogs", "no"),
        ("5125", "Cost of Goods Sold:Wines and Champagne", "cogs", "yes"),
    )
    one, other = site.visitor("administrator"), site.visitor("support")
    shown = filled(one.get(MAPS))
    other.post(MAPS, filled(other.get(MAPS)) | {"row:5120:account": "5110"})
    again = one.post(MAPS, shown | {"accept": "5120"}, status=422)
    assert "support changed this meanwhile" in words(again)
    assert mapped(site)["5120"] == "5110"


def test_a_renamed_account_is_kept_under_its_new_name(site: Site) -> None:
    charted(site, ("5020", "Cost of Goods Sold:Vegetables", "cogs", "yes"))
    visitor = site.visitor("administrator")
    page = visitor.get(MAPS)
    assert "1 account is called something else" in words(page)
    assert "5020 Cost of Goods Sold:Produce is called 5020 Cost of Goods Sold:Vegetables now." in words(page)
    visitor.post(MAPS, filled(page) | {"accept": "5020"})
    assert map_health(site.hub, "DEMO", "books").accounts == ()


def test_accept_all_stops_at_the_limit_which_can_be_set(site: Site) -> None:
    unmapped(site, "1310", "5050", "5130")
    visitor = site.visitor("administrator")
    told = visitor.told(f"{MAPS}?limit=95")
    assert "5050 Cost of Goods Sold:Other Food? 91 %" in told
    assert "Accept the" not in told
    page = visitor.get(f"{MAPS}?limit=90")
    assert "Accept the 2 suggestions of at least 90 %" in words(page)
    assert "1 other one is less likely: look at it." in words(page)
    visitor.post(f"{MAPS}?limit=90", filled(page) | {"accept": "all"})
    assert (mapped(site)["1310"], mapped(site)["5050"], "5130" in mapped(site)) == ("1310", "5050", False)


@pytest.mark.parametrize("limit", ["", "0", "101", "-1", "ten", "９０", "1e9", "9" * 400])
def test_a_limit_that_is_none_is_the_usual_one(site: Site, limit: str) -> None:
    unmapped(site, "1310", "5020")
    visitor = site.visitor("administrator")
    page = visitor.get(f"{MAPS}?limit={quote(limit)}")
    assert "Accept the 2 suggestions of at least 88 %" in words(page)
    sent = filled(page) | {"accept": "all", "limit": limit, "sure:5020": limit or "x"}
    visitor.post(MAPS, sent)
    assert (mapped(site)["1310"], "5020" in mapped(site)) == ("1310", limit in ("101",))


def test_maps_are_copied_from_a_company_with_the_same_connector_after_a_look(site: Site) -> None:
    other_books(site)
    charted(
        site,
        ("5020", "Cost of Goods Sold:Vegetables", "cogs", "yes"),
        ("5120", "Cost of Goods Sold:Wine", "cogs", "no"),
        company=OTHER,
        connection="ledger",
    )
    visitor = site.visitor("support")
    assert "Larkspur Table Group , books books 16" in visitor.told(f"{COPY}?connection=ledger")
    page = visitor.get(FROM_DEMO)
    told = words(page)
    assert "14 maps to take" in told
    assert "2 maps left out" in told
    assert "No account here has the number and name of 5020 Cost of Goods Sold:Produce." in told
    assert "5120 Cost of Goods Sold:Wine cannot be posted to here." in told
    assert mapped(site, OTHER, "ledger") == {}
    ticked = filled(page)
    del ticked["take:6210"]
    visitor.post(FROM_DEMO, ticked)
    taken = mapped(site, OTHER, "ledger")
    assert (len(taken), taken["5130"], "6210" in taken) == (13, "5110", False)
    copied = next(entry for entry in listed(site.hub, OTHER, 3) if entry["action"] == "copy maps")
    assert copied["subject"] == "ledger"
    assert copied["detail"] == {"from_company": "DEMO", "from_connection": "books", "taken": 13, "left_out": 3}
    again = visitor.told(FROM_DEMO)
    assert "1 map to take" in again
    assert "It is mapped to 1310 Inventory:Food already." in again
    assert "Copied GL Account Maps of another company to ledger" in visitor.told("/c/OTHER/audit")


def test_what_was_mapped_meanwhile_keeps_a_copy_out(site: Site) -> None:
    other_books(site)
    visitor = site.visitor("support")
    ticked = filled(visitor.get(FROM_DEMO))
    row = [{"gl_account": "5010", "account_number": "5020"}]
    assert import_rows(site.hub.database, OTHER, "account-map", row, actor="bob", now=NOW).stored
    visitor.post(FROM_DEMO, ticked)
    taken = mapped(site, OTHER, "ledger")
    assert (taken["5010"], len(taken)) == ("5020", 16)


def test_only_companies_that_a_person_may_set_up_are_offered_and_read(site: Site) -> None:
    other_books(site)
    stranger = site.visitor("other company")
    assert "There is no other company to copy from" in stranger.told(f"{COPY}?connection=ledger")
    stranger.get(FROM_DEMO, 404)
    stranger.post(FROM_DEMO, {"take:1310": "1310"}, status=404)
    assert mapped(site, OTHER, "ledger") == {}
    assert "OTHER" not in site.visitor("administrator").get(f"{MAPS}/copy?connection=books")


def test_maps_go_out_as_csv_and_come_in_again_without_a_change(site: Site) -> None:
    visitor = site.visitor("administrator")
    for kind, page, header in (
        ("account-map", MAPS, "gl_account,account_number,account_name,account_id,connection"),
        ("site-map", "/c/DEMO/setup/site-maps", "site,dimension,value,connection"),
    ):
        answer = visitor.client.get(f"{page}/file?connection=books")
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="{kind}-DEMO-books.csv"')
        assert answer.content.decode("utf-8-sig").splitlines()[0] == header
        files = {"file": ("maps.csv", answer.content, "text/csv")}
        told = words(visitor.post("/c/DEMO/imports", {"kind": kind}, files=files, status=200))
        assert "nothing was changed" in told


def test_a_map_file_of_one_company_sets_up_the_next_one_and_its_errors_are_those_of_every_import(site: Site) -> None:
    other_books(site)
    _, content = map_file(site.hub, "DEMO", "books", "account-map")
    visitor = site.visitor("support")
    bad = content.replace(b"books", b"ledger").replace(b"5120,5120", b"5120,512X")
    told = words(_sent(visitor, bad, 422))
    assert "unknown_account" in told or "has no account" in told
    assert mapped(site, OTHER, "ledger") == {}
    _sent(visitor, content.replace(b"books", b"ledger"), 200)
    assert mapped(site, OTHER, "ledger") == mapped(site)


def _sent(visitor: Visitor, content: bytes, status: int) -> str:
    files = {"file": ("maps.csv", content, "text/csv")}
    return visitor.post("/c/OTHER/imports", {"kind": "account-map"}, files=files, status=status)


def test_a_name_that_a_spreadsheet_would_compute_is_left_out_of_the_file_where_the_number_tells(site: Site) -> None:
    charted(site, ("1310", "=SUM(A1)", "asset", "yes"), ("", "@risk", "asset", "yes"))
    rows = [{"gl_account": "1310", "account_number": "1310", "account_name": "=SUM(A1)"}]
    assert import_rows(site.hub.database, "DEMO", "account-map", rows, actor="alice", now=NOW).stored
    _, content = map_file(site.hub, "DEMO", "books", "account-map")
    found = {row["gl_account"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}
    assert (found["1310"]["account_number"], found["1310"]["account_name"]) == ("1310", "")
    assert b"=SUM" not in content


def test_maps_of_an_imported_chart_are_checked_against_it(site: Site) -> None:
    visitor = site.visitor("administrator")
    assert "The chart that was imported was checked: every map is in order." in _checked(visitor)
    charted(site, ("5120", "Cost of Goods Sold:Wine", "cogs", "no"))
    assert "The chart that was imported was checked: 1 map needs a look." in _checked(visitor)


def _checked(visitor: Visitor) -> str:
    """Have the maps checked, and return what is told on the page that this leads to."""
    answer = visitor.client.post(f"{MAPS}/check?connection=books", data={"csrf": visitor.token()})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{MAPS}?connection=books")
    return unquote(answer.headers["set-cookie"])


def test_statements_do_not_grow_with_what_is_found(site: Site) -> None:
    charted(site, ("5020", "Cost of Goods Sold:Produce", "cogs", "no"))
    with counted(site) as of_one:
        assert len(map_health(site.hub, "DEMO", "books").accounts) == 1
    charted(site, *((number, "Closed", "cogs", "no") for number in ("5010", "5030", "5040", "5050", "5090", "5110")))
    with counted(site) as of_many:
        assert len(map_health(site.hub, "DEMO", "books").accounts) == 8
    assert len(of_many) == len(of_one)
