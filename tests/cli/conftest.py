"""A hub to call on the command line, in a home of the test's own, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell whose hub has an empty, migrated database."""
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("HUB_COMPANY", "HUB_DEBUG", "HUB_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


@pytest.fixture
def company(shell: Shell) -> Shell:
    """A shell whose hub has one company, set up and with its opening values."""
    shell.set_up()
    return shell
