"""What is wrong in the database: read over all companies, by whoever keeps the hub healthy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, Select, Table, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from hub.store import tables
from hub.store.database import Database
from hub.store.running import run

MOST_FINDINGS = 50
"""Of one kind: who sees fifty needs a back-up, not the rest of the list."""

SETTLED = "('POSTED', 'FILE_READY', 'UNDONE')"
_CORRECTED = (
    "EXISTS (SELECT 1 FROM posting p WHERE p.export_id = e.id AND p.kind = 'duplicate' AND p.state <> 'POSTED')"
)
_EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
_POSTING = tables.Posting.__table__  # type: ignore[attr-defined]
_COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
_SUMMED = """
    WITH summed AS (
      SELECT count_id, category_id, sum(value) AS value, count(*) AS lines FROM count_line GROUP BY count_id, category_id
    ), compared AS (
      SELECT t.count_id, t.category_id, t.value AS kept, t.lines AS kept_lines,
             coalesce(s.value, 0) AS value, coalesce(s.lines, 0) AS lines
      FROM count_total t LEFT JOIN summed s ON s.count_id = t.count_id AND s.category_id = t.category_id
      UNION ALL
      SELECT s.count_id, s.category_id, 0, 0, s.value, s.lines FROM summed s
      WHERE NOT EXISTS (SELECT 1 FROM count_total t WHERE t.count_id = s.count_id AND t.category_id = s.category_id)
    )
"""
_OF_COUNT = """
    JOIN site s ON s.id = n.site_id JOIN company co ON co.id = n.company_id
"""
_OF_EXPORT = "JOIN company co ON co.id = e.company_id"
_VALUE_OF = """
    FROM on_books o JOIN company co ON co.id = o.company_id JOIN site s ON s.id = o.site_id
    JOIN category c ON c.id = o.category_id LEFT JOIN export e ON e.id = o.{export}
"""

CHECKS = {
    "kept_total_differs": f"""{_SUMMED}
        SELECT co.code AS company, s.code AS site, n.count_date AS date, c.name AS category,
               coalesce(s.currency, co.currency) AS currency, b.kept AS kept, b.value AS value, b.lines AS lines
        FROM compared b JOIN valuation_count n ON n.id = b.count_id {_OF_COUNT} JOIN category c ON c.id = b.category_id
        WHERE b.kept <> b.value OR b.kept_lines <> b.lines ORDER BY n.id, c.id""",
    "count_value_differs": f"""
        SELECT co.code AS company, s.code AS site, n.count_date AS date, coalesce(s.currency, co.currency) AS currency,
               n.value AS kept, coalesce(l.value, 0) AS value, coalesce(l.lines, 0) AS lines
        FROM valuation_count n {_OF_COUNT} LEFT JOIN (
          SELECT count_id, sum(value) AS value, count(*) AS lines, sum(CASE WHEN differs THEN 1 ELSE 0 END) AS differing
          FROM count_line GROUP BY count_id) l ON l.count_id = n.id
        WHERE n.value <> coalesce(l.value, 0) OR n.lines <> coalesce(l.lines, 0)
           OR n.lines_differing <> coalesce(l.differing, 0) ORDER BY n.id""",
    "count_line_stray": f"""
        SELECT co.code AS company, s.code AS site, n.count_date AS date, count(*) AS lines
        FROM count_line l JOIN valuation_count n ON n.id = l.count_id {_OF_COUNT}
        LEFT JOIN item i ON i.id = l.item_id AND i.company_id = n.company_id
        LEFT JOIN category c ON c.id = l.category_id AND c.company_id = n.company_id
        WHERE l.company_id <> n.company_id OR i.id IS NULL OR c.id IS NULL
        GROUP BY n.id, co.code, s.code, n.count_date ORDER BY n.id""",
    "count_half_imported": f"""
        SELECT co.code AS company, s.code AS site, n.count_date AS date
        FROM valuation_count n {_OF_COUNT} WHERE n.status = 'importing' ORDER BY n.id""",
    "export_without_sites": f"""
        SELECT co.code AS company, e.code AS export FROM export e {_OF_EXPORT}
        WHERE NOT EXISTS (SELECT 1 FROM export_count c WHERE c.export_id = e.id) ORDER BY e.id""",
    "site_not_settled": f"""
        SELECT co.code AS company, e.code AS export, s.code AS site
        FROM export_count c JOIN export e ON e.id = c.export_id {_OF_EXPORT} JOIN site s ON s.id = c.site_id
        WHERE (e.state = 'UNDONE' AND (c.live OR c.unsettled)) OR (e.state <> 'UNDONE' AND NOT c.live AND NOT {_CORRECTED})
           OR (e.state = 'POSTED' AND c.unsettled) OR (e.state NOT IN ('POSTED', 'UNDONE') AND NOT c.unsettled)
        ORDER BY e.id, s.code""",
    "movement_not_settled": f"""
        SELECT co.code AS company, e.code AS export, count(*) AS movements
        FROM movement_side m JOIN export e ON e.id = m.export_id {_OF_EXPORT}
        WHERE (e.state = 'UNDONE') = m.live AND NOT {_CORRECTED} GROUP BY e.id, co.code, e.code ORDER BY e.id""",
    "movement_missing": f"""
        SELECT co.code AS company, e.code AS export, count(*) AS movements
        FROM movement_side m JOIN export e ON e.id = m.export_id {_OF_EXPORT}
        LEFT JOIN transfer t ON m.kind = 'transfer' AND t.id = m.movement_id AND t.company_id = m.company_id
        LEFT JOIN batch b ON m.kind = 'batch' AND b.id = m.movement_id AND b.company_id = m.company_id
        WHERE t.id IS NULL AND b.id IS NULL GROUP BY e.id, co.code, e.code ORDER BY e.id""",
    "value_half_set": f"""
        SELECT co.code AS company, e.code AS export, s.code AS site, c.name AS category {_VALUE_OF.format(export="set_by")}
        WHERE (o.state = 'pending' AND (e.id IS NULL OR e.state IN {SETTLED}))
           OR (o.state IN ('live', 'replaced') AND e.state = 'UNDONE')
           OR (o.state = 'undone' AND (e.id IS NULL OR (e.state <> 'UNDONE' AND NOT {_CORRECTED})))
           OR o.state NOT IN ('pending', 'live', 'replaced', 'undone') ORDER BY o.id""",
    "value_half_replaced": f"""
        SELECT co.code AS company, e.code AS export, s.code AS site, c.name AS category
        {_VALUE_OF.format(export="replaced_by")}
        WHERE (o.state = 'replaced' AND e.id IS NULL) OR e.state = 'UNDONE'
           OR (o.state = 'live' AND e.state IN {SETTLED}) ORDER BY o.id""",
}
"""Each query yields a row for each finding of its code; company, export, site, date and category say where."""


class Unreadable(Exception):
    """The database cannot be read; the message is the database's own."""


