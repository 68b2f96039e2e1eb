"""The records behind one category of one site in a report: its items page by page, what moved, what the books carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, bindparam, select, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import TextualSelect

from hub.domain.transfers import Taken
from hub.store import tables
from hub.store.report_rows import CountedItem
from hub.store.setup_rows import Ids
from hub.store.tables.columns import Document

AUDIT = tables.AuditEvent.__table__  # type: ignore[attr-defined]
READ_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedValue:
    """A value that an export left on the books, or the opening values (export is None), and the accounts it went to."""

    value: int
    as_of: date
    export: str | None
    asset_gl: str
    asset_account: Mapping[str, str]
    cogs_gl: str
    cogs_account: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedItem:
    """One item of a transfer or batch; way: `from_site → to_site` codes, or a batch's side; value None: of its inputs."""

    kind: str
    name: str
    date: date
    way: tuple[str, ...]
    item: str
    quantity: int
    unit_cost: int | None
    value: int | None


class Recorded(NamedTuple):
    """One entry of the audit trail: its number, what was done, by whom, when, and its detail."""

    seq: int
    action: str
    actor: str
    at: datetime
    detail: Mapping[str, Any]


_ITEM = """
    SELECT l.count_id, l.category_id, i.name AS item, l.area, l.unit, l.quantity, l.unit_cost, l.value, l.line
    FROM count_line l JOIN item i ON i.id = l.item_id AND i.company_id = :company_id
    WHERE l.company_id = :company_id AND l.count_id = :count AND l.category_id = :category
"""
_ITEMS = text(_ITEM + " ORDER BY i.name, l.area, l.line LIMIT :most OFFSET :skip")
_ITEMS_AFTER = text(_ITEM + " AND l.line > :after ORDER BY l.line LIMIT :most")
_ITEM_COUNT = text(
    "SELECT lines FROM count_total WHERE company_id = :company_id AND count_id = :count AND category_id = :category"
)
_CARRIED = """
    SELECT o.value, o.as_of AS as_of, x.code, o.asset_gl, o.asset_account, o.cogs_gl, o.cogs_account
    FROM on_books o LEFT JOIN export x ON x.id = o.set_by AND x.company_id = :company_id
    LEFT JOIN export r ON r.id = o.replaced_by AND r.company_id = :company_id
    WHERE o.company_id = :company_id AND o.site_id = :site AND o.category_id = :category
"""
_TYPES = {"as_of": Date(), "asset_account": Document(), "cogs_account": Document()}
_BEFORE = (
    text(
        _CARRIED + " AND o.as_of < :count_date AND o.state IN ('live', 'replaced')"
        " AND (o.replaced_by IS NULL OR r.count_date >= :count_date) ORDER BY o.id"
    )
    .bindparams(bindparam("count_date", type_=Date()))
    .columns(**_TYPES)
)
_SET_BY = (
    text(_CARRIED + " AND o.set_by IN :exports AND o.state <> 'undone' ORDER BY o.id")
    .bindparams(bindparam("exports", expanding=True))
    .columns(**_TYPES)
)
_TAKEN = text(
    "SELECT kind, movement_id, side FROM movement_side WHERE company_id = :company_id AND live AND export_id IN :exports"
).bindparams(bindparam("exports", expanding=True))
_TRANSFERS = (
    text(
        """
        SELECT t.id, t.transfer_id AS name, t.date AS date, t.from_site_id, t.to_site_id,
               i.name AS item, l.quantity, l.unit_cost, l.value
        FROM transfer t JOIN transfer_line l ON l.movement_id = t.id AND l.company_id = :company_id
        JOIN item i ON i.id = l.item_id AND i.company_id = :company_id
        WHERE t.company_id = :company_id AND t.id IN :movements AND l.category_id = :category
          AND (t.from_site_id = :site OR t.to_site_id = :site)
        ORDER BY t.date, t.transfer_id, i.name
        """
    )
    .bindparams(bindparam("movements", expanding=True))
    .columns(date=Date())
)
_BATCHES = (
    text(
        """
        SELECT b.id, b.batch_id AS name, b.date AS date, l.side, i.name AS item, l.quantity, l.unit_cost, l.value
        FROM batch b JOIN batch_line l ON l.movement_id = b.id AND l.company_id = :company_id
        JOIN item i ON i.id = l.item_id AND i.company_id = :company_id
        WHERE b.company_id = :company_id AND b.id IN :movements AND l.category_id = :category AND b.site_id = :site
        ORDER BY b.date, b.batch_id, l.side, i.name
        """
    )
    .bindparams(bindparam("movements", expanding=True))
    .columns(date=Date())
)
_OWN_ACCOUNTS = text(
    """
    SELECT c.asset_account IS NOT NULL AS asset, c.cogs_account IS NOT NULL AS cogs
    FROM category c WHERE c.company_id = :company_id AND c.id = :category
    """
)


