"""A hub with the worked company, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import plugins
from hub.plugins import Registry
from hub.service.context import Hub
from tests.reporting.home import COUNTED, imports, opened, set_up


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The connectors that are installed."""
    return plugins.load()


@pytest.fixture
def company(database_url: str, tmp_path: Path, registry: Registry) -> Iterator[Hub]:
    """A hub with the company set up and nothing counted."""
    with opened(database_url, tmp_path / "home", registry) as hub:
        hub.home.mkdir()
        yield set_up(hub)


@pytest.fixture
def counted(company: Hub) -> Hub:
    """The same, with the October count of Downtown."""
    imports(company, "counts", COUNTED)
    return company
