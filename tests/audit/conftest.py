"""A hub with two audited companies: on SQLite, and where the database matters on PostgreSQL too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.service.context import Hub
from tests.audit.home import audited
from tests.conftest import Databases, SqliteDatabases


@pytest.fixture
def hub(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Hub]:
    """A hub whose companies ACME and OTHER have audit trails that its home remembers."""
    with audited(sqlite_databases, tmp_path / "home") as made:
        yield made
    sqlite_databases.drop()


@pytest.fixture
def either_hub(databases: Databases, tmp_path: Path) -> Iterator[Hub]:
    """The same, once on SQLite and once on PostgreSQL."""
    with audited(databases, tmp_path / "home") as made:
        yield made
