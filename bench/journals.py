"""A million count lines to 84,720 balanced journal lines: 706 sites, 30 categories, what the books carry and the count.

Ours reads the facts through the store and computes entries with the domain. The bare program reads the same kept totals
with sqlite3 and makes plain tuples of the same lines: accounts looked up, memos written, sides and balance checked. The
usual way reads the count lines as SQLModel objects and sums Decimals; it is measured on a tenth of the sites and scaled.
"""

from __future__ import annotations

import gc
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from bench.books import CATEGORIES, LAST_DAY, Size, make

SIZE = Size(companies=1, sites=706, months=1, lines_per_count=1_417, open_sites=706)
JOURNAL_LINES = 4 * SIZE.sites * CATEGORIES
SAMPLE = 10
ROUNDS, REPEATS = 3, 5
MOST_TIMES_BARE = 1.2
LEAST_TIMES_QUICKER = 100
BARE_TOTALS = """
SELECT s.code, s.name, k.name, ga.number, ma.account_id, ma.account_number, ma.account_name,
       gc.number, mc.account_id, mc.account_number, mc.account_name, t.value
FROM valuation_count c JOIN site s ON s.id = c.site_id JOIN count_total t ON t.count_id = c.id
JOIN category k ON k.id = t.category_id JOIN gl_account ga ON ga.id = k.asset_account
JOIN gl_account gc ON gc.id = k.cogs_account JOIN account_map ma ON ma.gl_account_id = ga.id
JOIN account_map mc ON mc.gl_account_id = gc.id
WHERE c.company_id = 1 AND c.count_date = ? AND c.current AND c.status = 'approved' ORDER BY s.code, k.position
"""
TOTALS = (
    "SELECT c.site_id, t.category_id, t.value FROM valuation_count c JOIN count_total t ON t.count_id = c.id"
    " WHERE c.company_id = 1 AND c.count_date = ? AND c.current AND c.status = 'approved'"
)
ON_BOOKS = (
    "SELECT site_id, category_id, value, asset_gl, asset_account, cogs_gl, cogs_account, dimensions"
    " FROM on_books WHERE company_id = 1 AND state = 'live'"
)
CATEGORY_ACCOUNTS = """
SELECT k.id, k.name, ga.number, ma.account_id, ma.account_number, ma.account_name,
       gc.number, mc.account_id, mc.account_number, mc.account_name
FROM category k JOIN gl_account ga ON ga.id = k.asset_account JOIN gl_account gc ON gc.id = k.cogs_account
JOIN account_map ma ON ma.gl_account_id = ga.id JOIN account_map mc ON mc.gl_account_id = gc.id
WHERE k.company_id = 1 ORDER BY k.position
"""

Figure = tuple[str, float, float, float, float]
"""Name, ours, the floor, their ratio, the most that ratio may be."""


def figures(*, quick: bool = False) -> list[Figure]:
    """Return the figures, in seconds."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "books.sqlite"
        make(file, SIZE)
        rounds = [(_run("ours", file), _run("bare", file)) for _ in range(1 if quick else ROUNDS)]
        usual = _run("usual", file) * SAMPLE
    ours, bare = (min(each) for each in zip(*rounds, strict=True))
    return [
        ("1M lines to 84,720 journal lines, s", ours, bare, ours / bare, MOST_TIMES_BARE),
        ("the same as ORM objects (1/10, scaled), s", ours, usual, ours / usual, 1 / LEAST_TIMES_QUICKER),
    ]


def _run(what: str, file: Path) -> float:
    command = [sys.executable, "-m", "bench.journals", what, str(file)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(answer.stdout)


def _ours(file: Path) -> Callable[[], int]:
    from hub.app import look_for_cycles_seldom
    from hub.domain.decisions import Decisions
    from hub.domain.entries import EntryRules
    from hub.domain.proposal import propose
    from hub.service.previewing import gather
    from hub.service.scope import CompanyRows
    from hub.store import AuditKey, Database, sqlite_url
    from hub.store.setup_rows import company_row

    look_for_cycles_seldom()
    database = Database(sqlite_url(file), audit_key=AuditKey(secret=bytes(32)))

    def compute() -> int:
        with database.read() as connection:
            rows = CompanyRows(connection, company_row(connection, "C0"))
            facts = gather(rows, rows.books(None), LAST_DAY, ())
        proposal = propose(facts, Decisions(), EntryRules())
        assert not proposal.problems
        return sum(len(entry.lines) for entry in proposal.entries)

    return compute


def _bare(file: Path) -> Callable[[], int]:
    connection = sqlite3.connect(file)

    def compute() -> int:
        return len(bare_lines(connection))

    return compute


Line = tuple[object, str, int, str, str, str, str, object]
"""Account, side, cents, site, category, reason, memo, dimensions."""


def bare_lines(connection: sqlite3.Connection) -> list[Line]:
    """Return the lines in order: by site, reversals first, then by category; each debit before its credit."""
    sites = connection.execute("SELECT id, code, name FROM site WHERE company_id = 1 ORDER BY code").fetchall()
    categories = connection.execute(CATEGORY_ACCOUNTS).fetchall()
    totals = {(site, category): value for site, category, value in connection.execute(TOTALS, [LAST_DAY.isoformat()])}
    standing = {row[:2]: row[2:] for row in connection.execute(ON_BOOKS)}
    texts = {text for row in standing.values() for text in (row[2], row[4], row[5])}
    accounts = {text: json.loads(text) for text in texts}
    lines: list[Line] = []
    for site in sites:
        _reversals(lines, site, categories, standing, accounts)
        _counted(lines, site, categories, totals)
    balance = 0
    for line in lines:
        balance += line[2] if line[1] == "debit" else -line[2]
    assert balance == 0
    return lines


Row = tuple[Any, ...]
"""A row of sqlite3. Any: the columns' types."""


