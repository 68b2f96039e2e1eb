"""The connector before a sandbox in the same process, alone and within a hub."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from hub.testing.clock import VirtualClock
from plugins.quickbooks.tests.counter import Counter
from plugins.quickbooks.tests.house import QuickBooksHouse
from tests.conftest import SqliteDatabases, sqlite_databases

__all__ = ["sqlite_databases"]


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture(scope="session")
def counted_file(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of a company that posts to the sandbox, with one count to export; to be copied."""
    folder = tmp_path_factory.mktemp("quickbooks")
    url = sqlite_databases.migrated()
    house = QuickBooksHouse(url, folder / "home", clock=VirtualClock()).set_up()
    house.counts()
    house.close()
    made = folder / "counted.sqlite"
    shutil.copyfile(Path(str(make_url(url).database)), made)
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


@pytest.fixture
def house(counted_file: Path, sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[QuickBooksHouse]:
    """A company with one count to export to the sandbox."""
    url = sqlite_databases.empty()
    shutil.copyfile(counted_file, Path(str(make_url(url).database)))
    house = QuickBooksHouse(url, tmp_path / "home", clock=VirtualClock())
    house.sign_in()  # to a sandbox of its own
    yield house
    house.close()
