"""The demo company's half year in a real Tryton: its trial balance, the hub's reports and Beancount agree to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import pytest

from hub.demo.half_year import COUNT_DATES, DATA, OPENING_DATE, REMAPPED_BEFORE, counts_file
from hub.service import exporting
from hub.service.companies import add_company, set_company
from hub.service.connecting.live_chart import read_chart
from hub.service.connections import add_connection
from hub.service.importing import import_file
from hub.service.reporting import report
from tests.posting.house import Document
from tests.real.ledger import Ledger
from tests.tryton.house import TrytonHouse

SET_UP = ("gl-accounts", "departments", "categories", "sites")
LATER = ("opening", "transfers", "production")
IN_TRYTON, IN_FILES = "DEMO", "FILES"
SEVERAL = 10


def imports(house: TrytonHouse, company: str, kind: str, name: str) -> None:
    result = import_file(house.database, company, kind, DATA / name, actor="alice", now=house.clock.now())
    assert result.errors == (), result.errors


def moved_in(house: TrytonHouse, company: str) -> None:
    """Set the demo company up, with its books in Tryton or in files that somebody imports elsewhere."""
    house.company = company
    add_company(house.hub, code=company, name="Larkspur Table Group", currency="USD")
    if company == IN_TRYTON:
        house.connect()
    else:
        settings = {"layout": "generic", "currency": "USD"}
        add_connection(house.hub, company, connector="csv_iif", name="books", settings=settings)
    for kind in SET_UP:
        imports(house, company, kind, f"{kind}.csv")
    if company == IN_TRYTON:
        read_chart(house.hub, company, "books")
        mapped = [line.split(",")[:2] for line in (DATA / "account-map.csv").read_text().splitlines()[1:]]
        house.imports("account-map", "gl_account,account_number", *map(",".join, mapped))
    else:
        imports(house, company, "chart", "chart.csv")
        imports(house, company, "account-map", "account-map.csv")
    for kind in LATER:
        imports(house, company, kind, f"{kind}.csv")
    set_company(house.hub, company, {"production_variance": "5090"})


def exported(house: TrytonHouse, company: str, count_date: date) -> list[bytes]:
    """Count and export a month-end, and return the files that came of it."""
    if count_date == REMAPPED_BEFORE:
        imports(house, company, "categories", "categories-remapped.csv")
    imports(house, company, "counts", counts_file(count_date))
    made = exporting.export(house.hub, company, count_date)
    if made["state"] != "FILE_READY":
        assert made["state"] == "POSTED", made["problems"]
        return []
    files = exporting.files(house.hub, company, made["export"], None, house.hub.home / f"files-{count_date}")
    exporting.confirm(house.hub, company, made["export"])
    return [file.read_bytes() for file in files]


def reported(house: TrytonHouse) -> list[Document]:
    """Return the entries of the Journal Adjustment reports of all month-ends."""
    return [entry for day in COUNT_DATES for entry in report(house.hub, IN_TRYTON, day, "books")["entries"]]


def balances(entries: Iterable[Document]) -> dict[str, Decimal]:
    """Return what entries of reports add up to by account, debit positive."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in (line for entry in entries for line in entry["lines"]):
        sums[line["account_number"]] += Decimal(line["amount"]) * (1 if line["side"] == "debit" else -1)
    return {account: amount for account, amount in sums.items() if amount}


def read_by_beancount(files: Iterable[bytes], kinds: Mapping[str, str]) -> dict[str, Decimal]:
    """Return what Beancount makes of generic files, by account; it finds nothing wrong with them."""
    ledger = Ledger(kinds, OPENING_DATE)
    ledger.add(list(files))
    assert ledger.complaints() == []
    return {account: amount for account, amount in ledger.balances().items() if amount}


@pytest.mark.soak
def test_six_months_in_tryton_are_the_reports_and_beancounts_figures_to_the_cent(house: TrytonHouse) -> None:
    files: list[bytes] = []
    for company in (IN_TRYTON, IN_FILES):
        moved_in(house, company)
    for count_date in COUNT_DATES:
        house.clock.advance(86_400)
        for company in (IN_TRYTON, IN_FILES):
            files += exported(house, company, count_date)
    in_tryton, entries = house.server.trial_balance(), reported(house)
    kinds = {row[0]: row[2] for row in (line.split(",") for line in (DATA / "chart.csv").read_text().splitlines()[1:])}
    assert in_tryton == balances(entries) == read_by_beancount(files, kinds)
    assert sum(in_tryton.values()) == 0
    assert len(in_tryton) > SEVERAL
    moves = house.server.moves()
    assert {move.state for move in moves} == {"posted"}
    assert sorted(move.reference for move in moves) == sorted({entry["reference"] for entry in entries})
    assert len(moves) == len(entries) >= len(COUNT_DATES)
    house.company = IN_TRYTON
    assert house.check() == []
