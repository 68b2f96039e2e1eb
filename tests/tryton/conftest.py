"""A real Tryton for each test, on SQLite or on PostgreSQL, and the connector as its wheel installs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.tryton.house import TrytonHouse
from tests.tryton.places import PYTHON, REPOSITORY, templates
from tests.tryton.server import Tryton, tryton
from tests.tryton.wheels import built

PACKAGE = "hub_tryton"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the connector's wheel is installed, and where nothing else is."""
    return built(REPOSITORY / "examples" / "hub-tryton", tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def installed(wheel: Path) -> Iterator[Path]:
    """The connector of the wheel, and no other, for this process; what was imported of its source comes back afterwards."""
    before = {name: sys.modules.pop(name) for name in _imported()}
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(wheel)
        yield wheel
    for name in _imported():
        del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture
def server(databases: Databases, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tryton]:
    """A Tryton of this test's own, on the same kind of database as the hub's."""
    if not (PYTHON.exists() and templates().is_dir()):
        pytest.skip("Tryton is not set up here; `make soak` does it")
    kind = request.node.callspec.params["databases"]
    with tryton(kind, databases, tmp_path / "tryton") as answering:
        yield answering


@pytest.fixture
def house(databases: Databases, server: Tryton, installed: Path, tmp_path: Path) -> Iterator[TrytonHouse]:
    """A hub with its connection to that Tryton."""
    made = TrytonHouse(databases.migrated(), tmp_path / "home", server)
    yield made
    made.close()


def _imported() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == PACKAGE]
