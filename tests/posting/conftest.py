"""A house on each database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from hub.domain.posting import Rules
from hub.testing.clock import VirtualClock
from hub.testing.ledger import FakeLedger
from hub.testing.profile import Profile
from tests.conftest import Databases, SqliteDatabases
from tests.posting.house import House

MakeHouse = Callable[..., House]


class Templates:
    """SQLite files of houses that were set up and counted once, to be copied."""

    def __init__(self, databases: SqliteDatabases, folder: Path) -> None:
        self._databases = databases
        self._folder = folder
        self._made: dict[tuple[object, ...], Path] = {}

    def copy(self, profile: Profile, sites: tuple[str, ...], settings: dict[str, str]) -> str:
        """Return the address of a copy of the house of these sites and settings."""
        key = (profile, sites, *sorted(settings.items()))
        if key not in self._made:
            self._made[key] = self._make(profile, sites, settings)
        url = self._databases.empty()
        shutil.copyfile(self._made[key], Path(str(make_url(url).database)))
        return url

    def _make(self, profile: Profile, sites: tuple[str, ...], settings: dict[str, str]) -> Path:
        url = self._databases.migrated()
        house = House(url, self._folder / "home", profile=profile).set_up(sites, **settings)
        for site in sites:
            house.counts(site)
        house.close()
        made = self._folder / f"{len(self._made)}.sqlite"
        shutil.copyfile(Path(str(make_url(url).database)), made)
        with closing(sqlite3.connect(made)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return made


@pytest.fixture(scope="session")
def templates(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(sqlite_databases, tmp_path_factory.mktemp("houses"))


@pytest.fixture
def make_house(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[MakeHouse]:
    """Make houses on SQLite, still to be set up."""
    made: list[House] = []

    def make(profile: Profile = Profile.REQUEST_ID, rules: Rules | None = None) -> House:
        made.append(House(sqlite_databases.migrated(), tmp_path, profile=profile, rules=rules))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def counted(templates: Templates, tmp_path: Path) -> Iterator[MakeHouse]:
    """Make houses on SQLite with the count of each site to export; settings: the connection's."""
    made: list[House] = []

    def make(
        profile: Profile = Profile.REQUEST_ID,
        rules: Rules | None = None,
        *,
        sites: tuple[str, ...] = ("DT",),
        key_life_s: float | None = None,
        **settings: str,
    ) -> House:
        clock = VirtualClock()
        ledger = FakeLedger(now=clock.now, profile=profile, key_life_s=key_life_s)
        url = templates.copy(profile, sites, settings)
        home = tmp_path / str(len(made))
        made.append(House(url, home, profile=profile, rules=rules, ledger=ledger, clock=clock))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def house(counted: MakeHouse) -> House:
    """Return a house on SQLite with one count to export."""
    return counted()


def prepare_house(url: str, home: Path) -> None:
    """Set a house up and count it."""
    home.mkdir()
    house = House(url, home).set_up()
    house.counts()
    house.close()


@pytest.fixture
def house_anywhere(databases: Databases, tmp_path: Path) -> Iterator[House]:
    """Return a house with one count to export, on SQLite and on PostgreSQL."""
    home = tmp_path / "home"
    house = House(databases.prepared(prepare_house, home), home)
    yield house
    house.close()
