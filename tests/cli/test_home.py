"""Where the hub lives, how its database comes to be, and what is said when either cannot be used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.app import Installation, home_folder
from hub.cli import CannotOpen
from hub.store import Database
from tests.cli.shell import Shell

HUB = (sys.executable, "-c", "from hub.app import main; main()")


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and nothing about the hub in the environment."""
    for name in ("HUB_HOME", "HUB_DATABASE_URL", "HUB_COMPANY", "HUB_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "users"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hub(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HUB, *arguments], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_the_home_is_the_one_named_else_the_environments_else_dot_hub_else_the_users(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home_folder(None) == alone / "users" / "inventory-hub"
    (alone / ".hub").mkdir()
    assert home_folder(None) == Path(".hub")
    monkeypatch.setenv("HUB_HOME", "elsewhere")
    assert home_folder(None) == Path("elsewhere")
    assert home_folder(Path("named")) == Path("named")
    monkeypatch.setenv("HUB_HOME", "")
    assert home_folder(None) == Path(".hub")


def test_a_fresh_home_is_set_up_at_first_use_and_only_its_owner_may_look_in(alone: Path) -> None:
    first = hub("--home", "new/home", "company", "add", "ACME", "--name", "Acme", "--currency", "USD")
    assert (first.returncode, first.stderr) == (0, "")
    assert (alone / "new/home/hub.db").is_file()
    assert (alone / "new/home").stat().st_mode & 0o077 == 0
    again = hub("company", "list", "--home", "new/home")
    assert "Acme" in again.stdout


def test_an_older_database_is_not_touched_until_someone_upgrades_it(alone: Path) -> None:
    Installation().upgrade(alone / "home")
    set_revision(alone / "home" / "hub.db", "0000")
    with pytest.raises(CannotOpen, match="hub db upgrade"), Installation().open(alone / "home"):
        pass
    refused = hub("company", "list", "--home", "home", "--json")
    assert refused.returncode == 1
    assert '"code": "cannot_open"' in refused.stdout


def test_upgrading_again_changes_nothing(shell: Shell) -> None:
    assert shell.json("db upgrade") == shell.json("db upgrade")
    assert "is ready" in shell.done("db upgrade").out


def test_a_home_that_cannot_be_made_is_said_plainly(alone: Path) -> None:
    (alone / "file").write_text("in the way")
    refused = hub("--home", "file/home", "company", "list")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "cannot be made" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_unexpected_error_is_one_plain_sentence_and_a_trace_only_when_asked(alone: Path) -> None:
    broken = {"HUB_DATABASE_URL": "nonsense://nowhere"}
    plain = hub("company", "list", **broken)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert "did not expect" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert "Traceback" in hub("company", "list", "--debug", **broken).stderr
    assert "Traceback" in hub("company", "list", HUB_DEBUG="1", **broken).stderr
    assert '"code": "unexpected"' in hub("company", "list", "--json", **broken).stdout


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_goes_away_ends_the_command_quietly(alone: Path, options: list[str]) -> None:
    for number in range(2):
        hub("company", "add", f"C{number}", "--name", "x" * 30_000, "--currency", "USD")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*HUB, "company", "list", *options], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_terminal_of_few_letters_gets_a_question_mark_and_no_error(alone: Path) -> None:
    hub("company", "add", "ACME", "--name", "Café Ōsaka", "--currency", "USD")
    shown = hub("company", "list", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    assert "Caf? ?saka" in shown.stdout


def set_revision(file: Path, revision: str) -> None:
    database = Database(f"sqlite:///{file}")
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    database.close()
