"""Homes for the demo company, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import plugins
from hub.plugins import Registry
from hub.service.context import Hub
from tests.conftest import Databases
from tests.demo.home import opened


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The connectors that are installed."""
    return plugins.load()


@pytest.fixture
def home(database_url: str, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """An empty home."""
    with opened(database_url, tmp_path, registry) as hub:
        yield hub


@pytest.fixture
def other_home(databases: Databases, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """A second empty home."""
    with opened(databases.migrated(), tmp_path / "other", registry) as hub:
        yield hub
