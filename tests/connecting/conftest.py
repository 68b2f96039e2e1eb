"""Houses behind a sign-in, copied from one that was set up once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.conftest import SqliteDatabases
from tests.connecting.signed_house import SignedHouse
from tests.connecting.typed_house import TypedHouse

MakeSigned = Callable[..., SignedHouse]
MakeTyped = Callable[..., TypedHouse]
House = TypeVar("House", bound=SignedHouse)


@pytest.fixture
def make_signed(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[MakeSigned]:
    """Make houses on SQLite, with a connection that nobody has signed in to; options: the house's own."""
    yield from _made(SignedHouse, sqlite_databases, tmp_path)


@pytest.fixture
def make_typed(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[MakeTyped]:
    """Make houses on SQLite, with a connection that nothing is typed in for; options: the house's own."""
    yield from _made(TypedHouse, sqlite_databases, tmp_path)


@pytest.fixture
def sqlite_folder(sqlite_databases: SqliteDatabases) -> Path:
    """Return where the files of the databases are."""
    return Path(sqlite_databases.empty().removeprefix("sqlite:///")).parent


@pytest.fixture
def signed(make_signed: MakeSigned) -> SignedHouse:
    """Return a house with a connection that is signed in."""
    house = make_signed()
    house.sign_in()
    return house


def _made(kind: type[House], databases: SqliteDatabases, folder: Path) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(*, full: bool = False, **options: Any) -> House:
        house = kind(databases.migrated(), folder / str(len(made)), **options)
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
