"""A hub to call on the command line, in a home of the test's own, on SQLite and on PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.conftest import Databases


@pytest.fixture
def shell(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell whose hub has an empty, migrated database."""
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("HUB_COMPANY", "HUB_DEBUG", "HUB_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


@contextmanager
def commanded(url: str, home: Path) -> Iterator[Shell]:
    """A shell on a migrated database that is prepared; what is in its home then is kept."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("HUB_DATABASE_URL", url)
        made = Shell(Path(folder))
        yield made
        shutil.copytree(made.home, home)


def prepare(url: str, home: Path) -> None:
    """Set up a company in a migrated database, by commands."""
    with commanded(url, home) as made:
        made.set_up()


@pytest.fixture
def company(shell: Shell, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell whose hub has one company, set up and with its opening values."""
    monkeypatch.setenv("HUB_DATABASE_URL", databases.prepared(prepare, shell.home))
    return shell
