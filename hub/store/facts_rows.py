"""The records that one preview is computed from, in a handful of queries that each name the company."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Date, Result, bindparam, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import TextualSelect

from hub.api import Account
from hub.domain.facts import Batch, OnBooksValue, PriorChange, SiteCount, Transfer, Unsettled
from hub.store.running import run
from hub.store.setup_rows import Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCount:
    """An approved count that may be exported: newer than its site's last exported one and its opening values."""

    ref: int
    site: str
    count_date: date
    value: int
    differing: int


def _statement(sql: str, *lists: str, dates: Sequence[str] = ()) -> TextClause | TextualSelect:
    statement = text(sql).bindparams(*(bindparam(name, expanding=True) for name in lists))
    return statement.columns(**{name: Date() for name in dates}) if dates else statement


OFFERED = _statement(
    """
    SELECT c.id AS ref, c.site_id, c.count_date AS count_date, c.value, c.lines_differing
    FROM valuation_count c JOIN site s ON s.id = c.site_id
    WHERE c.company_id = :company_id AND c.current AND c.status = 'approved' AND c.site_id IN :sites
      AND (s.opening_date IS NULL OR c.count_date > s.opening_date)
      AND NOT EXISTS (SELECT 1 FROM export_count e WHERE e.company_id = :company_id AND e.site_id = c.site_id
                      AND e.live AND e.count_id IS NOT NULL AND e.count_date >= c.count_date)
    ORDER BY c.count_date DESC, s.code
    """,
    "sites",
    dates=["count_date"],
)
COUNTED = _statement(
    """
    SELECT c.site_id FROM valuation_count c
    WHERE c.company_id = :company_id AND c.current AND c.status = 'approved' AND c.count_date = :count_date
    """
).bindparams(bindparam("count_date", type_=Date()))
TOTALS = _statement(
    "SELECT count_id, category_id, value FROM count_total WHERE company_id = :company_id AND count_id IN :counts",
    "counts",
)
NEGATIVE = _statement(
    """
    SELECT DISTINCT l.count_id, l.category_id, i.name FROM count_line l JOIN item i ON i.id = l.item_id
    WHERE l.company_id = :company_id AND l.count_id IN :counts AND l.value < 0 ORDER BY l.count_id, i.name
    """,
    "counts",
)
DIFFERING = _statement(
    """
    SELECT DISTINCT l.count_id, i.name FROM count_line l JOIN item i ON i.id = l.item_id
    WHERE l.company_id = :company_id AND l.count_id IN :counts AND l.differs ORDER BY l.count_id, i.name
    """,
    "counts",
)
LAST_EXPORTED = _statement(
    """
    SELECT site_id, max(count_date) AS count_date FROM export_count
    WHERE company_id = :company_id AND live AND count_id IS NOT NULL GROUP BY site_id
    """,
    dates=["count_date"],
)
ON_BOOKS = _statement(
    """
    SELECT id, connection_id, site_id, category_id, value, asset_gl, asset_account, cogs_gl, cogs_account, dimensions
    FROM on_books WHERE company_id = :company_id AND state = 'live' AND site_id IN :sites
    """,
    "sites",
)
TRANSFERS = _statement(
    """
    SELECT t.id, t.transfer_id, t.date AS date, t.from_site_id, t.to_site_id, t.status, l.category_id, l.value
    FROM transfer t JOIN transfer_line l ON l.movement_id = t.id AND l.company_id = :company_id
    WHERE t.company_id = :company_id AND t.date <= :count_date AND (t.from_site_id IN :sites OR t.to_site_id IN :sites)
      AND (SELECT count(*) FROM movement_side m WHERE m.company_id = :company_id AND m.kind = 'transfer'
           AND m.movement_id = t.id AND m.live) < 2
    ORDER BY t.transfer_id
    """,
    "sites",
    dates=["date"],
).bindparams(bindparam("count_date", type_=Date()))
POSTED_SIDES = _statement(
    """
    SELECT movement_id, side FROM movement_side
    WHERE company_id = :company_id AND kind = 'transfer' AND live AND movement_id IN :movements
    """,
    "movements",
)
BATCHES = _statement(
    """
    SELECT b.id, b.batch_id, b.date AS date, b.site_id, l.side, l.category_id, l.value
    FROM batch b JOIN batch_line l ON l.movement_id = b.id AND l.company_id = :company_id
    WHERE b.company_id = :company_id AND b.date <= :count_date AND b.site_id IN :sites
      AND NOT EXISTS (SELECT 1 FROM movement_side m WHERE m.company_id = :company_id AND m.kind = 'batch'
                      AND m.movement_id = b.id AND m.live)
    ORDER BY b.batch_id, l.id
    """,
    "sites",
    dates=["date"],
).bindparams(bindparam("count_date", type_=Date()))
UNSETTLED = _statement(
    """
    SELECT c.site_id, e.code, e.count_date AS count_date, e.state FROM export_count c JOIN export e ON e.id = c.export_id
    WHERE c.company_id = :company_id AND c.unsettled AND c.site_id IN :sites ORDER BY e.id
    """,
    "sites",
    dates=["count_date"],
)
PRIOR_CHANGES = _statement(
    """
    SELECT e.code, p.reference, p.changed_there, c.site_id
    FROM posting p JOIN export e ON e.id = p.export_id JOIN export_count c ON c.export_id = e.id
    WHERE p.company_id = :company_id AND p.changed_there <> '' AND p.kind = 'post' AND c.live AND c.site_id IN :sites
    ORDER BY p.id
    """,
    "sites",
)


