"""Reading counts: a loop made for millions of lines, from text to whole numbers, in constant memory.

What repeats in a file (sites, items, areas, quantities, unit costs) is read once and remembered, so that a line costs a
few look-ups. A row that trips on anything goes through `_examine`, which lists everything wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from hub.intake import cells
from hub.intake.cells import MICRO_DIGITS, SPACES
from hub.intake.kinds import KINDS
from hub.intake.layout import is_blank, match
from hub.intake.reading import PROGRESS_EVERY, Progress, read_cell
from hub.intake.report import FileRefused, Refused, Report
from hub.intake.sheet import Sheet

BATCH_ROWS = 250  # few enough that a batch is gone before the garbage collector walks through it
MOST_REMEMBERED = 20_000

Line = tuple[int, int, int, int, int, str, str, int, int | None, int, int]
"""count, row, company, item, category, area, unit, quantity, unit cost, value, differs: a line as it is stored."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True, kw_only=True)
class OpenCount:
    """A count while its lines come in.

    digits: of its currency; status: empty until its first line; value: the sum so far, in minor units;
    bad: a row of it was refused.
    """

    id: int
    site: str
    count_date: date
    digits: int
    status: str = ""
    lines: int = 0
    value: int = 0
    differing: int = 0
    bad: bool = False

    def add(self, lines: int, value: int) -> None:
        """Take in some lines with the sum of their values."""
        self.lines += lines
        self.value += value


_NO_COUNT = OpenCount(id=0, site="", count_date=date.min, digits=0)
"""Stands in until the first row of a batch tells its count; nothing is added to it."""


class CountNames(Protocol):
    """What the loop asks of the database, for names not met lately; each raises Refused."""

    company_id: int

    def count(self, count_date: date, site: str) -> OpenCount:
        """Return the count that a site's lines of a date belong to."""

    def item(self, item: str, category: str) -> tuple[int, int]:
        """Return an item's id and its category's."""


def read_counts(
    sheet: Sheet, names: CountNames, report: Report, progress: Progress | None = None
) -> Iterator[list[Line]]:
    """Yield the good lines in batches, ready to be stored; errors and notes go to the report.

    A refused row marks its count as bad, or the report's unknown_group where its count cannot be told.
    Raises FileRefused for what is wrong with the file as a whole.
    """
    reader = _Reader(sheet, names, report)
    rows = sheet.rows(reader.layout.holds)
    told = 0
    while batch := list(islice(rows, BATCH_ROWS)):
        yield reader.lines(batch)
        if progress and report.rows - told >= PROGRESS_EVERY:
            told = report.rows
            progress(told)
    if report.rows == 0:
        raise FileRefused("no_rows", "The file has a header and no rows.")


