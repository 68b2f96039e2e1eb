"""The cases' company: on SQLite; and one on both databases for the few cases that run on each.

Each kind of company is set up once and copied for every test that asks for it.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.cases.company import OPENED, Company, opened
from tests.conftest import Databases, Prepare, SqliteDatabases


def prepare_empty(url: str, home: Path) -> None:
    """Add a company with nothing set up."""
    home.mkdir()
    with opened(url, home):
        pass


def prepare_new(url: str, home: Path) -> None:
    """Add a company whose one site is Downtown."""
    home.mkdir()
    with opened(url, home) as company:
        company.connect()
        company.set_up({"DT": "books"})


def prepare_company(url: str, home: Path) -> None:
    """Add the same with the worked example's opening values."""
    prepare_new(url, home)
    with opened(url, home, there=True) as company:
        company.opens("DT", OPENED)


def prepare_two(url: str, home: Path) -> None:
    """Add a company with two sites and one connection."""
    home.mkdir()
    with opened(url, home) as company:
        company.connect()
        company.set_up({"DT": "books", "CK": "books"})
        company.opens("DT")
        company.opens("CK")


def prepare_sisters(url: str, home: Path) -> None:
    """Add a company with two sites and a connection for each."""
    home.mkdir()
    with opened(url, home) as company:
        company.connect()
        company.connect("kitchen")
        company.set_up({"DT": "books", "CK": "kitchen"}, ["books", "kitchen"])
        company.opens("DT")
        company.opens("CK")


def copied(databases: Databases, prepare: Prepare, folder: Path) -> AbstractContextManager[Company]:
    """Open a copy of a prepared company."""
    home = folder / "home"
    return opened(databases.prepared(prepare, home), home, there=True)


@pytest.fixture
def empty(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Company]:
    """A company with nothing set up."""
    with copied(sqlite_databases, prepare_empty, tmp_path) as company:
        yield company


@pytest.fixture
def new(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Company]:
    """A company whose one site, Downtown, has no opening values yet."""
    with copied(sqlite_databases, prepare_new, tmp_path) as company:
        yield company


@pytest.fixture
def company(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Company]:
    """A company whose one site, Downtown, has the worked example's opening values."""
    with copied(sqlite_databases, prepare_company, tmp_path) as company:
        yield company


@pytest.fixture
def two(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Company]:
    """Downtown and the Commissary post to the same books, which carried nothing of either."""
    with copied(sqlite_databases, prepare_two, tmp_path) as company:
        yield company


@pytest.fixture
def sisters(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Company]:
    """Downtown posts to `books` and the Commissary to `kitchen`; due accounts both ways."""
    with copied(sqlite_databases, prepare_sisters, tmp_path) as company:
        yield company


@pytest.fixture
def everywhere(databases: Databases, tmp_path: Path) -> Iterator[Company]:
    """The worked example's company, once on SQLite and once on PostgreSQL."""
    with copied(databases, prepare_company, tmp_path) as company:
        yield company