def _reversals(
    lines: list[Line], site: Row, categories: list[Row], standing: dict[Row, Row], accounts: dict[str, Any]
) -> None:
    row, code, site_name = site
    for category_row, name, *_ in categories:
        prior = standing.get((row, category_row))
        if prior is None:
            continue
        value, asset_gl, asset, cogs_gl, cogs, dimensions = prior
        debit, credit, shared = (cogs_gl, accounts[cogs]), (asset_gl, accounts[asset]), accounts[dimensions]
        memo = f"Reverse ending inventory 2001-01-01 · {name} · {site_name}"
        if value < 0:
            debit, credit, value = credit, debit, -value
        if value:
            lines.append((debit, "debit", value, code, name, "reverse_prior", memo, shared))
            lines.append((credit, "credit", value, code, name, "reverse_prior", memo, shared))


def _counted(lines: list[Line], site: Row, categories: list[Row], totals: dict[Row, int]) -> None:
    row, code, site_name = site
    nothing: dict[str, str] = {}
    for category_row, name, asset_gl, a1, a2, a3, cogs_gl, c1, c2, c3 in categories:
        value, memo = totals[row, category_row], f"Ending inventory {LAST_DAY} · {name} · {site_name}"
        debit, credit = (asset_gl, (a1, a2, a3)), (cogs_gl, (c1, c2, c3))
        if value < 0:
            debit, credit, value = credit, debit, -value
        if value:
            lines.append((debit, "debit", value, code, name, "current", memo, nothing))
            lines.append((credit, "credit", value, code, name, "current", memo, nothing))


def _usual(file: Path) -> Callable[[], int]:
    """The way it is usually written: count lines as objects, money as Decimal, a model per journal line."""
    from sqlmodel import Session, SQLModel, col, create_engine, select

    from hub.store.tables import Category, CountLine, GlAccount, OnBooks, Site, ValuationCount

    class JournalLine(SQLModel):
        account: str
        side: str
        amount: Decimal
        site: str
        category: str
        memo: str

    engine = create_engine(f"sqlite:///{file}")

    def compute() -> int:
        with Session(engine) as session:
            sites = session.exec(select(Site).order_by(col(Site.code)).limit(SIZE.sites // SAMPLE)).all()
            categories = {one.id: one for one in session.exec(select(Category))}
            accounts = {one.id: one for one in session.exec(select(GlAccount))}
            lines: list[JournalLine] = []
            for site in sites:
                totals: dict[int, Decimal] = {}
                statement = select(CountLine).join(ValuationCount, col(ValuationCount.id) == col(CountLine.count_id))
                for row in session.exec(statement.where(ValuationCount.site_id == site.id)).all():
                    totals[row.category_id] = totals.get(row.category_id, Decimal(0)) + _value(
                        row.quantity, row.unit_cost or 0
                    )
                prior = session.exec(select(OnBooks).where(OnBooks.site_id == site.id, OnBooks.state == "live")).all()
                for value in prior:
                    amount = Decimal(value.value) / 100
                    name = categories[value.category_id].name
                    for account, side in ((value.cogs_gl, "debit"), (value.asset_gl, "credit")):
                        memo = f"Reverse ending inventory · {name} · {site.name}"
                        lines.append(JournalLine(account=account, side=side, amount=amount, site=site.code,
                                                 category=name, memo=memo))  # fmt: skip
                for category_id, amount in totals.items():
                    category = categories[category_id]
                    for row_id, side in ((category.asset_account, "debit"), (category.cogs_account, "credit")):
                        memo = f"Ending inventory {LAST_DAY} · {category.name} · {site.name}"
                        lines.append(JournalLine(account=accounts[row_id].number, side=side, amount=amount,
                                                 site=site.code, category=category.name, memo=memo))  # fmt: skip
            debits, credits_ = (sum(line.amount for line in lines if line.side == side) for side in ("debit", "credit"))
            assert debits == credits_
            return len(lines)

    return compute


def _value(quantity: int, unit_cost: int) -> Decimal:
    """Return quantity × unit cost, both in millionths, to the cent."""
    value = Decimal(quantity) / 1_000_000 * Decimal(unit_cost) / 1_000_000
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _measure(what: str, file: Path) -> None:
    """Print the best seconds."""
    compute = {"ours": _ours, "bare": _bare, "usual": _usual}[what](file)
    seconds = []
    for _ in range(1 if what == "usual" else REPEATS):
        gc.collect()
        began = time.perf_counter()
        made = compute()
        seconds.append(time.perf_counter() - began)
        assert made == (JOURNAL_LINES // 706 * 70 if what == "usual" else JOURNAL_LINES)
    print(min(seconds))


if __name__ == "__main__":
    _measure(sys.argv[1], Path(sys.argv[2]))
