"""The demo company's invented figures, worked out from its stock list: the same rows on every machine.

`python -m hub.demo.figures` writes them into the data folder, from where they are loaded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from zlib import crc32

from hub.demo.half_year import AMENDED_DATE, COUNT_DATES, DATA, OPENING_DATE, counts_file
from hub.demo.recipes import DELIVERIES, PENDING, RECIPES, Delivery, Recipe

SITES = ("CK", "DT", "HB")
BATCH_DAYS = (5, 14, 25)
CENT = Decimal("0.01")

Item = Mapping[str, str]
Row = tuple[str, ...]

_STEPS = {
    "lb": Decimal("0.25"),
    "qt": Decimal("0.5"),
    "gal": Decimal("0.5"),
    "L": Decimal("0.1"),
    "750 ml": Decimal("0.1"),
    "keg": Decimal("0.25"),
    "case": Decimal("0.5"),
    "bag": Decimal("0.5"),
}
"""How finely each unit is counted; other units are counted whole."""

_CORRECTED = {"House red": Decimal(24), "Beef tenderloin trimmed": Decimal("-2.5")}
"""What the amended count found: two cases behind the bar, and a case of beef weighed twice."""

_COUNT_HEADER = ("count_date", "site", "area", "item", "category", "quantity", "unit", "unit_cost")
_TRANSFER_HEADER = (
    "transfer_id", "date", "from_site", "to_site", "item", "category", "quantity", "unit_cost", "status",
)  # fmt: skip
_PRODUCTION_HEADER = ("batch_id", "date", "site", "side", "item", "category", "quantity", "unit_cost")


def files() -> dict[str, str]:
    """Return each worked-out file's text by its name."""
    items = stock_list()
    made = {counts_file(day): _text(_COUNT_HEADER, _counts(items, day)) for day in COUNT_DATES}
    made[counts_file(AMENDED_DATE, amended=True)] = _text(_COUNT_HEADER, _amended(items))
    made["opening.csv"] = _text(("date", "site", "category", "value"), _opening(items))
    made["transfers.csv"] = _text(_TRANSFER_HEADER, _transfers(items))
    made["production.csv"] = _text(_PRODUCTION_HEADER, _production(items))
    return made


def stock_list() -> dict[str, Item]:
    """Return the items by name: category, unit, unit_cost, area, and what each site keeps of it, empty for none."""
    with (DATA / "items.csv").open(encoding="utf-8", newline="") as file:
        return {row["item"]: row for row in csv.DictReader(file)}


def _text(header: Row, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _counts(items: Mapping[str, Item], day: date) -> Iterator[Row]:
    for site in SITES:
        yield from _count(items, day, site)


def _count(items: Mapping[str, Item], day: date, site: str) -> Iterator[Row]:
    for name, item in items.items():
        if not item[site]:
            continue
        for area, quantity in _counted(item, day, site):
            cost = f"{_unit_cost(item, day):f}"
            yield (day.isoformat(), site, area, name, item["category"], _plain(quantity), item["unit"], cost)


def _counted(item: Item, day: date, site: str) -> Iterator[tuple[str, Decimal]]:
    """Split what is there over the areas where the item is kept: the first one gets what is left over."""
    step = _STEPS.get(item["unit"], Decimal(1))
    percent = 45 + _chance(f"{site} {item['item']} {day}", 70)
    steps = max(1, int(Decimal(item[site]) * percent / 100 / step))
    first, *others = item["area"].split("|")
    share = steps // (1 + len(others)) if others else 0
    yield first, (steps - share * len(others)) * step
    for area in others:
        yield area, share * step


def _unit_cost(item: Item, day: date) -> Decimal:
    """Prices creep up, and each has its own ups and downs."""
    per_mille = 1000 + 6 * (day.month - OPENING_DATE.month) + _chance(f"{item['item']} {day:%Y-%m}", 61) - 30
    return (Decimal(item["unit_cost"]) * per_mille / 1000).quantize(CENT, ROUND_HALF_UP)


def _chance(key: str, below: int) -> int:
    return crc32(key.encode()) % below


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _amended(items: Mapping[str, Item]) -> Iterator[Row]:
    for day, site, area, name, category, quantity, unit, cost in _count(items, AMENDED_DATE, "DT"):
        corrected = Decimal(quantity) + _CORRECTED.get(name, 0)
        yield (day, site, area, name, category, _plain(corrected), unit, cost)


def _opening(items: Mapping[str, Item]) -> Iterator[Row]:
    for site in SITES:
        values: dict[str, Decimal] = {}
        for row in _count(items, OPENING_DATE, site):
            value = (Decimal(row[5]) * Decimal(row[7])).quantize(CENT, ROUND_HALF_UP)
            values[row[4]] = values.get(row[4], Decimal(0)) + value
        for category, value in values.items():
            yield (OPENING_DATE.isoformat(), site, category, f"{value:f}")


def _transfers(items: Mapping[str, Item]) -> Iterator[Row]:
    for month_end in COUNT_DATES:
        for number, delivery in enumerate(DELIVERIES, 1):
            yield from _transfer(items, month_end, number, delivery, "approved")
    yield from _transfer(items, COUNT_DATES[-1], len(DELIVERIES) + 1, PENDING, "pending")


def _transfer(
    items: Mapping[str, Item], month_end: date, number: int, delivery: Delivery, status: str
) -> Iterator[Row]:
    day = month_end.replace(day=delivery.day).isoformat()
    for name, quantity in delivery.goods:
        cost = f"{_unit_cost(items[name], month_end):f}"
        yield (
            f"T-{month_end:%m}{number:02}", day, delivery.from_site, delivery.to_site,
            name, items[name]["category"], quantity, cost, status,
        )  # fmt: skip


def _production(items: Mapping[str, Item]) -> Iterator[Row]:
    made = 0
    for month_end in COUNT_DATES:
        for number, day in enumerate(BATCH_DAYS, 1):
            batch_id = f"B-{month_end:%m}{number:02}"
            yield from _batch(items, batch_id, month_end.replace(day=day), RECIPES[made % len(RECIPES)])
            made += 1


def _batch(items: Mapping[str, Item], batch_id: str, day: date, recipe: Recipe) -> Iterator[Row]:
    for name, quantity in recipe.inputs:
        cost = f"{_unit_cost(items[name], day):f}"
        yield (batch_id, day.isoformat(), "CK", "input", name, items[name]["category"], quantity, cost)
    output = items[recipe.output]
    standard = output["unit_cost"] if recipe.at_standard_cost else ""
    yield (batch_id, day.isoformat(), "CK", "output", recipe.output, output["category"], recipe.quantity, standard)


if __name__ == "__main__":
    for name, text in files().items():
        (DATA / name).write_text(text, encoding="utf-8", newline="")