@contextmanager
def examined(database: Database) -> Iterator[Connection]:
    """Open a read of the whole database; raises Unreadable where it is not there or damaged."""
    try:
        with database.read() as connection:
            yield connection
    except DBAPIError as error:
        raise Unreadable(str(error.orig)) from error


def file_damage(connection: Connection) -> list[str]:
    """Return what SQLite finds wrong with its own file; nothing on other databases, which look after themselves."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_FINDINGS})").scalars()
    return [line for line in found if line != "ok"]


def findings(connection: Connection, code: str) -> list[dict[str, Any]]:
    """Return the rows of one of CHECKS. Any: values of any column."""
    rows = connection.execute(text(f"SELECT * FROM ({CHECKS[code]}) found LIMIT {MOST_FINDINGS}")).mappings()
    return [{**row, "date": _day(row["date"])} if "date" in row else dict(row) for row in rows]


def broken_references(connection: Connection) -> Iterator[tuple[str, str, int]]:
    """Yield each table and column with rows that point at nothing, or at another company's row, and how many."""
    for table in SQLModel.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: str(key.parent.name)):
            count = run(connection, _astray(table, key)).scalar_one()
            if count:
                yield table.name, key.parent.name, count


def frozen_postings(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield every export with each of its postings, by export, kind and part. Any: values of any column."""
    statement = (
        select(
            _COMPANY.c.code.label("company"),
            *(
                _EXPORT.c[name].label(f"export_{name}")
                for name in ("id", "code", "phase", "state", "currency", "count_date", "decisions")
            ),
            *_POSTING.c["id", "kind", "part", "state", "reference", "key", "entry_date", "entry", "sha256", "receipt"],
        )
        .select_from(_EXPORT)
        .join(_COMPANY, _COMPANY.c.id == _EXPORT.c.company_id)
        .outerjoin(_POSTING, _POSTING.c.export_id == _EXPORT.c.id)
        .order_by(_EXPORT.c.id, _POSTING.c.kind, _POSTING.c.part)
    )
    for row in connection.execution_options(yield_per=200).execute(statement).mappings():
        yield dict(row)


@cache
def _astray(table: Table, key: ForeignKey) -> Select[int]:
    """Return how to count a table's rows that point at nothing, or at another company's row."""
    parent = key.column.table.alias()
    wrong: list[ColumnElement[bool]] = [parent.c.id.is_(None)]
    if "company_id" in table.c and "company_id" in parent.c:
        wrong.append(parent.c.company_id != table.c.company_id)
    return (
        select(func.count())
        .select_from(table.outerjoin(parent, parent.c.id == key.parent))
        .where(key.parent.is_not(None), or_(*wrong))
    )


def _day(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()
