"""The database: SQLite by default, PostgreSQL for several machines, the same code on both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from hub.store.audit_key import AuditKey
from hub.store.running import changed, run

BUSY_TIMEOUT_S = 30
STATEMENTS = 1_000  # kept prepared for each connection to SQLite, which is more than there are
IDLE_IN_TRANSACTION_S = 30  # between two statements of one, which nothing that takes long ever comes between
POOL, POOL_OVERFLOW = 10, 200  # kept, and at most beyond: a worker has a connection for each of its threads
WRITES = "hub_writes"
"""Of a connection whose next transaction writes."""
NOW = text("""SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')""")
NOW_SQLITE = text("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")


REVISION = text("SELECT version_num FROM alembic_version")
LOCK = text("UPDATE company SET version = version + 1 WHERE code = :code")


class DatabaseNotReady(Exception):
    """The database is missing, older or newer than this program; the message says what to run."""


class DatabaseUpgraded(DatabaseNotReady):
    """The database was brought to another schema while this program ran."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"The database was brought to schema {found} while this program ran, and this version of the hub knows "
            f"{known}. It writes nothing more: stop it, and start the version that the database was upgraded for."
        )


class Database:
    """One open database; reads see a snapshot, writes are one at a time on SQLite.

    schema: the only one that is written to, once it is known; else whichever there is.
    """

    def __init__(
        self, url: str, *, audit_key: AuditKey | None = None, now: Callable[[], datetime] | None = None
    ) -> None:
        """Open a database; audit_key: without it nothing can be recorded; now: a clock in place of the database's own."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(url, sqlite=self.is_sqlite)
        self.audit_key = audit_key
        self.schema = ""
        self._now = now
        self._writers = threading.RLock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only transaction: every query in it sees the same state of the data."""
        options: dict[str, Any] = {"hub_audit_key": self.audit_key}  # Any: each option has a type of its own
        if not self.is_sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction; it is rolled back whole when anything is raised in it. Raises DatabaseUpgraded."""
        options: dict[str, Any] = {"hub_audit_key": self.audit_key}  # Any: as in read
        with self._turn(), self.engine.connect() as connection:
            connection.info[WRITES] = True
            with connection.execution_options(**options).begin():
                self._must_fit(connection)
                yield connection

    def now(self, connection: Connection) -> datetime:
        """Return what the database's own clock says: aware UTC, the same for every machine that works on it (R7)."""
        if self._now is not None:
            return self._now()
        return datetime.fromisoformat(run(connection, NOW_SQLITE if self.is_sqlite else NOW).scalar_one())

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite, let this process's threads write in turn: its own lock is tried for now and then, and starves some."""
        waited = self.is_sqlite and self._writers.acquire(timeout=BUSY_TIMEOUT_S)
        try:
            yield
        finally:
            if waited:
                self._writers.release()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _must_fit(self, connection: Connection) -> None:
        """Raise DatabaseUpgraded unless the schema is still the known one; until its end no migration begins."""
        if self.schema and (found := run(connection, REVISION).scalar()) != self.schema:
            raise DatabaseUpgraded(str(found), self.schema)


def sqlite_url(file: Path) -> str:
    """Return the database address of an SQLite file."""
    return f"sqlite:///{quote(str(file), safe='/ ')}"


def _engine(url: str, *, sqlite: bool) -> Engine:
    if not sqlite:
        engine = create_engine(url, pool_pre_ping=True, pool_size=POOL, max_overflow=POOL_OVERFLOW)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    arguments = {"timeout": BUSY_TIMEOUT_S, "cached_statements": STATEMENTS}
    engine = create_engine(url, connect_args=arguments, pool_size=POOL, max_overflow=POOL_OVERFLOW)
    event.listen(engine, "connect", _prepare_sqlite)
    # In place of an event, which would be looked for at each statement.
    engine.dialect.do_begin = _begin_sqlite  # type: ignore[method-assign]
    return engine


def _prepare_postgresql(raw: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Have the server end a transaction of a process that is asleep, as it may hold a company that others wait for."""
    cursor = raw.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_S * 1000:.0f}")
    cursor.close()
    raw.commit()


def _prepare_sqlite(raw: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    raw_any: Any = raw  # sqlite3's own attribute, outside the DB-API protocol
    raw_any.isolation_level = None  # we begin transactions ourselves: the driver's own habit splits them
    cursor = raw.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "cache_size=-16000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(dbapi_connection: PoolProxiedConnection) -> None:
    raw: Any = dbapi_connection.dbapi_connection  # sqlite3's own method, outside the DB-API protocol
    raw.execute("BEGIN IMMEDIATE" if dbapi_connection.info.pop(WRITES, False) else "BEGIN")


def lock_company(connection: Connection, code: str) -> None:
    """Take a company for this writing transaction, so that its writers go one after another on every database."""
    changed(connection, LOCK, {"code": code})