class _Remembered(dict[Key, Value]):
    """A bounded memory of what was read from a text; a dict, since only a dict's own look-up is quick enough."""

    def __init__(self, read: Callable[[Key], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, key: Key) -> Value:
        value = self._read(key)
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[key] = value
        return value


class _Reader:
    """Turns rows of text into lines."""

    def __init__(self, sheet: Sheet, names: CountNames, report: Report) -> None:
        self.layout = match(sheet, KINDS["counts"])
        self._names = names
        self._report = report
        self._row = sheet.header_row
        self._incomplete = len(self.layout.places) < len(self.layout.kind.columns)
        self._counts = _Remembered[tuple[str, str, str], OpenCount](self._read_count)
        self._items = _Remembered[tuple[str, str], tuple[int, int]](self._read_item)
        self._texts = _Remembered[str, str](cells.name)
        self._quantities = _Remembered[str, int](self._read_quantity)
        self._costs = _Remembered[str, int | None](_cost)

    def lines(self, rows: list[list[str]]) -> list[Line]:
        """Return the lines of some rows; the refused ones are in the report instead."""
        lines: list[Line] = []
        company_id, number, blank = self._names.company_id, self._row, 0
        count, last_key, added, total = _NO_COUNT, None, 0, 0
        counts, items, texts, quantities, costs = (
            self._counts, self._items, self._texts, self._quantities, self._costs,
        )  # fmt: skip
        count_of, item_of, rest_of = self._getters()
        incomplete = self._incomplete
        width = self.layout.width + incomplete
        for row in rows:
            number += 1
            try:
                if incomplete:
                    row.append("")
                fields = row if len(row) == width else self._fitted(row)
                key = count_of(fields)
                if key != last_key:
                    count.add(added, total)
                    added = total = 0
                    count = counts[key]
                    minor_unit, largest = UNITS[count.digits], LARGEST[count.digits]
                    half = minor_unit // 2
                    last_key = key
                item_id, category_id = items[item_of(fields)]
                area, unit, quantity_text, cost_text, value_text = rest_of(fields)
                quantity = quantities[quantity_text]
                cost = costs[cost_text]
                if value_text or cost is None or (product := quantity * cost) < 0 or product > largest:
                    value, differs = valued(quantity, cost, value_text, count.digits)
                else:  # what `valued` does, for most lines
                    value, differs = (product + half) // minor_unit, 0
                line = (count.id, number, company_id, item_id, category_id,
                        texts[area], texts[unit], quantity, cost, value, differs)  # fmt: skip
            except (Refused, IndexError):  # an index: the row is blank
                blank += self._examine(number, row)
                continue
            added += 1
            total += value
            if differs:
                self._note_difference(number, count)
            lines.append(line)
        count.add(added, total)
        self._row = number
        self._report.rows += len(rows) - blank
        return lines

    def _getters(self) -> tuple[Callable[[list[str]], Any], ...]:
        """Return what picks a row's fields; a column that the file lacks is the empty field put at a row's end."""
        places = {column.name: self.layout.width for column in self.layout.kind.columns} | self.layout.places
        return tuple(itemgetter(*[places[name] for name in group]) for group in _GROUPS)

    def _fitted(self, row: list[str]) -> list[str]:
        fitted = self.layout.fitted(row[: len(row) - self._incomplete])
        return [*fitted, ""] if fitted and self._incomplete else fitted

    def _note_difference(self, number: int, count: OpenCount) -> None:
        count.differing += 1
        self._report.note(
            number, "value_differs", "The value is not quantity × unit cost; it is taken as it stands there."
        )

    def _read_count(self, key: tuple[str, str, str]) -> OpenCount:
        count_date, site, status = map(self._cell, ("count_date", "site", "status"), key)
        return self._count(count_date, site, status)

    def _count(self, count_date: date, site: str, status: str | None) -> OpenCount:
        count = self._names.count(count_date, site)
        count.status = count.status or status or "approved"
        if count.status != (status or "approved"):
            message = f"Other rows of this count have the status {count.status}; a count has one status."
            raise Refused("rows_disagree", message, column="status")
        return count

    def _read_item(self, key: tuple[str, str]) -> tuple[int, int]:
        item, category = map(self._cell, ("item", "category"), key)
        return self._names.item(item, category)

    def _read_quantity(self, text: str) -> int:
        quantity: int = self._cell("quantity", text)
        return quantity

    def _cell(self, name: str, text: str) -> Any:  # noqa: ANN401 - as the column reads it
        return read_cell(self.layout.kind.by_name[name], text)

    def _examine(self, number: int, row: list[str]) -> bool:
        """List everything wrong with a row; return whether it is only blank."""
        if is_blank(row):
            return True
        try:
            fields = self._fitted(row)
        except Refused as refused:
            self._report.error(number, "", refused)
            self._report.leave_out("")
            return False
        values = self._examine_cells(number, fields)
        count = self._examine_count(number, values)
        self._examine_item(number, values)
        if count and {"quantity", "unit_cost", "value"} <= values.keys():
            self._examine_value(number, values, count)
        return False

    def _examine_cells(self, number: int, fields: list[str]) -> dict[str, Any]:
        """Return what can be read of a row; an absent column reads as empty."""
        values: dict[str, Any] = {}
        for column in self.layout.kind.columns:
            text = fields[self.layout.places[column.name]] if column.name in self.layout.places else ""
            try:
                values[column.name] = read_cell(column, text)
            except Refused as refused:
                self._report.error(number, column.name, refused, text)
        return values

    def _examine_count(self, number: int, values: dict[str, Any]) -> OpenCount | None:
        """Mark the row's count as bad; where its site or date is, the count cannot be told."""
        try:
            count = self._names.count(values["count_date"], values["site"])
        except (KeyError, Refused) as error:
            if isinstance(error, Refused):
                self._report.error(number, "site", error, values["site"])
            self._report.leave_out("")
            return None
        count.bad = True
        if "status" in values:
            check = partial(self._count, values["count_date"], values["site"], values["status"])
            self._attempt(number, "status", values["status"] or "", check)
        return count

    def _examine_item(self, number: int, values: dict[str, Any]) -> None:
        if {"item", "category"} <= values.keys():
            check = partial(self._names.item, values["item"], values["category"])
            self._attempt(number, "category", values["category"], check)

    def _examine_value(self, number: int, values: dict[str, Any], count: OpenCount) -> None:
        value = "" if values["value"] is None else f"{values['value']:f}"
        check = partial(valued, values["quantity"], values["unit_cost"], value, count.digits)
        self._attempt(number, "value", value, check)

    def _attempt(self, number: int, column: str, text: str, check: Callable[[], object]) -> None:
        try:
            check()
        except Refused as refused:
            self._report.error(number, column, refused, text)


_GROUPS = (("count_date", "site", "status"), ("item", "category"), ("area", "unit", "quantity", "unit_cost", "value"))


def _cost(text: str) -> int | None:
    return cells.micro(text) if text.strip(SPACES) else None


def valued(quantity: int, cost: int | None, text: str, digits: int) -> tuple[int, int]:
    """Return a line's value in minor units and whether it differs from quantity × unit cost; raises Refused."""
    unit = UNITS[digits]
    if cost is None:
        if not text.strip(SPACES):
            raise Refused("missing", "One of unit_cost, value must be filled in.", column="value")
        return cells.minor(text, digits), 0
    product = quantity * cost
    if text and text.strip(SPACES):
        value = cells.minor(text, digits)
        return value, abs(value * unit - product) * 2 > unit
    value = (2 * abs(product) + unit) // (2 * unit)  # half away from zero
    if value > cells.LARGEST_VALUE_MINOR:
        raise Refused("too_large", cells.too_large(digits), column="value")
    return (value if product >= 0 else -value), 0


UNITS = tuple(10 ** (2 * MICRO_DIGITS - digits) for digits in range(5))
"""One minor unit in millionths times millionths, by the currency's digits."""

LARGEST = tuple(unit * cells.LARGEST_VALUE_MINOR for unit in UNITS)
"""The largest product of a quantity and a unit cost, by the currency's digits."""
