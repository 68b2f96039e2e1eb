"""Houses behind a sign-in, copied from one that was set up once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SqliteDatabases
from tests.connecting.signed_house import SignedHouse

MakeSigned = Callable[..., SignedHouse]


@pytest.fixture
def make_signed(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[MakeSigned]:
    """Make houses on SQLite, with a connection that nobody has signed in to; options: the house's own."""
    made: list[SignedHouse] = []

    def make(*, full: bool = False, **options: Any) -> SignedHouse:
        house = SignedHouse(sqlite_databases.migrated(), tmp_path / str(len(made)), **options)
        house.hub.home.mkdir(mode=0o700)
        made.append(house)
        if full:
            house.set_up()
            house.counts()
        else:
            house.begin()
        return house

    yield make
    for house in made:
        house.close()


@pytest.fixture
def signed(make_signed: MakeSigned) -> SignedHouse:
    """Return a house with a connection that is signed in."""
    house = make_signed()
    house.sign_in()
    return house