class LineRows:
    """Reads what stands behind one site and category."""

    def __init__(self, connection: Connection, ids: Ids, site: str, category: str) -> None:
        self.connection = connection
        self.ids = ids
        self.site = site
        self.site_id = ids.sites[site]
        self.category_id = ids.categories[category]

    def item_count(self, count: int) -> int:
        """Return how many lines a count (its row) has of the category."""
        found = self._rows(_ITEM_COUNT, count=count)
        return int(found[0]["lines"]) if found else 0

    def items(self, count: int, *, skip: int, most: int) -> list[CountedItem]:
        """Return one page of a count's lines of the category, by item and area."""
        return [self._item(row) for row in self._rows(_ITEMS, count=count, skip=skip, most=most)]

    def items_after(self, count: int, line: int, most: int) -> list[tuple[int, CountedItem]]:
        """Return the next lines after one, each with its number, in the order of the file that they came from."""
        return [(row["line"], self._item(row)) for row in self._rows(_ITEMS_AFTER, count=count, after=line, most=most)]

    def carried_before(self, count_date: date) -> list[CarriedValue]:
        """Return what the books carried before the count of a date."""
        return [_carried(row) for row in self._rows(_BEFORE, count_date=count_date)]

    def set_by(self, exports: Sequence[int]) -> list[CarriedValue]:
        """Return what some exports (rows) left on the books."""
        return [_carried(row) for row in self._rows(_SET_BY, exports=list(exports))]

    def taken(self, exports: Sequence[int]) -> list[Taken]:
        """Return the transfers and batches that some exports post."""
        return [(row["kind"], row["movement_id"], row["side"]) for row in self._rows(_TAKEN, exports=list(exports))]

    def moved(self, taken: Sequence[Taken]) -> list[MovedItem]:
        """Return the items of the category that these transfers move at the site, and of these batches."""
        sides = {(ref, side) for kind, ref, side in taken if kind == "transfer"}
        transfers = self._rows(_TRANSFERS, movements=sorted({ref for ref, _ in sides}))
        batches = self._rows(_BATCHES, movements=sorted(ref for kind, ref, _ in taken if kind == "batch"))
        return [
            *(_moved(row, "transfer", self._way(row)) for row in transfers if self._sides(row) & sides),
            *(_moved(row, "batch", (row["side"],)) for row in batches),
        ]

    def own_accounts(self) -> tuple[bool, bool]:
        """Tell whether the category has an asset and a COGS account of its own, rather than its department's."""
        row = self._rows(_OWN_ACCOUNTS)[0]
        return bool(row["asset"]), bool(row["cogs"])

    def _way(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return self.ids.site_codes[row["from_site_id"]], self.ids.site_codes[row["to_site_id"]]

    def _sides(self, row: Mapping[str, Any]) -> set[tuple[int, str]]:
        """Return the sides of a transfer that are of this site."""
        return {(row["id"], side) for side in ("from", "to") if row[f"{side}_site_id"] == self.site_id}

    def _item(self, row: Mapping[str, Any]) -> CountedItem:
        return CountedItem(
            count=row["count_id"],
            category=self.ids.category_names[row["category_id"]],
            **{name: row[name] for name in ("item", "area", "unit", "quantity", "unit_cost", "value")},
        )

    def _rows(self, statement: TextClause | TextualSelect, **values: Any) -> list[Any]:  # noqa: ANN401 - bound values of any column
        if any(value == [] for value in values.values()):
            return []
        own = {"company_id": self.ids.company_id, "site": self.site_id, "category": self.category_id}
        return list(self.connection.execute(statement, {**own, **values}).mappings())


def recorded(
    connection: Connection, company_id: int, subject: str, until: datetime | None = None
) -> Iterator[Recorded]:
    """Yield what the audit trail says of a subject, newest first; until: nothing after this instant."""
    where = (AUDIT.c.company_id == company_id, AUDIT.c.subject == subject)
    columns = (AUDIT.c.seq, AUDIT.c.action, AUDIT.c.actor, AUDIT.c.at, AUDIT.c.detail)
    statement = select(*columns).where(*where).order_by(AUDIT.c.seq.desc())
    if until is not None:
        statement = statement.where(AUDIT.c.at <= until)
    with connection.execute(statement, execution_options={"yield_per": READ_AT_ONCE}) as rows:
        yield from map(Recorded._make, rows)


def _carried(row: Mapping[str, Any]) -> CarriedValue:
    names = ("value", "as_of", "asset_gl", "asset_account", "cogs_gl", "cogs_account")
    return CarriedValue(export=row["code"], **{name: row[name] for name in names})


def _moved(row: Mapping[str, Any], kind: str, way: tuple[str, ...]) -> MovedItem:
    names = ("name", "date", "item", "quantity", "unit_cost", "value")
    return MovedItem(kind=kind, way=way, **{name: row[name] for name in names})
