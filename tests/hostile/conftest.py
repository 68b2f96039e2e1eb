"""Companies to bring hostile texts into, and the texts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub import plugins
from hub.intake.cells import SPACES
from hub.plugins import Registry
from tests.conftest import SqliteDatabases
from tests.hostile.company import Hostile, numbered
from tests.importing.test_hostile_text import texts
from tests.real.books import Books, opened


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The connectors that are installed."""
    return plugins.load()


@pytest.fixture(scope="session")
def hostile(shared: Path) -> list[Hostile]:
    """Every hostile text, each once; spaces at the ends, which every import cuts, are cut."""
    return numbered(list(dict.fromkeys(one.strip(SPACES) for one in texts(shared))))


@pytest.fixture(params=["some", pytest.param("all", marks=pytest.mark.soak)])
def tried(request: pytest.FixtureRequest, hostile: list[Hostile]) -> list[Hostile]:
    """The hostile texts; in the everyday run every eighth, in `make soak` all."""
    return hostile if request.param == "all" else hostile[::8]


@pytest.fixture
def books_of(sqlite_databases: SqliteDatabases, tmp_path: Path, registry: Registry) -> Iterator[Callable[[str], Books]]:
    """Makes a company whose books take files of a layout."""
    with ExitStack() as stack:
        hub = stack.enter_context(opened(sqlite_databases.migrated(), tmp_path, registry))
        yield lambda layout: Books(hub, layout, code="HOSTILE")
    sqlite_databases.drop()
