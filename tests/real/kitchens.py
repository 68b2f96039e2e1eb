"""Real kitchens' inventories as imports of the hub, and what each is worth by a sum made here.

Their files stand beside the source tree: doubled items (the first is kept), totals that are wrong (computed anew), unit
costs with more than six decimals (rounded half up), and quantities below zero.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

FIRST, SECOND = date(2026, 9, 30), date(2026, 10, 31)
BEFORE = date(2026, 8, 31)
CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
Cooked = tuple[tuple[str, str, Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as it was counted."""

    name: str
    category: str
    quantity: Decimal
    unit_cost: Decimal

    @property
    def value(self) -> Decimal:
        return (self.quantity * self.unit_cost).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was cooked: each input is (item, category, quantity, unit cost); value: of the dish, where it is known."""

    id: str
    date: date
    dish: str
    category: str
    inputs: Cooked
    value: str = ""

    @property
    def cost(self) -> Decimal:
        """What the inputs are worth together, each to the cent; a dish whose own value is a cent off takes theirs."""
        values = [(much * cost).quantize(CENT, ROUND_HALF_UP) for *_, much, cost in self.inputs]
        return sum(values, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kitchen:
    """One kitchen: its items, what it cooks, and categories that have accounts of their own ("" is any other)."""

    items: Sequence[Item]
    batches: Sequence[Batch]
    asset_of: Mapping[str, str]
    cogs_of: Mapping[str, str]
    opening: Mapping[str, Decimal]

    @property
    def categories(self) -> list[str]:
        return list(dict.fromkeys(item.category for item in self.items))

    def account(self, category: str) -> str:
        return self.asset_of.get(category, self.asset_of[""])

    def counted(self, day: date) -> list[Item]:
        """Return the month's count: the file's own, then each quantity changed a little, the last category used up."""
        if day == FIRST:
            return list(self.items)
        gone = self.categories[-1]
        return [
            Item(
                name=item.name,
                category=item.category,
                quantity=Decimal(0) if item.category == gone else item.quantity * (15 + number * 7 % 11) / 20,
                unit_cost=item.unit_cost,
            )
            for number, item in enumerate(self.items)
        ]

    def worth(self, day: date) -> dict[str, Decimal]:
        """Return what the asset accounts must carry after the count of a date is in the books."""
        return _sums((self.account(item.category), item.value) for item in self.counted(day))

    def carried(self) -> dict[str, Decimal]:
        """Return what the asset accounts carried before."""
        return _sums((self.account(category), value) for category, value in self.opening.items())


def count_rows(kitchen: Kitchen, day: date) -> list[dict[str, str]]:
    """Return the import `counts`."""
    return [
        {
            "count_date": str(day),
            "site": "K",
            "item": item.name,
            "category": item.category,
            "quantity": f"{item.quantity:f}",
            "unit_cost": f"{item.unit_cost:f}",
        }
        for item in kitchen.counted(day)
    ]


def production_rows(kitchen: Kitchen) -> list[dict[str, str]]:
    """Return the import `production`."""
    rows = []
    for batch in kitchen.batches:
        fixed = {"batch_id": batch.id, "date": str(batch.date), "site": "K"}
        for item, category, quantity, cost in batch.inputs:
            made = {"item": item, "category": category, "quantity": f"{quantity:f}", "unit_cost": f"{cost:f}"}
            rows.append({**fixed, "side": "input", **made, "value": ""})
        dish = {"item": batch.dish, "category": batch.category, "quantity": "1", "unit_cost": "", "value": batch.value}
        rows.append({**fixed, "side": "output", **dish})
    return rows


def varsys(data: Path) -> Kitchen:
    """A kitchen of 69 items in 17 categories that cooks by recipe; coffee was counted below zero."""
    kept: dict[str, Item] = {}
    for row in _rows(data / "varsys_inventory.csv"):
        cost, quantity = _cost(row["price_per_unit"]), Decimal(row["quantity"])
        item = Item(name=row["item_name"], category=row["category"], quantity=quantity, unit_cost=cost)
        kept.setdefault(item.name.casefold(), item)
    recipes = {row["recipe_id"]: row for row in _rows(data / "varsys_recipes.csv")}
    used: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in _rows(data / "varsys_recipe_ingredients.csv"):
        used[line["recipe_id"]][line["item_name"].strip().casefold()] += Decimal(line["quantity"])
    batches = [
        Batch(
            id=f"R{recipe}",
            date=date(2026, 9 + number % 2, 1 + number % 28),
            dish=f"{recipes[recipe]['recipe_name']} ({recipe})",
            category="Beverages" if recipes[recipe]["category"] == "Beverage" else "Prepared Foods",
            inputs=tuple(
                (kept[name].name, kept[name].category, much, kept[name].unit_cost) for name, much in lines.items()
            ),
        )
        for number, (recipe, lines) in enumerate(used.items())
    ]
    return Kitchen(
        items=list(kept.values()),
        batches=batches,
        asset_of={"": "110501", "Prepared Foods": "110502", "Beverages": "110599"},
        cogs_of={"": "510101", "Beverages": "510102", "Condiments": "510103"},
        opening={},
    )


def csce331(data: Path) -> Kitchen:
    """A tea shop whose unit costs are parts of a cent; its vendors are its categories, and its books carry something."""
    items = [
        Item(
            name=row["itemname"],
            category=row["vendor"],
            quantity=Decimal(row["quantityonhand"]),
            unit_cost=Decimal(row["unitcost"]),
        )
        for row in _rows(data / "csce331_inventory.csv")
    ]
    opening = {"Sharetea Supplier Co.": Decimal("1234.56"), "PackagingPro": Decimal("777.01")}
    return Kitchen(
        items=items,
        batches=[],
        asset_of={"": "110501", "PackagingPro": "110503"},
        cogs_of={"": "510102", "PackagingPro": "510103"},
        opening=opening,
    )


def cleaneats(data: Path) -> Kitchen:
    """A maker of meals whose unit costs repeat their decimals; each meal has the cost that its own file adds up to."""
    items = [
        Item(
            name=row["Ingredient"],
            category=row["Unit Type"],
            quantity=Decimal(row["Purchase Size"]),
            unit_cost=_cost(row["Cost Per Unit"]),
        )
        for row in _rows(data / "cleaneats_ingredients.csv")
    ]
    meals: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(data / "cleaneats_meals.csv"):
        meals[row["Meal"]].append(row)
    batches = [
        Batch(
            id=f"M{number}",
            date=date(2026, 9, 10 + number),
            dish=meal,
            category="Meals",
            inputs=tuple(
                (row["Ingredient"], row["Unit Type"], Decimal(row["Quantity"]), _cost(row["Cost Per Unit"]))
                for row in rows
            ),
            value=str(sum((Decimal(row["Total Cost"]) for row in rows), Decimal(0)).quantize(CENT, ROUND_HALF_UP)),
        )
        for number, (meal, rows) in enumerate(meals.items())
    ]
    frozen = Item(name="Lasagne (frozen)", category="Meals", quantity=Decimal(3), unit_cost=Decimal("2.333333"))
    return Kitchen(
        items=[frozen, *items],
        batches=batches,
        asset_of={"": "110501", "Meals": "110502"},
        cogs_of={"": "510101", "Meals": "510103"},
        opening={"KG": Decimal("333.33"), "L": Decimal("66.67")},
    )


KITCHENS = {"varsys": varsys, "csce331": csce331, "cleaneats": cleaneats}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _cost(text: str) -> Decimal:
    cost = Decimal(text)
    return cost if cost == cost.quantize(MILLIONTH) else cost.quantize(MILLIONTH, ROUND_HALF_UP)


def _sums(values: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for account, value in values:
        sums[account] += value
    return dict(sums)
