"""The records behind the report of one count date: counts, what the books carried before, and the items counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, bindparam, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import TextualSelect

from hub.store.setup_rows import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedCount:
    """One site's count of the date; export: the live one that carries it, by row; current: not amended since.

    connection: the books its export went to, None where it is not exported; ref: its row; value: minor units.
    """

    ref: int
    site: str
    status: str
    value: int
    current: bool
    export: int | None = None
    connection: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedItem:
    """One line of a count; quantity and unit_cost in millionths, value in minor units."""

    count: int
    category: str
    item: str
    area: str
    unit: str
    quantity: int
    unit_cost: int | None
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingExport:
    """The live export that carries a count: its code, the books it went to, what their system is called, how it stands."""

    code: str
    connection: str
    label: str
    state: str
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCount:
    """One site's count of any date; export: None where it is not exported."""

    site: str
    count_date: date
    export: CarryingExport | None = None


CategoryValues = dict[str, dict[str, int]]
"""Minor units by site code and category."""

_COUNTS = text(
    """
    SELECT n.id, n.site_id, n.status, n.value, n.current, e.export_id, e.connection_id
    FROM valuation_count n LEFT JOIN export_count e ON e.company_id = :company_id AND e.count_id = n.id AND e.live
    WHERE n.company_id = :company_id AND n.count_date = :count_date AND (n.current OR e.export_id IS NOT NULL)
    ORDER BY n.id
    """
).bindparams(bindparam("count_date", type_=Date()))
_TOTALS = text(
    "SELECT count_id, category_id, value, lines FROM count_total WHERE company_id = :company_id AND count_id IN :counts"
).bindparams(bindparam("counts", expanding=True))
_PRIOR = text(
    """
    SELECT o.site_id, o.category_id, o.value
    FROM on_books o LEFT JOIN export e ON e.id = o.replaced_by AND e.company_id = :company_id
    WHERE o.company_id = :company_id AND o.site_id IN :sites AND o.as_of < :count_date
      AND o.state IN ('live', 'replaced') AND (o.replaced_by IS NULL OR e.count_date >= :count_date)
    """
).bindparams(bindparam("sites", expanding=True), bindparam("count_date", type_=Date()))
_PRIOR_DATES = (
    text(
        """
        SELECT site_id, max(count_date) AS count_date FROM export_count
        WHERE company_id = :company_id AND live AND count_id IS NOT NULL AND count_date < :count_date GROUP BY site_id
        """
    )
    .bindparams(bindparam("count_date", type_=Date()))
    .columns(count_date=Date())
)
_ITEMS = text(
    """
    SELECT l.count_id, l.category_id, i.name AS item, l.area, l.unit, l.quantity, l.unit_cost, l.value
    FROM count_line l JOIN item i ON i.id = l.item_id AND i.company_id = :company_id
    WHERE l.company_id = :company_id AND l.count_id IN :counts
    ORDER BY l.count_id, i.name, l.area, l.line
    """
).bindparams(bindparam("counts", expanding=True))
_DATES = (
    text(
        """
        SELECT DISTINCT count_date FROM valuation_count
        WHERE company_id = :company_id AND current AND site_id IN :sites ORDER BY count_date DESC
        """
    )
    .bindparams(bindparam("sites", expanding=True))
    .columns(count_date=Date())
)
_LISTED = text(
    """
    SELECT n.count_date AS count_date, n.site_id, x.code, x.connection_id, x.label, x.state, x.phase
    FROM valuation_count n
    LEFT JOIN export_count e ON e.company_id = :company_id AND e.count_id = n.id AND e.live
    LEFT JOIN export x ON x.company_id = :company_id AND x.id = e.export_id
    WHERE n.company_id = :company_id AND (n.current OR x.id IS NOT NULL)
    ORDER BY n.count_date DESC, n.site_id, x.id IS NULL, n.id
    """
).columns(count_date=Date())


