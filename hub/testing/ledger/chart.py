"""The chart of accounts that a fake ledger has where it is given no other."""

from __future__ import annotations

import csv
from pathlib import Path

from hub.api import Account, AccountKind


def _account(number: str, name: str, kind: AccountKind, *, active: bool = True) -> Account:
    return Account(id=f"acc-{number}", number=number, name=name, kind=kind, active=active)


CHART: tuple[Account, ...] = (
    _account("1010", "Bank", AccountKind.ASSET),
    _account("1310", "Food Inventory", AccountKind.ASSET),
    _account("1320", "Beer Inventory", AccountKind.ASSET),
    _account("1330", "Wine Inventory", AccountKind.ASSET),
    _account("1340", "Liquor Inventory", AccountKind.ASSET),
    _account("1390", "Old Inventory", AccountKind.ASSET, active=False),
    _account("2010", "Accounts Payable", AccountKind.LIABILITY),
    _account("2400", "Due to Other Sites", AccountKind.LIABILITY),
    _account("3010", "Retained Earnings", AccountKind.EQUITY),
    _account("4010", "Food Sales", AccountKind.INCOME),
    _account("5010", "COGS Meat", AccountKind.COGS),
    _account("5020", "COGS Produce", AccountKind.COGS),
    _account("5030", "COGS Beer", AccountKind.COGS),
    _account("5040", "COGS Wine", AccountKind.COGS),
    _account("5100", "COGS Liquor", AccountKind.COGS),
    _account("6100", "Kitchen Supplies", AccountKind.EXPENSE),
)


def read_chart(path: Path) -> tuple[Account, ...]:
    """Return the accounts of a CSV file with the columns number, name, kind, active (yes or no) and perhaps id.

    Raises KeyError where a column is missing, and ValueError where a kind is unknown.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Account(
                id=row.get("id") or f"acc-{row['number']}",
                number=row["number"],
                name=row["name"],
                kind=AccountKind(row["kind"]),
                active=row["active"] == "yes",
            )
            for row in csv.DictReader(file)
        )
