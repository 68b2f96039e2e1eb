"""Companies to import into, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from hub.store import Database
from tests.importing.company import Company, opened


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def bare(database: Database) -> Company:
    """A company with nothing set up."""
    return Company(database)


@pytest.fixture
def company(bare: Company) -> Company:
    """A company with GL accounts, departments, categories and three sites of one connection."""
    return bare.set_up()