class ReportRows:
    """Reads what one company's reports show, by the names people use."""

    def __init__(self, connection: Connection, ids: Ids) -> None:
        self.connection = connection
        self.ids = ids

    def counts(self, count_date: date) -> list[ReportedCount]:
        """Return every count of a date: the exported one of a site, and the present one where it was amended since."""
        return [
            ReportedCount(
                ref=row["id"],
                site=self.ids.site_codes[row["site_id"]],
                status=row["status"],
                value=row["value"],
                current=bool(row["current"]),
                export=row["export_id"],
                connection=self.ids.connection_names.get(row["connection_id"]),
            )
            for row in self._rows(_COUNTS, count_date=count_date)
        ]

    def totals(self, counts: Sequence[int]) -> dict[int, dict[str, int]]:
        """Return the kept totals of some counts: by count row, then category; minor units."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for row in self._rows(_TOTALS, counts=list(counts)):
            found[row["count_id"]][self.ids.category_names[row["category_id"]]] = row["value"]
        return found

    def line_numbers(self, counts: Sequence[int]) -> dict[int, dict[str, int]]:
        """Return how many lines some counts have: by count row, then category."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for row in self._rows(_TOTALS, counts=list(counts)):
            found[row["count_id"]][self.ids.category_names[row["category_id"]]] = row["lines"]
        return found

    def prior(self, sites: Collection[str], count_date: date) -> CategoryValues:
        """Return what the books carried for some sites before the count of a date, as it was posted and not undone."""
        found: CategoryValues = defaultdict(dict)
        for row in self._rows(_PRIOR, sites=self._site_ids(sites), count_date=count_date):
            values = found[self.ids.site_codes[row["site_id"]]]
            category = self.ids.category_names[row["category_id"]]
            values[category] = values.get(category, 0) + row["value"]
        return found

    def prior_dates(self, count_date: date) -> dict[str, date]:
        """Return each site's newest exported count date before a date."""
        rows = self._rows(_PRIOR_DATES, count_date=count_date)
        return {self.ids.site_codes[row["site_id"]]: row["count_date"] for row in rows}

    def items(self, counts: Sequence[int]) -> list[CountedItem]:
        """Return the lines of some counts, by item and area."""
        return [
            CountedItem(
                count=row["count_id"],
                category=self.ids.category_names[row["category_id"]],
                item=row["item"],
                area=row["area"],
                unit=row["unit"],
                quantity=row["quantity"],
                unit_cost=row["unit_cost"],
                value=row["value"],
            )
            for row in self._rows(_ITEMS, counts=list(counts))
        ]

    def dates(self, sites: Collection[str]) -> list[date]:
        """Return the dates on which some sites were counted, newest first."""
        return [row["count_date"] for row in self._rows(_DATES, sites=self._site_ids(sites))]

    def listed(self) -> list[ListedCount]:
        """Return every count of every date, newest first; of a site's counts of one date the exported one comes first."""
        return [
            ListedCount(
                site=self.ids.site_codes[row["site_id"]],
                count_date=row["count_date"],
                export=self._carrying(row) if row["code"] is not None else None,
            )
            for row in self._rows(_LISTED)
        ]

    def _carrying(self, row: Any) -> CarryingExport:  # noqa: ANN401 - a row of any columns
        names = {name: row[name] for name in ("code", "label", "state", "phase")}
        return CarryingExport(connection=self.ids.connection_names[row["connection_id"]], **names)

    def _site_ids(self, sites: Collection[str]) -> list[int]:
        return [self.ids.sites[code] for code in sites]

    def _rows(self, statement: TextClause | TextualSelect, **values: Any) -> list[Any]:  # noqa: ANN401 - bound values of any column
        if any(value == [] for value in values.values()):
            return []
        found = self.connection.execute(statement, {"company_id": self.ids.company_id, **values})
        return list(found.mappings())
