"""Two restaurants' charts of accounts as imports: one of six digits, and one whose accounts have no numbers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.real.kitchens import Kitchen

ASSET, COGS = "asset", "cogs"
NAMELESS = {  # what the chart without numbers has in place of an account of the other
    "110501": "Assets:Current assets:Stock Assets",
    "110503": "Assets:Current assets:Stock Assets",
    "510102": "Expenses:Expenses-Direct:Cost of Sales:COS-Beverage",
    "510103": "Expenses:Expenses-Direct:Cost of Sales:COS-Merchandise",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of a chart."""

    number: str
    name: str
    kind: str


def six_digits(data: Path) -> list[Account]:
    """Return the chart of six digits, its names with those of the levels above."""
    accounts, above = [], dict[int, str]()
    for row in _rows(data / "coa_restaurant_6digit_inventory_cogs.csv"):
        level = int(row["level"])
        above = {number: name for number, name in above.items() if number < level} | {level: row["name"]}
        kind = ASSET if row["code"].startswith("1") else COGS
        accounts.append(Account(number=row["code"], name=":".join(above.values()), kind=kind))
    return accounts


def without_numbers(data: Path) -> list[Account]:
    """Return the chart without numbers; liabilities are left out."""
    kinds = {"Assets": ASSET, "Expenses": COGS}
    paths = [row["path"].split("/") for row in _rows(data / "coa_erpnext_sg_fnb_inventory_cogs.csv")]
    return [Account(number="", name=":".join(path), kind=kinds[path[0]]) for path in paths if path[0] in kinds]


def chart_rows(accounts: list[Account]) -> list[dict[str, str]]:
    """Return the import `chart`."""
    return [{"number": one.number, "name": one.name, "kind": one.kind} for one in accounts]


def gl_account_rows(kitchen: Kitchen) -> list[dict[str, str]]:
    """Return the import `gl-accounts`: a GL Account for each account that the kitchen uses, by its six digits."""
    assets, costs = sorted(set(kitchen.asset_of.values())), sorted(set(kitchen.cogs_of.values()))
    kinds = {**dict.fromkeys(assets, ASSET), **dict.fromkeys(costs, COGS)}
    return [{"number": number, "name": f"GL {number}", "kind": kind} for number, kind in kinds.items()]


def map_rows(kitchen: Kitchen, *, numbers: bool) -> list[dict[str, str]]:
    """Return the import `account-map`, to the chart with or without numbers."""
    used = [row["number"] for row in gl_account_rows(kitchen)]
    if numbers:
        return [{"gl_account": number, "account_number": number} for number in used]
    return [{"gl_account": number, "account_name": NAMELESS[number]} for number in used]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
