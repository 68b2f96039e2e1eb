"""Half a year of the demo company in QuickBooks: its trial balance is what the hub says, to the cent."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import httpx2
import pytest

from hub.demo.half_year import COUNT_DATES, DATA, REMAPPED_BEFORE, counts_file
from hub.service.companies import add_company
from hub.service.connecting.live_chart import read_chart
from hub.testing.clock import VirtualClock
from plugins.quickbooks.tests.house import QuickBooksHouse
from tests.conftest import SqliteDatabases
from tests.demo.home import Values, counted, opening

SET_UP = ("gl-accounts", "departments", "categories", "sites")
LATER = ("site-map", "opening", "transfers", "production")


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(values: Values) -> int:
    return int(sum(values.values()) * 100)


def brings(house: QuickBooksHouse, kind: str, name: str) -> None:
    house.imports(kind, *(DATA / name).read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def house(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickBooksHouse]:
    """The demo company after six exports to the sandbox, one of which lost its answer."""
    url, home = sqlite_databases.migrated(), tmp_path_factory.mktemp("half-a-year")
    house = QuickBooksHouse(url, home, clock=VirtualClock())
    add_company(house.hub, code=house.company, name="Demo", currency="USD")
    house.connect()
    for kind in SET_UP:
        brings(house, kind, f"{kind}.csv")
    read_chart(house.hub, house.company, "books")
    maps = (f"{row['gl_account']},{row['account_number']}" for row in rows("account-map.csv"))
    house.imports("account-map", "gl_account,account_number", *maps, connection="books")
    for kind in LATER:
        brings(house, kind, f"{kind}.csv")
    house.sets(production_variance="5090")
    for number, day in enumerate(COUNT_DATES):
        if day == REMAPPED_BEFORE:
            brings(house, "categories", "categories-remapped.csv")
        brings(house, "counts", counts_file(day))
        if number == 2:
            house.tell(fault="lost_answer")
        house.export(day.isoformat())
        house.settles()
    yield house
    house.close()


def test_every_month_is_posted_once(house: QuickBooksHouse) -> None:
    states = [row["state"] for row in house.query("SELECT state FROM export ORDER BY id")]
    assert states == ["POSTED"] * len(COUNT_DATES)
    references = [row["reference"] for row in house.query("SELECT reference FROM posting ORDER BY id")]
    assert sorted(journal.reference for journal in house.ledger.journals()) == sorted(references)


def test_the_trial_balance_is_the_sum_of_what_the_hub_froze(house: QuickBooksHouse) -> None:
    frozen: Counter[str] = Counter()
    for row in house.query("SELECT entry FROM posting"):
        for line in json.loads(row["entry"])["lines"]:
            amount = int(Decimal(line["amount"]) * 100)
            frozen[line["account_id"]] += amount if line["side"] == "debit" else -amount
    balances = house.ledger.company.books.trial_balance()
    assert sum(balances.values()) == 0
    assert {account: balance for account, balance in balances.items() if balance} == {
        account: amount for account, amount in frozen.items() if amount
    }
    assert len(frozen) > 10


def test_the_inventory_accounts_hold_the_last_count(house: QuickBooksHouse) -> None:
    """What the books carried at the opening was there before, so what was posted is the last count less that."""
    numbers = {account["Id"]: account.get("AcctNum", "") for account in house.ledger.company.accounts.values()}
    posted = sum(
        balance
        for account, balance in house.ledger.company.books.trial_balance().items()
        if numbers[account].startswith("13")
    )
    (carried,) = house.query("SELECT SUM(value) AS value FROM on_books WHERE state = 'live'")
    assert carried["value"] == cents(counted(COUNT_DATES[-1]))
    assert posted == carried["value"] - cents(opening())


def test_every_line_carries_its_class(house: QuickBooksHouse) -> None:
    classes = {
        line["JournalEntryLineDetail"].get("ClassRef", {}).get("name")
        for journal in house.ledger.company.journals.values()
        for line in journal["Line"]
    }
    assert classes == {"Commissary", "Downtown", "Harborside"}


def test_the_pages_of_the_sandbox_show_them(house: QuickBooksHouse) -> None:
    with httpx2.Client(base_url="http://127.0.0.1:9001", transport=house.ledger.transport()) as client:
        page = client.get("/_sandbox/ledger", headers={"Accept": "text/html"}).text
    assert all(journal.reference in page for journal in house.ledger.journals())
