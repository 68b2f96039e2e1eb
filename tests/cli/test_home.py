"""Where the hub lives, how its database comes to be, and what is said when either cannot be used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.app import Installation, home_folder
from hub.cli import CannotOpen
from hub.cli.program import app
from hub.cli.refusal import tell_unexpected
from hub.store import Database
from tests.cli.shell import OCTOBER, Answer, Shell

HUB = (sys.executable, "-c", "from hub.app import main; main()")


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and nothing about the hub in the environment."""
    for name in ("HUB_HOME", "HUB_DATABASE_URL", "HUB_COMPANY", "HUB_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "users"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def here(*arguments: str, **environment: str) -> Answer:
    """Run a command in this process, where a process of its own would show nothing more."""
    done = CliRunner().invoke(app, arguments, env=environment, obj=Installation())
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return Answer(code=done.exit_code, out=done.stdout, err=done.stderr)


def hub(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
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
    refused = here("company", "list", "--home", "home", "--json")
    assert refused.code == 1
    assert '"code": "cannot_open"' in refused.out


def test_upgrading_again_changes_nothing(shell: Shell) -> None:
    assert shell.json("db upgrade") == shell.json("db upgrade")
    assert "is ready" in shell.done("db upgrade").out


def test_a_database_restored_from_before_an_export_is_noticed_by_the_doctor(alone: Path) -> None:
    shell = Shell(alone)
    shell.set_up()
    shell.imports("counts", OCTOBER)
    database = shell.home / "hub.db"
    backup = database.read_bytes()
    shell.done("export --count 2026-10-31")
    assert shell.json("doctor") == {"problems": []}
    database.write_bytes(backup)
    found = shell.run("doctor --json")
    assert found.code == 1
    assert [problem["code"] for problem in found.json["problems"]] == ["database_restored", "searching_first"]
    assert "All is well" not in shell.run("doctor").out


def test_a_home_that_cannot_be_made_is_said_plainly(alone: Path) -> None:
    (alone / "file").write_text("in the way")
    refused = hub("--home", "file/home", "company", "list")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "cannot be made" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "address", ["nonsense://nowhere", "not an address", "postgresql+psycopg://u:secret@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_used_is_said_plainly_and_without_its_password(alone: Path, address: str) -> None:
    for command in (("company", "list"), ("db", "upgrade")):
        refused = here(*command, HUB_DATABASE_URL=address)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("Problem: ")
        assert "Traceback" not in refused.err
        assert "secret" not in refused.err


def test_a_file_that_is_no_database_is_said_plainly(alone: Path) -> None:
    (alone / ".hub").mkdir()
    (alone / ".hub" / "hub.db").write_text("this is a letter to the accountant, and a long one" * 20)
    refused = hub("company", "list")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "not a database" in refused.stderr


def test_an_unexpected_error_is_one_plain_sentence_and_a_trace_only_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("line one\nline two")
    monkeypatch.setattr(sys, "argv", ["hub", "counts"])
    tell_unexpected(RuntimeError, error, None)
    plain = capsys.readouterr()
    assert plain.out == ""
    assert "did not expect (RuntimeError)" in plain.err
    assert "line one" not in plain.err
    monkeypatch.setenv("HUB_DEBUG", "1")
    tell_unexpected(RuntimeError, error, None)
    assert "line one" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["hub", "counts", "--json"])
    tell_unexpected(RuntimeError, error, None)
    assert '"code": "unexpected"' in capsys.readouterr().out


def test_an_error_that_nobody_foresaw_ends_the_program_with_1_and_no_trace(alone: Path) -> None:
    program = "import hub.app as app; app.made_folder = lambda folder: folder / 0; app.main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "company", "list"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "did not expect (TypeError)" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_goes_away_ends_the_command_quietly(alone: Path, options: list[str]) -> None:
    for number in range(2):
        here("company", "add", f"C{number}", "--name", "x" * 30_000, "--currency", "USD")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*HUB, "company", "list", *options], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_terminal_of_few_letters_gets_a_question_mark_and_no_error(alone: Path) -> None:
    here("company", "add", "ACME", "--name", "Café Ōsaka", "--currency", "USD")
    shown = hub("company", "list", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    assert "Caf? ?saka" in shown.stdout


def set_revision(file: Path, revision: str) -> None:
    database = Database(f"sqlite:///{file}")
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    database.close()