class FactRows:
    """Reads one company's records, by the names people use."""

    def __init__(self, connection: Connection, ids: Ids) -> None:
        self.connection = connection
        self.ids = ids

    def offered(self, sites: Collection[str]) -> list[OfferedCount]:
        """Return the counts on offer of some sites, newest first."""
        return [
            OfferedCount(
                ref=row["ref"],
                site=self.ids.site_codes[row["site_id"]],
                count_date=row["count_date"],
                value=row["value"],
                differing=row["lines_differing"],
            )
            for row in self._rows(OFFERED, sites=self._site_ids(sites))
        ]

    def counted(self, count_date: date) -> set[str]:
        """Return the sites that have an approved count of the date."""
        return {self.ids.site_codes[row["site_id"]] for row in self._rows(COUNTED, count_date=count_date)}

    def last_exported(self) -> dict[str, date]:
        """Return each site's newest live exported count date."""
        return {self.ids.site_codes[row["site_id"]]: row["count_date"] for row in self._rows(LAST_EXPORTED)}

    def counts(
        self, offered: Sequence[OfferedCount], last: Mapping[str, date], openings: Mapping[str, date]
    ) -> dict[str, SiteCount]:
        """Return the counts with their kept totals, by site."""
        refs = [count.ref for count in offered]
        names = self.ids.category_names
        totals: dict[int, dict[str, int]] = defaultdict(dict)
        for count_id, category_id, value in self._tuples(TOTALS, counts=refs):
            totals[count_id][names[category_id]] = value
        negative: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self._rows(NEGATIVE, counts=refs):
            negative[row["count_id"]][names[row["category_id"]]].append(row["name"])
        differing = self._differing([count.ref for count in offered if count.differing])
        return {
            count.site: SiteCount(
                ref=count.ref,
                site=count.site,
                totals=totals[count.ref],
                prior_date=max(filter(None, (last.get(count.site), openings.get(count.site))), default=None),
                prior_export=last.get(count.site),
                negative_items={name: tuple(items) for name, items in negative[count.ref].items()},
                differing_items=tuple(differing[count.ref]),
            )
            for count in offered
        }

    def on_books(self, sites: Collection[str]) -> tuple[OnBooksValue, ...]:
        """Return what the books carry for some sites."""
        connections, codes, names = self.ids.connection_names, self.ids.site_codes, self.ids.category_names
        return tuple(
            OnBooksValue(
                ref,
                connections[connection_id],
                codes[site_id],
                names[category_id],
                value,
                asset_gl,
                _account(asset),
                cogs_gl,
                _account(cogs),
                _dimensions(dimensions),
            )
            for ref, connection_id, site_id, category_id, value, asset_gl, asset, cogs_gl, cogs, dimensions in (
                self._tuples(ON_BOOKS, sites=self._site_ids(sites))
            )
        )

    def transfers(self, sites: Collection[str], count_date: date) -> tuple[Transfer, ...]:
        """Return the transfers of some sites up to a date that are not wholly posted."""
        heads: dict[int, Any] = {}
        totals: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self._rows(TRANSFERS, sites=self._site_ids(sites), count_date=count_date):
            heads[row["id"]] = row
            totals[row["id"]][self.ids.category_names[row["category_id"]]] += row["value"]
        posted: dict[int, set[str]] = defaultdict(set)
        for row in self._rows(POSTED_SIDES, movements=list(heads)):
            posted[row["movement_id"]].add(row["side"])
        return tuple(
            Transfer(
                ref=ref,
                transfer_id=row["transfer_id"],
                date=row["date"],
                from_site=self.ids.site_codes[row["from_site_id"]],
                to_site=self.ids.site_codes[row["to_site_id"]],
                approved=row["status"] == "approved",
                totals=dict(totals[ref]),
                posted=frozenset(posted[ref]),
            )
            for ref, row in heads.items()
        )

    def batches(self, sites: Collection[str], count_date: date) -> tuple[Batch, ...]:
        """Return the batches of some sites up to a date that are not posted."""
        heads: dict[int, Any] = {}
        lines: dict[tuple[int, str], list[tuple[str, int | None]]] = defaultdict(list)
        for row in self._rows(BATCHES, sites=self._site_ids(sites), count_date=count_date):
            heads[row["id"]] = row
            lines[row["id"], row["side"]].append((self.ids.category_names[row["category_id"]], row["value"]))
        return tuple(
            Batch(
                ref=ref,
                batch_id=row["batch_id"],
                date=row["date"],
                site=self.ids.site_codes[row["site_id"]],
                outputs=tuple(lines[ref, "output"]),
                inputs=tuple((category, value or 0) for category, value in lines[ref, "input"]),
            )
            for ref, row in heads.items()
        )

    def unsettled(self, sites: Collection[str]) -> tuple[Unsettled, ...]:
        """Return the exports and undos of some sites that have not come to rest."""
        return tuple(
            Unsettled(
                site=self.ids.site_codes[row["site_id"]],
                export=row["code"],
                count_date=row["count_date"],
                file=row["state"] == "FILE_READY",
            )
            for row in self._rows(UNSETTLED, sites=self._site_ids(sites))
        )

    def prior_changes(self, sites: Collection[str]) -> tuple[PriorChange, ...]:
        """Return the posted journals of some sites known to have been edited or deleted there."""
        found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in self._rows(PRIOR_CHANGES, sites=self._site_ids(sites)):
            key = (row["code"], row["reference"], row["changed_there"])
            found[key].append(self.ids.site_codes[row["site_id"]])
        return tuple(
            PriorChange(sites=tuple(codes), export=code, reference=reference, deleted=change == "deleted")
            for (code, reference, change), codes in found.items()
        )

    def _differing(self, refs: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for row in self._rows(DIFFERING, counts=refs):
            found[row["count_id"]].append(row["name"])
        return found

    def _site_ids(self, sites: Collection[str]) -> list[int]:
        return [self.ids.sites[code] for code in sites]

    def _rows(self, statement: TextClause | TextualSelect, **values: Any) -> list[Any]:  # noqa: ANN401 - bound values of any column
        found = self._found(statement, values)
        return list(found.mappings()) if found else []

    def _tuples(self, statement: TextClause | TextualSelect, **values: Any) -> Sequence[Any]:  # noqa: ANN401 - as above
        found = self._found(statement, values)
        return found.all() if found else []

    def _found(self, statement: TextClause | TextualSelect, values: dict[str, Any]) -> Result[*tuple[Any, ...]] | None:
        if any(value == [] for value in values.values()):
            return None
        return run(self.connection, statement, {"company_id": self.ids.company_id, **values})


@lru_cache(maxsize=4096)
def _account(text: str) -> Account:
    return Account(**json.loads(text))


@lru_cache(maxsize=4096)
def _dimensions(text: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(text))
