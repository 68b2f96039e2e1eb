"""Threads of one process that write to an SQLite database at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import event, text

from hub.store import Database, lock_company, sqlite_url, upgrade
from tests.audit_key import AUDIT_KEY

THREADS, TIMES = 8, 25
VERSION = "SELECT version FROM company WHERE code = 'ACME'"
COMPANY = """INSERT INTO company
    (uuid, code, name, currency, method, transfers, production, entry_per, reversal_date, mode, version)
    VALUES ('u', 'ACME', 'Acme', 'USD', 'reversal', 'off', 'off', 'connection', 'count', 'manual', 0)"""


def test_they_take_turns_and_none_is_told_that_the_database_is_locked(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "hub.sqlite")
    upgrade(url)
    database = Database(url, audit_key=AUDIT_KEY)
    event.listen(
        database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=0")
    )  # nobody waits for SQLite
    with database.write() as connection:
        connection.execute(text(COMPANY))

    def writes(_: int) -> None:
        for _time in range(TIMES):
            with database.write() as connection:
                lock_company(connection, "ACME")

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(writes, range(THREADS)))
    with database.read() as connection:
        assert connection.execute(text(VERSION)).scalar_one() == THREADS * TIMES
    database.close()
