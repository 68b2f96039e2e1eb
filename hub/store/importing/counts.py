"""Storing counts: lines as they stream in, then each count against the one it replaces, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, bindparam, delete, insert, select, text

from hub.store.importing.bulk import insert_rows
from hub.store.importing.sql import COUNT, COUNT_LINE, COUNT_TOTAL, EXPORT_COUNT, ITEM
from hub.store.prepared import change_by, row_by
from hub.store.running import added, changed, fetched, run

IMPORTING = "importing"
LINE_COLUMNS = (
    "count_id", "line", "company_id", "item_id", "category_id",
    "area", "unit", "quantity", "unit_cost", "value", "differs",
)  # fmt: skip
_COMPARED = ("item_id", "category_id", "area", "unit", "quantity", "unit_cost", "value")
_ROWS_AT_ONCE = 5_000
_TOTAL_COLUMNS = ("count_id", "category_id", "company_id", "value", "lines")
_OPEN = insert(COUNT).returning(COUNT.c.id)
_DROP = (
    *(
        delete(table).where(table.c.company_id == bindparam("company"), table.c.count_id == bindparam("count"))
        for table in (COUNT_LINE, COUNT_TOTAL)
    ),
    delete(COUNT).where(COUNT.c.company_id == bindparam("company"), COUNT.c.id == bindparam("count")),
)
_EXPORTED = select(EXPORT_COUNT.c.site_id, EXPORT_COUNT.c.count_date).where(
    EXPORT_COUNT.c.company_id == bindparam("company"), EXPORT_COUNT.c.live, EXPORT_COUNT.c.count_id.is_not(None)
)
_IS_EXPORTED = _EXPORTED.where(
    EXPORT_COUNT.c.site_id == bindparam("site"), EXPORT_COUNT.c.count_date == bindparam("date")
).limit(1)
_CURRENT = select(COUNT).where(
    COUNT.c.company_id == bindparam("company"),
    COUNT.c.current,
    COUNT.c.count_date.between(bindparam("first"), bindparam("last")),
)
_TOTALS = text(
    "SELECT category_id, sum(value), count(*) FROM count_line "
    "WHERE company_id = :company_id AND count_id = :count_id GROUP BY category_id"
)


class TotalsDisagree(RuntimeError):
    """The lines that were stored do not add up to what was read: nothing may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCount:
    """A count whose lines have all come in; value in minor units."""

    id: int
    site_id: int
    count_date: date
    status: str
    lines: int
    value: int
    differing: int


@dataclass(slots=True, kw_only=True)
class CountsStored:
    """What became of the counts of one import; amended: those whose export stands and now differs."""

    added: list[int]
    changed: list[int]
    unchanged: list[int]
    amended: list[int]


