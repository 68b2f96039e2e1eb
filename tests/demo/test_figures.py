"""The demo company's files: as much as it promises, and worked out the same everywhere."""

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.demo import figures
from hub.demo.figures import stock_list
from hub.demo.half_year import AMENDED_DATE, COUNT_DATES, DATA, counts_file
from hub.demo.recipes import RECIPES

MADE = figures.files()


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accounts(row: Mapping[str, str]) -> tuple[str, str]:
    return row["asset_account"], row["cogs_account"]


@pytest.mark.parametrize("name", sorted(MADE))
def test_each_committed_file_is_what_the_stock_list_makes(name: str) -> None:
    assert (DATA / name).read_bytes().decode() == MADE[name]


def test_every_file_in_the_folder_is_made_or_set_up_by_hand() -> None:
    by_hand = {"items", "gl-accounts", "departments", "categories", "categories-remapped", "sites", "chart"}
    by_hand |= {"account-map", "site-map"}
    assert {path.name for path in DATA.iterdir()} == MADE.keys() | {f"{name}.csv" for name in by_hand}


def test_there_are_150_items_in_9_categories_of_3_departments() -> None:
    items = stock_list()
    assert len(items) == 150
    categories = {row["category"]: row["department"] for row in rows("categories.csv")}
    assert {item["category"] for item in items.values()} == categories.keys()
    assert len(categories) == 9
    assert set(categories.values()) == {row["department"] for row in rows("departments.csv")}
    assert len(set(categories.values())) == 3


def test_some_categories_have_accounts_of_their_own_and_some_their_departments() -> None:
    own = Counter(sum(map(bool, accounts(row))) for row in rows("categories.csv"))
    assert min(own[0], own[1], own[2]) > 0


@pytest.mark.parametrize("count_date", COUNT_DATES)
def test_each_site_counts_what_it_keeps_at_each_month_end(count_date: date) -> None:
    counted = rows(counts_file(count_date))
    assert {row["count_date"] for row in counted} == {str(count_date)}
    for site in ("CK", "DT", "HB"):
        kept = {name for name, item in stock_list().items() if item[site]}
        assert {row["item"] for row in counted if row["site"] == site} == kept


def test_no_two_counts_of_a_site_are_alike() -> None:
    quantities = [
        tuple(row["quantity"] for row in rows(counts_file(day)) if row["site"] == site)
        for day in COUNT_DATES
        for site in ("CK", "DT", "HB")
    ]
    assert len(set(quantities)) == 18


def test_the_amended_count_differs_in_the_two_items_that_were_corrected() -> None:
    before = [row for row in rows(counts_file(AMENDED_DATE)) if row["site"] == "DT"]
    after = rows(counts_file(AMENDED_DATE, amended=True))
    changed = [(old["item"], new["quantity"]) for old, new in zip(before, after, strict=True) if old != new]
    assert [name for name, _ in changed] == ["Beef tenderloin trimmed", "House red"]
    assert all(Decimal(quantity) > 0 for _, quantity in changed)


def test_one_transfer_is_pending() -> None:
    assert {row["transfer_id"] for row in rows("transfers.csv") if row["status"] == "pending"} == {"T-1006"}


def test_every_recipe_is_made_of_what_the_commissary_keeps() -> None:
    items = stock_list()
    for recipe in RECIPES:
        assert items[recipe.output]["category"] == "Prep"
        assert all(items[name]["CK"] for name in (recipe.output, *(name for name, _ in recipe.inputs)))


def test_every_gl_account_is_mapped_to_an_active_account_of_the_chart() -> None:
    active = {(row["number"], row["name"]) for row in rows("chart.csv") if row["active"] == "yes"}
    mapped = rows("account-map.csv")
    assert {row["gl_account"] for row in mapped} == {row["number"] for row in rows("gl-accounts.csv")}
    assert {(row["account_number"], row["account_name"]) for row in mapped} <= active
    assert any(row["active"] == "no" for row in rows("chart.csv"))


def test_the_files_stay_small() -> None:
    assert max(path.stat().st_size for path in Path(DATA).iterdir()) < 30_000
