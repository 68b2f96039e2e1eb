"""A hub with the worked company, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import plugins
from hub.plugins import Registry
from hub.service.context import Hub
from tests.conftest import Databases
from tests.reporting.home import COUNTED, imports, opened, prepare


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The connectors that are installed."""
    return plugins.load()


@pytest.fixture
def company(databases: Databases, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """A hub with the company set up and nothing counted."""
    home = tmp_path / "home"
    with opened(databases.prepared(prepare, home), home, registry) as hub:
        yield hub


@pytest.fixture
def counted(company: Hub) -> Hub:
    """The same, with the October count of Downtown."""
    imports(company, "counts", COUNTED)
    return company
