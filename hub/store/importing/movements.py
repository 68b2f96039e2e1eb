"""Transfers and production batches: what is stored of them, and storing what came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from hub.store.importing.bulk import insert_rows, new_ids
from hub.store.importing.items import Items
from hub.store.importing.rows import RowsStored
from hub.store.importing.sql import (
    BATCH,
    BATCH_LINE,
    CATEGORY,
    ITEM,
    MOVEMENT_SIDE,
    TRANSFER,
    TRANSFER_LINE,
)

_IDS_AT_ONCE = 500
_LINE_COLUMNS = ("company_id", "movement_id", "item_id", "category_id", "quantity", "unit_cost", "value")

LineKey = tuple[str, ...]
"""(item, category) of a transfer's line, (side, item) of a batch's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementLine:
    """One item moved, used or made; quantity and unit cost in millionths, value in minor units; side: of a batch."""

    item: str
    category: str
    quantity: int
    unit_cost: int | None
    value: int | None
    side: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A transfer or batch: its own name, the columns of its header by name, its lines by their key."""

    code: str
    header: dict[str, Any]
    lines: dict[LineKey, MovementLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMovement:
    """A movement as it is stored; posted: an export that stands has it, so it cannot change any more."""

    id: int
    movement: Movement
    line_ids: dict[LineKey, int]
    posted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementTables:
    """Where one kind of movement is kept; side_kind: its name among exported movements."""

    header: Table
    line: Table
    code: str
    columns: tuple[str, ...]
    side_kind: str
    has_sides: bool

    def key(self, line: MovementLine) -> LineKey:
        """Return what identifies a line within its movement."""
        return (line.side, line.item) if self.has_sides else (line.item, line.category)


TRANSFERS = MovementTables(
    header=TRANSFER,
    line=TRANSFER_LINE,
    code="transfer_id",
    columns=("date", "from_site_id", "to_site_id", "status"),
    side_kind="transfer",
    has_sides=False,
)
BATCHES = MovementTables(
    header=BATCH, line=BATCH_LINE, code="batch_id", columns=("date", "site_id"), side_kind="batch", has_sides=True
)


def stored_movements(
    connection: Connection, tables: MovementTables, company_id: int, codes: Sequence[str]
) -> dict[str, StoredMovement]:
    """Return those of the movements that are stored, by their own names, with their lines."""
    found: dict[str, StoredMovement] = {}
    for start in range(0, len(codes), _IDS_AT_ONCE):
        found |= _stored(connection, tables, company_id, codes[start : start + _IDS_AT_ONCE])
    return found


def _stored(
    connection: Connection, tables: MovementTables, company_id: int, codes: Sequence[str]
) -> dict[str, StoredMovement]:
    table = tables.header
    rows = connection.execute(
        select(table).where(table.c.company_id == company_id, table.c[tables.code].in_(codes))
    ).mappings()
    found = {
        row["id"]: StoredMovement(
            id=row["id"],
            movement=Movement(code=row[tables.code], header={name: row[name] for name in tables.columns}, lines={}),
            line_ids={},
            posted=False,
        )
        for row in rows
    }
    for movement_id, line_id, line in _lines(connection, tables, company_id, list(found)):
        key = tables.key(line)
        found[movement_id].movement.lines[key] = line
        found[movement_id].line_ids[key] = line_id
    posted = _posted(connection, tables, company_id, list(found))
    return {
        one.movement.code: StoredMovement(
            id=one.id, movement=one.movement, line_ids=one.line_ids, posted=one.id in posted
        )
        for one in found.values()
    }


def _lines(
    connection: Connection, tables: MovementTables, company_id: int, ids: Sequence[int]
) -> Iterator[tuple[int, int, MovementLine]]:
    line = tables.line
    side = [line.c.side] if tables.has_sides else []
    statement = (
        select(
            line.c.movement_id, line.c.id, line.c.quantity, line.c.unit_cost, line.c.value,
            ITEM.c.name.label("item"), CATEGORY.c.name.label("category"), *side,
        )
        .join(ITEM, ITEM.c.id == line.c.item_id)
        .join(CATEGORY, CATEGORY.c.id == line.c.category_id)
        .where(line.c.company_id == company_id, line.c.movement_id.in_(ids))
    )  # fmt: skip
    for row in connection.execute(statement).mappings():
        values = {name: value for name, value in row.items() if name not in {"movement_id", "id"}}
        yield row["movement_id"], row["id"], MovementLine(**values)


def _posted(connection: Connection, tables: MovementTables, company_id: int, ids: Sequence[int]) -> set[int]:
    statement = select(MOVEMENT_SIDE.c.movement_id).where(
        MOVEMENT_SIDE.c.company_id == company_id,
        MOVEMENT_SIDE.c.kind == tables.side_kind,
        MOVEMENT_SIDE.c.live,
        MOVEMENT_SIDE.c.movement_id.in_(ids),
    )
    return set(connection.execute(statement).scalars())


class MovementStore:
    """Stores the movements of one company in one import; categories: their ids by name."""

    def __init__(
        self, connection: Connection, tables: MovementTables, company_id: int, categories: dict[str, int]
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._company_id = company_id
        self._categories = categories
        self._items = Items(connection, company_id)
        self._ids = new_ids(connection, tables.header.name)
        self._headers: list[dict[str, Any]] = []
        self._new_lines: list[tuple[Any, ...]] = []
        self._touched: set[int] = set()
        self._added = self._changed = self._unchanged = 0

    def store(self, movement: Movement, stored: StoredMovement | None) -> None:
        """Add a movement, or bring a stored one up to what came in; lines that did not come in stay."""
        news = stored is None or movement.header != stored.movement.header
        if stored is None:
            movement_id = next(self._ids)
            self._headers.append(
                {"id": movement_id, "company_id": self._company_id, self._tables.code: movement.code} | movement.header
            )
        else:
            movement_id = stored.id
            if news:
                self._update(self._tables.header, movement_id, movement.header)
        for key, line in movement.lines.items():
            old = stored.movement.lines.get(key) if stored else None
            if old is None:
                self._add(movement_id, line)
            elif old != line:
                assert stored is not None
                self._update(self._tables.line, stored.line_ids[key], self._values(line))
                self._changed += 1
            elif news:
                self._changed += 1
            else:
                self._unchanged += 1

    def finish(self) -> RowsStored:
        """Write what is still held, and return how many lines were added, changed (by their header too) or neither."""
        if self._headers:
            self._connection.execute(insert(self._tables.header), self._headers)
        self._items.flush()
        side = ("side",) if self._tables.has_sides else ()
        insert_rows(self._connection, self._tables.line.name, _LINE_COLUMNS + side, self._new_lines)
        self._items.move(self._touched)
        return RowsStored(added=self._added, changed=self._changed, unchanged=self._unchanged)

    def _add(self, movement_id: int, line: MovementLine) -> None:
        values = self._values(line)
        row = (self._company_id, movement_id, *(values[name] for name in _LINE_COLUMNS[2:]))
        self._new_lines.append((*row, line.side) if self._tables.has_sides else row)
        self._added += 1

    def _values(self, line: MovementLine) -> dict[str, Any]:
        category_id = self._categories[line.category]
        item_id, _ = self._items.find(line.item, category_id)
        self._touched.add(item_id)
        return {
            "item_id": item_id,
            "category_id": category_id,
            "quantity": line.quantity,
            "unit_cost": line.unit_cost,
            "value": line.value,
        }

    def _update(self, table: Table, row_id: int, values: dict[str, Any]) -> None:
        own = (table.c.id == row_id, table.c.company_id == self._company_id)
        self._connection.execute(update(table).where(*own).values(**values))
