"""Real kitchens, from their inventories to journals in every layout, checked by a ledger that is not the hub's."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub import plugins
from hub.plugins import Registry
from hub.service.context import Hub
from plugins.csv_iif.tests.readers import ReadJournal, read, runs_as_formula, text_cells_of
from tests.conftest import SqliteDatabases
from tests.real.books import LAYOUTS, Books, opened
from tests.real.charts import Account, chart_rows, gl_account_rows, map_rows, six_digits, without_numbers
from tests.real.kitchens import (
    BEFORE,
    CENT,
    FIRST,
    KITCHENS,
    SECOND,
    Kitchen,
    count_rows,
    csce331,
    production_rows,
    varsys,
)
from tests.real.ledger import Ledger

AGREED = ("acknowledge=negative_value", "acknowledge=text_altered")
BY_NAME = ("iif", "quickbooks-online", "netsuite", "generic")
BY_NUMBER = ("xero", "sage-intacct", "sage-50")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The connectors that are installed."""
    return plugins.load()


@pytest.fixture
def hub(database_url: str, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """An empty hub, on SQLite and on PostgreSQL."""
    with opened(database_url, tmp_path, registry) as hub:
        yield hub


@pytest.fixture
def small_hub(sqlite_databases: SqliteDatabases, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """An empty hub on SQLite alone."""
    with opened(sqlite_databases.migrated(), tmp_path, registry) as hub:
        yield hub
    sqlite_databases.drop()


@pytest.fixture(scope="session")
def data(shared: Path) -> Path:
    """The kitchens' files."""
    return shared / "data"


def set_up(books: Books, kitchen: Kitchen, chart: list[Account]) -> None:
    """Import everything but the counts."""
    books.imported("gl-accounts", gl_account_rows(kitchen))
    accounts = {"asset_account": kitchen.asset_of[""], "cogs_account": kitchen.cogs_of[""]}
    books.imported("departments", [{"department": "Kitchen", **accounts}])
    books.imported(
        "categories",
        [
            {
                "category": category,
                "department": "Kitchen",
                "asset_account": kitchen.asset_of.get(category, ""),
                "cogs_account": kitchen.cogs_of.get(category, ""),
            }
            for category in kitchen.categories
        ],
    )
    books.imported("sites", [{"site": "K", "name": "The Kitchen"}])
    books.imported("chart", chart_rows(chart))
    books.imported("account-map", map_rows(kitchen, numbers=bool(chart[0].number)))
    opening = [{"category": category, "value": str(value)} for category, value in kitchen.opening.items()]
    opening = opening or [{"category": "", "value": "0"}]
    books.imported("opening", [{"date": str(BEFORE), "site": "K", **row} for row in opening])
    if kitchen.batches:
        books.imported("production", production_rows(kitchen))


def exported(books: Books, kitchen: Kitchen, day: date) -> dict[str, Any]:
    """Import a count, look at its preview, export what was seen, and confirm the file."""
    books.imported("counts", count_rows(kitchen, day))
    shown = books.preview(day, *AGREED)
    assert shown["balanced"]
    assert Decimal(shown["debits"]) > 0
    assert not [problem for problem in shown["problems"] if problem["blocking"]]
    made = books.export(day, *AGREED, seen=shown["hash"])
    assert made["state"] == "FILE_READY", made["problems"]
    books.confirm(made)
    return shown


def same_as_shown(journals: list[ReadJournal], shown: dict[str, Any]) -> None:
    """The files say what the preview showed, line by line."""
    for journal, entry in zip(journals, shown["entries"], strict=True):
        assert journal.reference == entry["reference"]
        assert str(journal.date) == entry["date"]
        amounts = [Decimal(one["amount"]) * (1 if one["side"] == "debit" else -1) for one in entry["lines"]]
        assert [line.amount for line in journal.lines] == amounts
        assert journal.sum == 0


def ledger_of(kitchen: Kitchen, chart: list[Account]) -> Ledger:
    """A ledger with the chart's accounts and what they carried before."""
    ledger = Ledger({one.number or one.name: one.kind for one in chart}, BEFORE)
    ledger.carries(BEFORE, kitchen.carried())
    return ledger


def test_the_kitchen_has_the_figures_that_its_files_are_known_for(data: Path) -> None:
    kitchen = varsys(data)
    assert len(kitchen.items) == 69
    assert len(kitchen.categories) == 17
    assert len(kitchen.batches) == 112
    assert {item.name for item in kitchen.items if item.quantity < 0} == {"Coffee powder"}
    assert kitchen.worth(FIRST) != kitchen.worth(SECOND)


@pytest.mark.parametrize("name", KITCHENS)
def test_two_counts_leave_each_asset_account_at_the_value_of_the_count(
    hub: Hub, data: Path, tmp_path: Path, name: str
) -> None:
    kitchen, chart = KITCHENS[name](data), six_digits(data)
    books, ledger = Books(hub, "generic"), ledger_of(kitchen, chart)
    set_up(books, kitchen, chart)
    for day in (FIRST, SECOND):
        exported(books, kitchen, day)
        ledger.add(books.files_of(books.exports()[0], tmp_path / str(day)))
        ledger.must_carry(day, kitchen.worth(day))
    assert ledger.complaints() == []
    assert set(ledger.sums()) == {Decimal(0)}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", KITCHENS)
def test_two_counts_are_in_the_files_of_every_layout_as_they_were_shown(
    small_hub: Hub, data: Path, tmp_path: Path, name: str, layout: str
) -> None:
    kitchen = KITCHENS[name](data)
    books = Books(small_hub, layout)
    set_up(books, kitchen, six_digits(data))
    for day in (FIRST, SECOND):
        shown = exported(books, kitchen, day)
        files = books.files_of(books.exports()[0], tmp_path / str(day))
        same_as_shown([read(file, layout) for file in files], shown)
        assert not [cell for file in files for cell in text_cells_of(file, layout) if runs_as_formula(cell)]


@pytest.mark.parametrize("name", ["varsys", "cleaneats"])
def test_each_batch_is_posted_once_at_the_cost_of_its_recipe(small_hub: Hub, data: Path, name: str) -> None:
    kitchen = KITCHENS[name](data)
    books = Books(small_hub, "generic")
    set_up(books, kitchen, six_digits(data))
    posted: Counter[str] = Counter()
    made = Decimal(0)
    for day in (FIRST, SECOND):
        for entry in exported(books, kitchen, day)["entries"]:
            lines = [line for line in entry["lines"] if line["reason"] == "production"]
            posted.update(line["memo"].split(" ")[1] for line in lines if line["side"] == "debit")
            made += sum((Decimal(line["amount"]) for line in lines if line["side"] == "debit"), Decimal(0))
    assert posted == Counter(batch.id for batch in kitchen.batches if batch.cost)
    assert made == sum((batch.cost for batch in kitchen.batches), Decimal(0))


def test_one_export_gives_the_same_figures_in_the_other_six_layouts(small_hub: Hub, data: Path, tmp_path: Path) -> None:
    kitchen = varsys(data)
    books = Books(small_hub, "generic")
    set_up(books, kitchen, six_digits(data))
    shown = exported(books, kitchen, FIRST)
    made = books.exports()[0]
    for layout in LAYOUTS:
        files = books.files_of(made, tmp_path / layout, layout)
        same_as_shown([read(file, layout) for file in files], shown)
        assert files == books.files_of(made, tmp_path / "again" / layout, layout)


@pytest.mark.parametrize("layout", BY_NAME)
def test_a_chart_without_numbers_is_posted_to_by_name(small_hub: Hub, data: Path, tmp_path: Path, layout: str) -> None:
    kitchen, chart = csce331(data), without_numbers(data)
    books = Books(small_hub, layout)
    set_up(books, kitchen, chart)
    shown = exported(books, kitchen, FIRST)
    files = books.files_of(books.exports()[0], tmp_path / "out")
    same_as_shown([read(file, layout) for file in files], shown)
    if layout == "generic":
        ledger = Ledger({one.name: one.kind for one in chart}, BEFORE)
        ledger.carries(BEFORE, {chart[0].name: sum(kitchen.opening.values(), Decimal(0))})
        ledger.add(files)
        ledger.must_carry(FIRST, {chart[0].name: sum(kitchen.worth(FIRST).values(), Decimal(0))})
        assert ledger.complaints() == []
    else:
        used = {line.account.replace(" : ", ":") for file in files for line in read(file, layout).lines}
        assert used <= {one.name for one in chart}


@pytest.mark.parametrize("layout", BY_NUMBER)
def test_a_chart_without_numbers_is_refused_where_accounts_go_by_number(
    small_hub: Hub, data: Path, layout: str
) -> None:
    kitchen = csce331(data)
    books = Books(small_hub, layout)
    set_up(books, kitchen, without_numbers(data))
    books.imported("counts", count_rows(kitchen, FIRST))
    made = books.export(FIRST)
    assert made["state"] == "REFUSED"
    assert {problem["code"] for problem in made["problems"]} == {"account_without_number"}
    assert books.exports() == []
    assert books.own_files() == []


def test_the_ledger_notices_a_cent(small_hub: Hub, data: Path, tmp_path: Path) -> None:
    kitchen, chart = csce331(data), six_digits(data)
    books = Books(small_hub, "generic")
    set_up(books, kitchen, chart)
    exported(books, kitchen, FIRST)
    files = books.files_of(books.exports()[0], tmp_path / "out")
    worth = kitchen.worth(FIRST)
    off, unbalanced = ledger_of(kitchen, chart), ledger_of(kitchen, chart)
    off.add(files)
    off.must_carry(FIRST, {**worth, "110501": worth["110501"] + CENT})
    assert len(off.complaints()) == 1
    unbalanced.add([files[0].replace(b"1234.56", b"1234.57", 1)])
    assert len(unbalanced.complaints()) == 1
