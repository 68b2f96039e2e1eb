"""The cases' company: on SQLite; and one on both databases for the few cases that run on each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.company import OPENED, Company, opened


@pytest.fixture
def empty(sqlite_databases: Any, tmp_path: Path) -> Iterator[Company]:
    """A company with nothing set up."""
    with opened(sqlite_databases.migrated(), tmp_path) as company:
        yield company


@pytest.fixture
def new(empty: Company) -> Company:
    """A company whose one site, Downtown, has no opening values yet."""
    empty.connect()
    empty.set_up({"DT": "books"})
    return empty


@pytest.fixture
def company(new: Company) -> Company:
    """A company whose one site, Downtown, has the worked example's opening values."""
    new.opens("DT", OPENED)
    return new


@pytest.fixture
def two(empty: Company) -> Company:
    """Downtown and the Commissary post to the same books, which carried nothing of either."""
    empty.connect()
    empty.set_up({"DT": "books", "CK": "books"})
    empty.opens("DT")
    empty.opens("CK")
    return empty


@pytest.fixture
def sisters(empty: Company) -> Company:
    """Downtown posts to `books` and the Commissary to `kitchen`; due accounts both ways."""
    empty.connect()
    empty.connect("kitchen")
    empty.set_up({"DT": "books", "CK": "kitchen"}, ["books", "kitchen"])
    empty.opens("DT")
    empty.opens("CK")
    return empty


@pytest.fixture
def everywhere(database_url: str, tmp_path: Path) -> Iterator[Company]:
    """The worked example's company, once on SQLite and once on PostgreSQL."""
    with opened(database_url, tmp_path) as company:
        company.connect()
        company.set_up({"DT": "books"})
        company.opens("DT", OPENED)
        yield company
