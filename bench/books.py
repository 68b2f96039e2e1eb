"""Databases to measure on: companies with sites, months of counts with their lines, and what the books carry.

Every count has all 30 categories. The sites of a company that are still open have a last count that was not exported.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

CATEGORIES = 30
LAST_DAY = date(2030, 12, 1)
MAKING = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000", "foreign_keys=OFF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is; open_sites: how many of each company's sites have a last count that was not exported."""

    companies: int
    sites: int
    months: int
    lines_per_count: int
    open_sites: int

    @property
    def lines(self) -> int:
        return self.companies * self.sites * self.months * self.lines_per_count


def make(file: Path, size: Size) -> None:
    """Make the database; a million lines take some seconds."""
    from hub.store import sqlite_url, upgrade

    upgrade(sqlite_url(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in MAKING:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for statement in (*SETUP, *COUNTS):
            connection.execute(statement, _values(size))
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")


def _values(size: Size) -> dict[str, int]:
    return {
        "companies": size.companies,
        "sites": size.sites,
        "months": size.months,
        "lines": size.lines_per_count,
        "open_sites": size.open_sites,
        "categories": CATEGORIES,
    }


def _numbers(last: str, name: str) -> str:
    return f"{name}(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM {name} WHERE n + 1 < {last})"


COMPANY_SITES = f"WITH RECURSIVE {_numbers(':companies', 'c')}, {_numbers(':sites', 's')}"
COMPANY_CATEGORIES = f"WITH RECURSIVE {_numbers(':companies', 'c')}, {_numbers(':categories', 'k')}"
SETUP = (
    f"""WITH RECURSIVE {_numbers(":companies", "c")}
    INSERT INTO company (id, uuid, code, name, currency, method, transfers, production, entry_per, reversal_date, mode,
                         version)
    SELECT n + 1, 'company ' || n, 'C' || n, 'Company ' || n, 'USD', 'reversal', 'with_adjustments', 'with_adjustments',
           'connection', 'count', 'manual', 0 FROM c""",
    f"""WITH RECURSIVE {_numbers(":companies", "c")}
    INSERT INTO connection (id, company_id, name, connector, environment, books, books_name, settings)
    SELECT n + 1, n + 1, 'Main', 'csv_iif', 'production', 'books ' || n, 'Main', '{{"layout":"generic"}}' FROM c""",
    f"""WITH RECURSIVE {_numbers(":companies", "c")}
    INSERT INTO department (id, company_id, name, position) SELECT n + 1, n + 1, 'Food', 1 FROM c""",
    f"""{COMPANY_CATEGORIES}
    INSERT INTO gl_account (id, company_id, number, name, kind)
    SELECT 2 * (c.n * :categories + k.n) + 1, c.n + 1, 1200 + k.n, 'Inventory ' || k.n, 'asset' FROM c, k
    UNION ALL
    SELECT 2 * (c.n * :categories + k.n) + 2, c.n + 1, 5000 + k.n, 'Cost of ' || k.n, 'cogs' FROM c, k""",
    f"""{COMPANY_CATEGORIES}
    INSERT INTO category (id, company_id, department_id, name, position, asset_account, cogs_account, retired)
    SELECT c.n * :categories + k.n + 1, c.n + 1, c.n + 1, 'Category ' || k.n, k.n,
           2 * (c.n * :categories + k.n) + 1, 2 * (c.n * :categories + k.n) + 2, 0 FROM c, k""",
    """INSERT INTO chart_account (company_id, connection_id, key, account_id, number, name, kind, active, why_not_postable)
    SELECT company_id, company_id, 'A' || number, 'A' || number, number, name, kind, 1, '' FROM gl_account""",
    """INSERT INTO account_map (company_id, connection_id, gl_account_id, account_id, account_number, account_name)
    SELECT company_id, company_id, id, 'A' || number, number, name FROM gl_account""",
    f"""{COMPANY_SITES}
    INSERT INTO site (id, company_id, code, name, connection_id, opening_date, opening_connection_id)
    SELECT c.n * :sites + s.n + 1, c.n + 1, printf('S%04d', s.n), 'Restaurant ' || s.n, c.n + 1, '2001-01-01', c.n + 1
    FROM c, s""",
    f"""WITH RECURSIVE {_numbers(":companies", "c")}, {_numbers("100", "i")}
    INSERT INTO item (id, company_id, name, category_id)
    SELECT c.n * 100 + i.n + 1, c.n + 1, 'Item ' || i.n, c.n * :categories + i.n % :categories + 1 FROM c, i""",
)
COUNTS = (
    f"""WITH RECURSIVE {_numbers(":months", "m")}
    INSERT INTO valuation_count (id, company_id, site_id, count_date, status, current, value, lines, lines_differing,
                                 imported_at)
    SELECT s.id * :months + m.n, s.company_id, s.id, date('2030-12-01', '-' || (:months - 1 - m.n) || ' months'),
           'approved', 1, 0, :lines, 0, '2031-01-01T00:00:00+00:00' FROM site s, m""",
    f"""WITH RECURSIVE {_numbers(":lines", "l")}
    INSERT INTO count_line (count_id, line, company_id, item_id, category_id, area, unit, quantity, unit_cost, value,
                            differs)
    SELECT c.id, l.n + 2, c.company_id, (c.company_id - 1) * 100 + l.n % 100 + 1,
           (c.company_id - 1) * :categories + l.n % :categories + 1, 'Walk-in', 'kg', 1000000,
           10000 * (100 + (l.n * 37 + c.id * 11) % 5000), 100 + (l.n * 37 + c.id * 11) % 5000, 0
    FROM valuation_count c CROSS JOIN l ORDER BY c.id""",
    """INSERT INTO count_total (count_id, category_id, company_id, value, lines)
    SELECT count_id, category_id, company_id, sum(value), count(*) FROM count_line GROUP BY count_id, category_id""",
    "UPDATE valuation_count SET value = (SELECT sum(value) FROM count_total t WHERE t.count_id = valuation_count.id)",
    """INSERT INTO export (id, company_id, connection_id, code, kind, count_date, sequence, phase, state, hash, label,
                           currency, decisions, settings, problems, created_at, created_by)
    SELECT min(id), company_id, company_id, 'E' || min(id), 'count', count_date, 1, 'post', 'POSTED', '', 'File', 'USD',
           '[]', '{}', '[]', '2031-01-01T00:00:00+00:00', 'bench'
    FROM valuation_count c
    WHERE count_date < '2030-12-01' OR (site_id - 1) % :sites >= :open_sites GROUP BY company_id, count_date""",
    """INSERT INTO export_count (export_id, site_id, company_id, connection_id, count_id, count_date, live, unsettled)
    SELECT e.id, c.site_id, c.company_id, c.company_id, c.id, c.count_date, 1, 0
    FROM valuation_count c JOIN export e ON e.company_id = c.company_id AND e.count_date = c.count_date
    WHERE c.count_date < '2030-12-01' OR (c.site_id - 1) % :sites >= :open_sites""",
    """INSERT INTO on_books (company_id, connection_id, site_id, category_id, value, asset_gl, asset_account, cogs_gl,
                             cogs_account, dimensions, as_of, state)
    SELECT s.company_id, s.company_id, s.id, k.id, 1000 + (s.id * 31 + k.id * 17) % 9000, 1200 + k.position,
           '{"id":"A' || (1200 + k.position) || '","name":"Inventory ' || k.position || '","number":"'
           || (1200 + k.position) || '"}', 5000 + k.position,
           '{"id":"A' || (5000 + k.position) || '","name":"Cost of ' || k.position || '","number":"'
           || (5000 + k.position) || '"}', '{}', '2030-11-01', 'live'
    FROM site s JOIN category k ON k.company_id = s.company_id ORDER BY s.id, k.id""",
)