class CountStore:
    """The counts of one company during one import."""

    def __init__(self, connection: Connection, company_id: int, imported_at: datetime) -> None:
        self._connection = connection
        self._company_id = company_id
        self._imported_at = imported_at

    def open(self, site_id: int, count_date: date) -> int:
        """Return the id of a new count, not yet current."""
        values = {
            "company_id": self._company_id,
            "site_id": site_id,
            "count_date": count_date,
            "status": IMPORTING,
            "current": False,
            "value": 0,
            "lines": 0,
            "lines_differing": 0,
            "imported_at": self._imported_at,
        }
        return added(self._connection, _OPEN, values)

    def write(self, lines: Sequence[tuple[Any, ...]]) -> None:
        """Store lines, each a tuple in the order of LINE_COLUMNS; `differs` as a whole number."""
        if self._connection.dialect.name == "postgresql":
            lines = [(*line[:-1], bool(line[-1])) for line in lines]
        insert_rows(self._connection, "count_line", LINE_COLUMNS, lines)

    def drop(self, count_id: int) -> None:
        """Remove a count with its lines and totals."""
        own = {"company": self._company_id, "count": count_id}
        for statement in _DROP:
            changed(self._connection, statement, own)

    def live_exports(self, counts: Sequence[NewCount]) -> set[int]:
        """Return the ids of the new counts whose site and date have an export that stands."""
        exported = set(fetched(self._connection, _EXPORTED, {"company": self._company_id}))
        return {count.id for count in counts if (count.site_id, count.count_date) in exported}

    def in_two_categories(self, limit: int) -> list[tuple[int, str]]:
        """Return rows of the file whose item stands in another category in an earlier row, with the item's name."""
        statement = text(
            """SELECT min(l.line), i.name FROM count_line l JOIN item i ON i.id = l.item_id
            JOIN (SELECT item_id, min(category_id) AS lowest FROM count_line WHERE count_id IN (
                SELECT id FROM valuation_count WHERE company_id = :company_id AND status = :importing)
                GROUP BY item_id HAVING min(category_id) <> max(category_id)) t ON t.item_id = l.item_id
            WHERE l.category_id <> t.lowest AND l.count_id IN (
                SELECT id FROM valuation_count WHERE company_id = :company_id AND status = :importing)
            GROUP BY i.id, i.name ORDER BY 1 LIMIT :limit"""
        )
        rows = self._connection.execute(statement, self._importing() | {"limit": limit})
        return [(row[0], row[1]) for row in rows]

    def total(self, counts: Sequence[NewCount]) -> None:
        """Keep each count's totals by category, and check that they are what was read. Raises TotalsDisagree."""
        kept: list[tuple[int, int, int, int, int]] = []
        for count in counts:  # one at a time: sorting all of a file's lines at once takes twice as long
            totals = [(int(row[1]), row[0], row[2]) for row in self._totals_of(count.id)]
            if (sum(value for value, _, _ in totals), sum(lines for _, _, lines in totals)) != (
                count.value,
                count.lines,
            ):
                raise TotalsDisagree("the stored lines do not add up to what was read from the file")
            kept += [(count.id, category_id, self._company_id, value, lines) for value, category_id, lines in totals]
        insert_rows(self._connection, "count_total", _TOTAL_COLUMNS, kept)

    def settle(self, counts: Sequence[NewCount]) -> CountsStored:
        """Make each new count the current one, unless it is the same as the one before."""
        stored = CountsStored(added=[], changed=[], unchanged=[], amended=[])
        before = self._current(counts)
        for count in counts:
            old = before.get((count.site_id, count.count_date))
            if old is None:
                self._make_current(count)
                stored.added.append(count.id)
            elif self._same_lines(count, old):
                self._keep(old, count, stored)
            else:
                self._replace(old, count, stored)
        return stored

    def items_of(self, count_ids: Sequence[int]) -> Iterator[int]:
        """Yield the items of some counts, each once or more."""
        for count_id in count_ids:
            yield from self._connection.execute(
                select(COUNT_LINE.c.item_id).where(*self._lines_of(count_id)).distinct()
            ).scalars()

    def drop_unused_items(self, first_new: int) -> None:
        """Remove items made in this import that none of its counts names any more: theirs were left out."""
        self._connection.execute(
            delete(ITEM).where(
                ITEM.c.company_id == self._company_id,
                ITEM.c.id >= first_new,
                ITEM.c.id.not_in(
                    select(COUNT_LINE.c.item_id)
                    .join(COUNT, COUNT.c.id == COUNT_LINE.c.count_id)
                    .where(COUNT.c.company_id == self._company_id, COUNT.c.status == IMPORTING)
                ),
            )
        )

    def _importing(self) -> dict[str, Any]:
        return {"company_id": self._company_id, "importing": IMPORTING}

    def _current(self, counts: Sequence[NewCount]) -> dict[tuple[int, date], Any]:
        if not counts:
            return {}
        dates = [count.count_date for count in counts]
        between = {"company": self._company_id, "first": min(dates), "last": max(dates)}
        return {(row.site_id, row.count_date): row for row in run(self._connection, _CURRENT, between)}

    def _same_lines(self, count: NewCount, old: Any) -> bool:  # noqa: ANN401 - a row of valuation_count
        if (count.lines, count.value) != (old.lines, old.value):
            return False
        with self._sorted_lines(count.id) as new, self._sorted_lines(old.id) as before:
            return all(line == other for line, other in zip(new, before, strict=True))

    def _sorted_lines(self, count_id: int) -> CursorResult[Any]:
        columns = [COUNT_LINE.c[name] for name in _COMPARED]
        statement = select(*columns).where(*self._lines_of(count_id)).order_by(*columns)
        return self._connection.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE))

    def _lines_of(self, count_id: int) -> tuple[ColumnElement[bool], ...]:
        return (COUNT_LINE.c.company_id == self._company_id, COUNT_LINE.c.count_id == count_id)

    def _totals_of(self, count_id: int) -> Sequence[Any]:  # Any: rows of a textual statement
        return run(self._connection, _TOTALS, {"company_id": self._company_id, "count_id": count_id}).all()

    def _change(self, count_id: int, values: Mapping[str, object]) -> None:
        change_by(self._connection, COUNT, values, company_id=self._company_id, id=count_id)

    def _make_current(self, count: NewCount) -> None:
        values = {"status": count.status, "current": True, "value": count.value, "lines": count.lines}
        self._change(count.id, {**values, "lines_differing": count.differing})

    def _keep(self, old: Any, count: NewCount, stored: CountsStored) -> None:  # noqa: ANN401 - a row of valuation_count
        self.drop(count.id)
        if old.status == count.status:
            stored.unchanged.append(old.id)
            return
        self._change(old.id, {"status": count.status})
        stored.changed.append(old.id)

    def _replace(self, old: Any, count: NewCount, stored: CountsStored) -> None:  # noqa: ANN401 - as above
        if row_by(self._connection, EXPORT_COUNT, company_id=self._company_id, count_id=old.id):
            self._change(old.id, {"current": False})
        else:
            self.drop(old.id)
        self._make_current(count)
        stored.changed.append(count.id)
        if self._is_exported(count):
            stored.amended.append(count.id)

    def _is_exported(self, count: NewCount) -> bool:
        """Whether the site's count of the date is in an export that stands: this revision of it or one before."""
        own = {"company": self._company_id, "site": count.site_id, "date": count.count_date}
        return bool(fetched(self._connection, _IS_EXPORTED, own))
