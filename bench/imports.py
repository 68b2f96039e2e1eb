"""How quick and how small an import is: a million CSV lines of counts, and an XLSX sheet of 100,000 rows.

The floor of the first is `executemany` of ready rows into the very same table, in one transaction: no file, no parsing,
no check. Each run has a process of its own, and ours and the floor take turns, so that both see the same machine.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

LINES = 1_000_000
SITES, ITEMS, CATEGORIES = 400, 5_000, 40
XLSX_ROWS = 100_000
ROUNDS = 3
MOST_TIMES_EXECUTEMANY = 3.2
MOST_MEGABYTES = 64
LEAST_TIMES_OPENPYXL = 8
DATABASE, COUNTS_CSV, COUNTS_XLSX = "hub.sqlite", "counts.csv", "counts.xlsx"
HEADER = ("count_date", "site", "item", "category", "area", "unit", "quantity", "unit_cost", "value", "status")

Figure = tuple[str, float, float, float, float]
"""Name, ours, the floor, their ratio, the most that ratio may be."""


def figures() -> list[Figure]:
    """Return the figures: seconds for the times, megabytes for the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _prepare(folder)
        ours, growth = _best(folder, "import", "floor")
        sheet, openpyxl = _best(folder, "sheet", "openpyxl")
    (seconds, megabytes), (floor, _) = ours, growth
    return [
        ("import of 1M CSV lines", seconds, floor, seconds / floor, MOST_TIMES_EXECUTEMANY),
        ("memory of that import, MB", megabytes, MOST_MEGABYTES, megabytes / MOST_MEGABYTES, 1),
        ("XLSX of 100k rows to text", sheet[0], openpyxl[0], sheet[0] / openpyxl[0], 1 / LEAST_TIMES_OPENPYXL),
    ]


def _best(folder: Path, ours: str, floor: str) -> tuple[tuple[float, float], tuple[float, float]]:
    runs = [(_run(folder, ours), _run(folder, floor)) for _ in range(ROUNDS)]
    return min(run[0] for run in runs), min(run[1] for run in runs)


def _run(folder: Path, what: str) -> tuple[float, float]:
    """Run one measurement in a fresh process; return its seconds and the megabytes it grew by."""
    shutil.copyfile(folder / DATABASE, folder / "run.sqlite")
    for left in ("run.sqlite-wal", "run.sqlite-shm"):
        (folder / left).unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.imports", what, str(folder)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes = json.loads(answer.stdout)
    return seconds, megabytes


def _prepare(folder: Path) -> None:
    """Make an empty company with its sites and categories, a million lines as CSV, and a sheet of rows."""
    from hub.store import sqlite_url, upgrade

    upgrade(sqlite_url(folder / DATABASE))
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute(
            "INSERT INTO company (id, uuid, code, name, currency, method, transfers, production, entry_per,"
            " reversal_date, mode, version) VALUES (1, 'u', 'BENCH', 'Bench', 'USD', 'reversal', 'with_adjustments',"
            " 'with_adjustments', 'connection', 'count', 'manual', 0)"
        )
        connection.execute("INSERT INTO department (id, company_id, name, position) VALUES (1, 1, 'Food', 1)")
        connection.executemany(
            "INSERT INTO category (company_id, department_id, name, position, retired) VALUES (1, 1, ?, ?, 0)",
            [(f"Category {number:02d}", number) for number in range(CATEGORIES)],
        )
        connection.executemany(
            "INSERT INTO site (company_id, code, name) VALUES (1, ?, 'A restaurant')",
            [(f"S{number:03d}",) for number in range(SITES)],
        )
    connection.close()
    _write_csv(folder / COUNTS_CSV)
    _write_xlsx(folder / COUNTS_XLSX)


def _row(number: int, chance: random.Random) -> tuple[str, ...]:
    item = number * 7 % ITEMS
    quantity, cost = chance.randrange(1, 4_000), 50 + item * 37 % 5_000
    return (
        "2026-10-31",
        f"S{number * SITES // LINES:03d}",
        f"Item {item:04d} of the larder",
        f"Category {item % CATEGORIES:02d}",
        f"Walk-in {number % 6}",
        "kg",
        f"{quantity // 10}.{quantity % 10}",
        f"{cost // 100}.{cost % 100:02d}",
        "",
        "approved",
    )


def _write_csv(file: Path) -> None:
    chance = random.Random(1)
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write(",".join(HEADER) + "\n")
        out.writelines(",".join(_row(number, chance)) + "\n" for number in range(LINES))


def _write_xlsx(file: Path) -> None:
    import xlsxwriter

    chance = random.Random(1)
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    for number in range(XLSX_ROWS):
        row = _row(number, chance)
        sheet.write_row(number + 1, 0, (*row[:6], float(row[6]), float(row[7]), *row[8:]))
    book.close()


def _megabytes() -> float:
    """Return the most memory this program has had so far; getrusage would count that of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _import(folder: Path) -> None:
    import hub.service.importing.files
    from hub.store import AuditKey, Database, sqlite_url

    database = Database(sqlite_url(folder / "run.sqlite"), audit_key=AuditKey(secret=bytes(32)))
    result = hub.service.importing.import_file(
        database, "BENCH", "counts", folder / COUNTS_CSV, actor="bench", now=datetime.now(UTC)
    )
    assert (result.rows, result.added, result.error_count) == (LINES, SITES, 0)
    database.close()


def _floor(rows: list[tuple[object, ...]], folder: Path) -> None:
    connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO valuation_count (id, company_id, site_id, count_date, status, current, value, lines,"
        " lines_differing, imported_at) VALUES (?, 1, ?, '2026-10-31', 'approved', 1, 0, 0, 0, '')",
        [(number + 1, number + 1) for number in range(SITES)],
    )
    connection.executemany("INSERT INTO count_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()


def _ready_rows() -> list[tuple[object, ...]]:
    per_count = LINES // SITES
    return [
        (number // per_count + 1, number + 2, 1, number * 7 % ITEMS + 1, number % CATEGORIES + 1,
         "Walk-in 1", "kg", 1_000_000 + number, 2_500_000, number % 90_000, 0)
        for number in range(LINES)
    ]  # fmt: skip


def _sheet(folder: Path) -> None:
    from hub.intake import KINDS, match, open_sheet

    with (folder / COUNTS_XLSX).open("rb") as file:
        sheet = open_sheet(file, "utf-8")
        assert sum(1 for _ in sheet.rows(match(sheet, KINDS["counts"]).holds)) == XLSX_ROWS


def _openpyxl(folder: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(folder / COUNTS_XLSX, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    assert sum(1 for row in rows if [str(cell) for cell in row]) == XLSX_ROWS + 1


def _measure(what: str, folder: Path) -> None:
    """Print the seconds and the megabytes of growth of one run, as JSON."""
    import hub.service.importing.files  # noqa: F401 - its loading is not part of an import

    ready = _ready_rows() if what == "floor" else []
    before, began = _megabytes(), time.perf_counter()
    if what == "floor":
        _floor(ready, folder)
    else:
        {"import": _import, "sheet": _sheet, "openpyxl": _openpyxl}[what](folder)
    print(json.dumps([time.perf_counter() - began, _megabytes() - before]))


def main() -> None:
    """Print the figures, or one measurement for the process that asked for it."""
    if len(sys.argv) > 1:
        _measure(sys.argv[1], Path(sys.argv[2]))
        return
    for name, ours, floor, ratio, target in figures():
        print(f"{name}: {ours:.2f}, floor or peer {floor:.2f}, ratio {ratio:.3f} (at most {target:.3f})")


if __name__ == "__main__":
    main()
