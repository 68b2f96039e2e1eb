"""Items as they come in with lines: looked up by name, made where they are new, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from hub.store.importing.bulk import insert_rows, new_ids
from hub.store.importing.sql import ITEM
from hub.store.running import fetched

MOST_REMEMBERED = 50_000
_KNOWN = (
    select(ITEM.c.name, ITEM.c.id, ITEM.c.category_id)
    .where(ITEM.c.company_id == bindparam("company"))
    .limit(bindparam("most"))
)


@dataclass(slots=True)
class _Remembered:
    id: int
    category_id: int
    in_file: bool = False


class Items:
    """The items of one company during one import.

    forgot: some items of the file were forgotten to bound memory, so that whether one is in two categories must be
    asked of the stored lines.
    """

    def __init__(self, connection: Connection, company_id: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self._ids = new_ids(connection, "item")
        self._new: list[tuple[int, int, str, int]] = []
        self.made: int | None = None
        self.moved: dict[int, int] = {}
        self.forgot = False
        rows = fetched(connection, _KNOWN, {"company": company_id, "most": MOST_REMEMBERED})
        self._remembered = {name: _Remembered(item_id, category_id) for name, item_id, category_id in rows}
        self._all_remembered = len(rows) < MOST_REMEMBERED

    def find(self, name: str, category_id: int) -> tuple[int, int]:
        """Return an item's id, and the category it has had in this file so far; a new item is made."""
        item = self._remembered.get(name) or self._recall(name) or self._make(name, category_id)
        if not item.in_file:
            item.in_file = True
            if item.category_id != category_id:
                self.moved[item.id] = item.category_id = category_id
        return item.id, item.category_id

    def flush(self) -> None:
        """Store the new items; before the lines that name them."""
        insert_rows(self._connection, "item", ("id", "company_id", "name", "category_id"), self._new)
        self._new.clear()

    def move(self, item_ids: set[int]) -> int:
        """Give the items, of those whose category changed, their new category; return how many."""
        moves = [(item_id, category_id) for item_id, category_id in self.moved.items() if item_id in item_ids]
        for item_id, category_id in moves:
            self._connection.execute(
                update(ITEM)
                .where(ITEM.c.id == item_id, ITEM.c.company_id == self._company_id)
                .values(category_id=category_id)
            )
        return len(moves)

    def _recall(self, name: str) -> _Remembered | None:
        if self._all_remembered:
            return None
        self.flush()
        row = self._connection.execute(
            select(ITEM.c.id, ITEM.c.category_id).where(ITEM.c.company_id == self._company_id, ITEM.c.name == name)
        ).one_or_none()
        return self._remember(name, _Remembered(row.id, row.category_id)) if row else None

    def _make(self, name: str, category_id: int) -> _Remembered:
        item = _Remembered(next(self._ids), category_id, in_file=True)
        self.made = self.made or item.id
        self._new.append((item.id, self._company_id, name, category_id))
        return self._remember(name, item)

    def _remember(self, name: str, item: _Remembered) -> _Remembered:
        if len(self._remembered) >= MOST_REMEMBERED:
            self.flush()
            self._remembered.clear()
            self.forgot, self._all_remembered = True, False
        self._remembered[name] = item
        return item
