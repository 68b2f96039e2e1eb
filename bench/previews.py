"""One site's preview in databases of 10 thousand, a million and 10 million count lines.

Each has companies of ten sites, with ever more months and more companies; one site of ten has a count to export.
Ours is the whole preview as `hub preview --json` gives it: set-up and facts read, entries computed, files' preflight,
every amount written out, the hash. The bare program asks the same questions with sqlite3 statements made for exactly
this (a join instead of a model), and writes the same lines and a hash of them: nothing that could be wrong is checked
beyond what its statements return. GROUP BY stands beside: only the totals of the one count, summed from its lines.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.books import CATEGORIES, LAST_DAY, Size, make

SIZES = {
    "10k": Size(companies=1, sites=10, months=1, lines_per_count=1_000, open_sites=1),
    "1M": Size(companies=10, sites=10, months=10, lines_per_count=1_000, open_sites=1),
    "10M": Size(companies=50, sites=10, months=20, lines_per_count=1_000, open_sites=1),
}
ROUNDS, REPEATS = 3, 60
MOST_TIMES_SMALLEST = 1.5
MOST_TIMES_BARE = 2.0
OFFERED = """
SELECT c.id, c.site_id, s.code, s.name, s.opening_date, max(c.count_date) FROM valuation_count c JOIN site s ON s.id = c.site_id
WHERE c.company_id = :company AND c.current AND c.status = 'approved' AND s.connection_id = :connection
  AND c.count_date > s.opening_date
  AND NOT EXISTS (SELECT 1 FROM export_count e WHERE e.company_id = :company AND e.site_id = c.site_id AND e.live
                  AND e.count_id IS NOT NULL AND e.count_date >= c.count_date)
GROUP BY c.site_id
"""
TOTALS = """
SELECT k.name, t.value, ga.number, ma.account_id, ma.account_number, ma.account_name,
       gc.number, mc.account_id, mc.account_number, mc.account_name
FROM count_total t JOIN category k ON k.id = t.category_id
JOIN gl_account ga ON ga.id = k.asset_account JOIN account_map ma ON ma.connection_id = :connection AND ma.gl_account_id = ga.id
JOIN gl_account gc ON gc.id = k.cogs_account JOIN account_map mc ON mc.connection_id = :connection AND mc.gl_account_id = gc.id
WHERE t.company_id = :company AND t.count_id = :count ORDER BY k.position
"""
ON_BOOKS = """
SELECT k.name, b.value, b.asset_gl, b.asset_account, b.cogs_gl, b.cogs_account, b.dimensions FROM on_books b
JOIN category k ON k.id = b.category_id
WHERE b.company_id = :company AND b.state = 'live' AND b.site_id = :site ORDER BY k.position
"""
LAST = "SELECT max(count_date) FROM export_count"
LAST += " WHERE company_id = :company AND live AND count_id IS NOT NULL AND site_id = :site"
NEGATIVE = "SELECT item_id FROM count_line WHERE count_id = :count AND value < 0"
NOT_COUNTED = """
SELECT code FROM site s WHERE company_id = :company AND NOT EXISTS (SELECT 1 FROM valuation_count c
WHERE c.company_id = :company AND c.site_id = s.id AND c.count_date = :day AND c.current AND c.status = 'approved')
"""
UNSETTLED = "SELECT export_id FROM export_count WHERE company_id = :company AND unsettled AND site_id = :site"
TRANSFERS = """
SELECT t.id, l.category_id, l.value FROM transfer t JOIN transfer_line l ON l.movement_id = t.id
WHERE t.company_id = :company AND t.date <= :day AND (t.from_site_id = :site OR t.to_site_id = :site)
"""
BATCHES = """
SELECT b.id, l.side, l.category_id, l.value FROM batch b JOIN batch_line l ON l.movement_id = b.id
WHERE b.company_id = :company AND b.date <= :day AND b.site_id = :site
"""
CHANGED = """
SELECT p.reference FROM export_count c JOIN posting p ON p.export_id = c.export_id
WHERE c.company_id = :company AND c.live AND c.site_id = :site AND p.changed_there <> ''
"""
SEQUENCE = (
    "SELECT max(sequence) FROM export WHERE company_id = :company AND connection_id = :connection AND count_date = :day"
)
CHECKS = (NEGATIVE, NOT_COUNTED, UNSETTLED, TRANSFERS, BATCHES, CHANGED, SEQUENCE)
GROUP_BY = "SELECT category_id, sum(value) FROM count_line WHERE count_id = :count GROUP BY category_id"

Figure = tuple[str, float, float, float, float]
"""Name, ours, the floor, their ratio, the most that ratio may be."""
Document = dict[str, Any]
"""A JSON object. Any: JSON's own types."""


def figures(*, quick: bool = False) -> list[Figure]:
    """Return the figures, in milliseconds."""
    sizes = {name: size for name, size in SIZES.items() if not (quick and name == "10M")}
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.sqlite" for name in sizes}
        for name, size in sizes.items():
            make(files[name], size)
        rounds = [
            {name: _run(files[name], size) for name, size in sizes.items()} for _ in range(1 if quick else ROUNDS)
        ]
    best = {name: [min(times) for times in zip(*(each[name] for each in rounds), strict=True)] for name in sizes}
    smallest, largest = best["10k"][0], list(best)[-1]
    flat = [
        (f"preview, {name} lines over 10k, ms", times[0], smallest, times[0] / smallest, MOST_TIMES_SMALLEST)
        for name, times in best.items()
        if name != "10k"
    ]
    ours, bare, computed, group_by = best[largest]
    return [
        *flat,
        (f"preview over bare SQL, {largest}, ms", ours, bare, ours / bare, MOST_TIMES_BARE),
        (f"facts and entries alone over it, {largest}, ms", computed, bare, computed / bare, MOST_TIMES_BARE),
        (f"GROUP BY of that count's lines, {largest}, ms", ours, group_by, ours / group_by, float("inf")),
    ]


