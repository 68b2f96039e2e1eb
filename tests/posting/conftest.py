"""A house on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.domain.posting import Rules
from hub.testing.profile import Profile
from tests.conftest import SqliteDatabases
from tests.posting.house import House

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[MakeHouse]:
    """Make houses on SQLite."""
    made: list[House] = []

    def make(profile: Profile = Profile.REQUEST_ID, rules: Rules | None = None) -> House:
        made.append(House(sqlite_databases.migrated(), tmp_path, profile=profile, rules=rules))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """Return a house on SQLite with one count to export."""
    house = make_house().set_up()
    house.counts()
    return house


@pytest.fixture
def house_anywhere(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Return a house with one count to export, on SQLite and on PostgreSQL."""
    house = House(database_url, tmp_path).set_up()
    house.counts()
    yield house
    house.close()
