"""The demo company's half year, posted to the sandbox month by month: its trial balance is the hub's own, to the cent."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from hub.api import from_minor
from hub.demo.half_year import COUNT_DATES, DATA, REMAPPED_BEFORE, counts_file
from hub.service.companies import add_company, set_company
from hub.service.connecting.live_chart import read_chart
from hub.service.exporting import export
from hub.service.importing import import_file
from plugins.xero.tests.house import XeroHouse, standing_lines
from tests.conftest import SqliteDatabases

SITES = {"CK": "Commissary", "DT": "Downtown", "HB": "Harborside"}
FILES = ("gl-accounts", "departments", "categories", "sites")
LATER = ("opening", "transfers", "production")


def imports(house: XeroHouse, kind: str, name: str) -> None:
    path = DATA / name
    result = import_file(house.database, "DEMO", kind, path, actor="alice", now=house.clock.now())
    assert result.errors == (), result.errors


def moved_in(house: XeroHouse) -> None:
    """Set the demo company up with its books in the sandbox, each site with its option of the tracking category Region."""
    add_company(house.hub, code="DEMO", name="Larkspur Table Group", currency="USD")
    house.connect()
    for kind in FILES:
        imports(house, kind, f"{kind}.csv")
    read_chart(house.hub, "DEMO", "books")
    mapped = [line.split(",")[:2] for line in (DATA / "account-map.csv").read_text().splitlines()[1:]]
    house.imports("account-map", "gl_account,account_number", *(",".join(pair) for pair in mapped))
    house.imports("site-map", "site,dimension,value", *(f"{site},Region,{option}" for site, option in SITES.items()))
    for kind in LATER:
        imports(house, kind, f"{kind}.csv")
    set_company(house.hub, "DEMO", {"production_variance": "5090"})


def counted_now(house: XeroHouse) -> dict[str, Decimal]:
    """Return what the hub's own books carry by asset account, less the opening values, which were in the books before."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    query = "SELECT value, asset_account, set_by, state FROM on_books WHERE state = 'live' OR set_by IS NULL"
    for row in house.query(query):
        number = json.loads(row["asset_account"])["number"]
        amount = from_minor(row["value"], "USD")
        sums[number] += amount if row["state"] == "live" else Decimal(0)
        sums[number] -= amount if row["set_by"] is None else Decimal(0)
    return {number: amount for number, amount in sums.items() if amount}


def test_six_months_in_the_sandbox_are_the_hubs_own_figures_to_the_cent(
    databases: SqliteDatabases, tmp_path: Path
) -> None:
    house = XeroHouse(databases.migrated(), tmp_path)
    house.company = "DEMO"
    moved_in(house)
    for count_date in COUNT_DATES:
        if count_date == REMAPPED_BEFORE:
            imports(house, "categories", "categories-remapped.csv")
        imports(house, "counts", counts_file(count_date))
        house.clock.advance(86_400)
        made = export(house.hub, "DEMO", count_date)
        assert made["state"] == "POSTED", made["problems"]
    there = {
        account: from_minor(minor, "USD") for account, minor in house.local.us.books.trial_balance().items() if minor
    }
    hub = {account: amount for account, amount in standing_lines(house).items() if amount}
    assert there == hub
    assert sum(there.values()) == 0
    assert {account: there.get(account, Decimal(0)) for account in counted_now(house)} == counted_now(house)
    assert len(counted_now(house)) >= len(SITES)
    assert len(house.local.us.journals) == len(house.query("SELECT id FROM posting")) >= len(COUNT_DATES)
    options = {
        option.name for each in house.local.us.journals.values() for line in each.lines for _, option in line.tracked
    }
    assert options == set(SITES.values())
    assert house.check() == []
    house.close()