def _run(file: Path, size: Size) -> list[float]:
    command = [sys.executable, "-m", "bench.previews", str(file), str(size.companies)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    times: list[float] = json.loads(answer.stdout)
    return times


def _ours(file: Path, company: int) -> tuple[Callable[[], Document], Callable[[], int]]:
    from hub.domain.decisions import Decisions
    from hub.domain.entries import EntryRules
    from hub.domain.proposal import propose
    from hub.plugins import load
    from hub.service.context import Hub
    from hub.service.previewing import default_date, gather, preview
    from hub.service.scope import reading
    from hub.store import AuditKey, Database, sqlite_url

    hub = Hub(
        database=Database(sqlite_url(file), audit_key=AuditKey(secret=bytes(32))),
        registry=load(),
        clock=lambda: datetime.now(UTC),
        home=file.parent,
        actor="bench",
    )

    def computed() -> int:
        with reading(hub, f"C{company - 1}") as rows:
            books = rows.books(None)
            facts = gather(rows, books, default_date(rows, books), ())
        return sum(len(entry.lines) for entry in propose(facts, Decisions(), EntryRules()).entries)

    return lambda: preview(hub, f"C{company - 1}", None), computed


def _bare(file: Path, company: int) -> tuple[Callable[[], Document], Callable[[], int]]:
    connection = sqlite3.connect(file, isolation_level=None)

    def preview() -> Document:
        connection.execute("BEGIN")
        document = bare_preview(connection, company)
        connection.execute("COMMIT")
        return document

    def group_by() -> int:
        found = connection.execute(OFFERED, {"company": company, "connection": company}).fetchone()
        return len(connection.execute(GROUP_BY, {"count": found[0]}).fetchall())

    return preview, group_by


def bare_preview(connection: sqlite3.Connection, company: int) -> Document:
    """Return the one site's preview, through statements made for it."""
    (count, site, code, name, opening, day), *_ = connection.execute(
        OFFERED, {"company": company, "connection": company}
    ).fetchall()
    values = {"company": company, "connection": company, "count": count, "site": site, "day": day}
    prior_day = connection.execute(LAST, values).fetchone()[0] or opening
    for statement in CHECKS:
        connection.execute(statement, values).fetchall()
    lines: list[Document] = []
    for category, value, asset_gl, asset, cogs_gl, cogs, dimensions in connection.execute(ON_BOOKS, values):
        memo = f"Reverse ending inventory {prior_day} · {category} · {name}"
        shared = {"site": code, "category": category, "reason": "reverse_prior", "memo": memo}
        sides = ((cogs_gl, json.loads(cogs)), (asset_gl, json.loads(asset)))
        lines += _pair(sides, value, {**shared, "dimensions": json.loads(dimensions)})
    for category, value, asset_gl, a_id, a_number, a_name, cogs_gl, c_id, c_number, c_name in connection.execute(
        TOTALS, values
    ):
        memo = f"Ending inventory {day} · {category} · {name}"
        shared = {"site": code, "category": category, "reason": "current", "memo": memo}
        asset = {"id": a_id, "number": a_number, "name": a_name}
        cogs = {"id": c_id, "number": c_number, "name": c_name}
        lines += _pair(((asset_gl, asset), (cogs_gl, cogs)), value, {**shared, "dimensions": {}})
    digest = hashlib.sha256(json.dumps(lines, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {"count_date": day, "hash": digest, "entries": [{"lines": lines}]}


def _pair(sides: tuple[tuple[str, Document], tuple[str, Document]], value: int, shared: Document) -> list[Document]:
    amount = f"{value // 100}.{value % 100:02d}"
    return [
        {
            "account_number": account["number"],
            "account_name": account["name"],
            "account_id": account["id"],
            "gl_account": gl_account,
            "side": side,
            "amount": amount,
            **shared,
        }
        for side, (gl_account, account) in zip(("debit", "credit"), sides, strict=True)
    ]


def _best(act: Callable[[], object]) -> float:
    act()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 4] * 1_000


def _comparable(document: Document) -> list[Document]:
    return sorted((line for entry in document["entries"] for line in entry["lines"]), key=str)


def _measure(file: Path, companies: int) -> None:
    """Print milliseconds as JSON: preview, bare, computed without its document, GROUP BY; the lines must agree."""
    company = companies // 2 + 1
    preview, computed = _ours(file, company)
    bare, group_by = _bare(file, company)
    ours, theirs = preview(), bare()
    assert ours["count_date"] == LAST_DAY.isoformat()
    assert computed() == 4 * CATEGORIES == 4 * group_by()
    assert not ours["problems"], ours["problems"]
    for mine, other in zip(_comparable(ours), _comparable(theirs), strict=True):
        assert mine == other, (mine, other)
    gc.collect()
    gc.freeze()
    print(json.dumps([_best(act) for act in (preview, bare, computed, group_by)]))


if __name__ == "__main__":
    _measure(Path(sys.argv[1]), int(sys.argv[2]))
