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
from plugins.netsuite.tests.house import SUBSIDIARY, NetSuiteHouse
from tests.conftest import SqliteDatabases

SITES = ("CK", "DT", "HB")
FILES = ("gl-accounts", "departments", "categories", "sites")
LATER = ("opening", "transfers", "production")


def imports(house: NetSuiteHouse, kind: str, name: str) -> None:
    path = DATA / name
    result = import_file(house.database, "DEMO", kind, path, actor="alice", now=house.clock.now())
    assert result.errors == (), result.errors


def moved_in(house: NetSuiteHouse) -> None:
    """Set the demo company up with its books in the sandbox, each site in the subsidiary of the West."""
    add_company(house.hub, code="DEMO", name="Larkspur Table Group", currency="USD")
    house.connect()
    for kind in FILES:
        imports(house, kind, f"{kind}.csv")
    read_chart(house.hub, "DEMO", "books")
    mapped = [line.split(",")[:2] for line in (DATA / "account-map.csv").read_text().splitlines()[1:]]
    house.imports("account-map", "gl_account,account_number", *(",".join(pair) for pair in mapped))
    house.imports("site-map", "site,dimension,value", *(f"{site},subsidiary,{SUBSIDIARY}" for site in SITES))
    for kind in LATER:
        imports(house, kind, f"{kind}.csv")
    set_company(house.hub, "DEMO", {"production_variance": "5090"})


def standing_lines(house: NetSuiteHouse) -> dict[str, Decimal]:
    """Return what the hub itself says that it posted, by account: the frozen lines of all that is posted."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in house.query("SELECT entry FROM posting WHERE state = 'POSTED'"):
        for line in json.loads(row["entry"])["lines"]:
            amount = Decimal(line["amount"])
            sums[line["account_number"]] += amount if line["side"] == "debit" else -amount
    return {account: amount for account, amount in sums.items() if amount}


def test_six_months_in_the_sandbox_are_the_hubs_own_figures_to_the_cent(
    databases: SqliteDatabases, tmp_path: Path
) -> None:
    house = NetSuiteHouse(databases.migrated(), tmp_path)
    house.company = "DEMO"
    moved_in(house)
    for count_date in COUNT_DATES:
        if count_date == REMAPPED_BEFORE:
            imports(house, "categories", "categories-remapped.csv")
        imports(house, "counts", counts_file(count_date))
        house.clock.advance(86_400)
        made = export(house.hub, "DEMO", count_date)
        assert made["state"] == "POSTED", made["problems"]
    company = house.local.site.company
    balances = company.books[company.base_currency().id].trial_balance()
    there = {account: from_minor(minor, "USD") for account, minor in balances.items() if minor}
    assert there == standing_lines(house)
    assert sum(there.values()) == 0
    assert len(company.journals) == len(house.query("SELECT id FROM posting")) >= len(COUNT_DATES)
    assert {company.subsidiaries[each.subsidiary].name for each in company.journals.values()} == {SUBSIDIARY}
    assert house.check() == []
    house.close()
