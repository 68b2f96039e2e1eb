"""Houses whose books are the sandbox, copied from one that was set up once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from plugins.xero.tests.house import Make, XeroHouse
from tests.conftest import SqliteDatabases


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("xero"))


@pytest.fixture(scope="session")
def counted(databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a house with one count to export; beside it the home with its keys."""
    folder = tmp_path_factory.mktemp("xero-house")
    url = databases.migrated()
    house = XeroHouse(url, folder / "home")
    house.set_up()
    house.counts()
    house.close()
    made = folder / "counted.sqlite"
    shutil.copyfile(Path(str(make_url(url).database)), made)
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


@pytest.fixture
def make_house(databases: SqliteDatabases, counted: Path, tmp_path: Path) -> Iterator[Make]:
    made: list[XeroHouse] = []

    def make() -> XeroHouse:
        url = databases.empty()
        shutil.copyfile(counted, Path(str(make_url(url).database)))
        home = tmp_path / str(len(made))
        shutil.copytree(counted.parent / "home", home)
        made.append(XeroHouse(url, home))
        made[-1].sign_in()
        made[-1].sent.clear()
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def house(make_house: Make) -> XeroHouse:
    """A house with one count to export."""
    return make_house()
