"""Companies to import into, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import Database
from tests.conftest import Databases
from tests.importing.company import Company, company_of, opened, prepare


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def bare(database: Database) -> Company:
    """A company with nothing set up."""
    return Company(database)


@pytest.fixture
def company(databases: Databases, tmp_path: Path) -> Iterator[Company]:
    """A company with GL accounts, departments, categories and three sites of one connection."""
    with opened(databases.prepared(prepare, tmp_path / "home")) as database:
        yield company_of(database)
