"""`hub audit` as an auditor calls it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shell import OCTOBER, Shell
from tests.conftest import SqliteDatabases


@pytest.fixture
def shell(sqlite_databases: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell whose hub has a company with a count, in an SQLite file."""
    for name in ("HUB_COMPANY", "HUB_DATABASE_URL", "HUB_AUDIT_KEY_FILE", "HUB_DEBUG", "HUB_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    made = Shell(tmp_path)
    made.set_up()
    made.imports("counts", OCTOBER)
    return made


def tamper(shell: Shell, statement: str) -> None:
    with closing(sqlite3.connect(shell.home / "hub.db")) as connection:
        assert connection.execute(statement).rowcount > 0
        connection.commit()


def test_a_sound_trail_ends_with_0_and_says_where_it_ends(shell: Shell) -> None:
    found = shell.json("audit verify")
    assert found["sound"]
    (acme,) = found["companies"]
    assert acme["entries"] == len(shell.json("audit list --newest 100"))
    assert (
        f"ACME: {acme['entries']} entries, sound. The trail ends at {acme['head']}." in shell.done("audit verify").out
    )


def test_a_trail_that_was_tampered_with_ends_with_1_and_says_where(shell: Shell) -> None:
    tamper(shell, "UPDATE audit_event SET actor = 'nobody' WHERE seq = 4")
    answer = shell.run("audit verify")
    assert answer.code == 1
    assert "entries, not sound." in answer.out
    assert "entry 4 (" in answer.out
    assert "by nobody" in answer.out
    assert not shell.run("audit verify --json").json["sound"]
    assert shell.run("audit verify --company ACME").code == 1


def test_the_last_entries_deleted_end_with_1(shell: Shell) -> None:
    tamper(shell, "DELETE FROM audit_event WHERE seq > 8")
    assert shell.run("audit verify").code == 1
    assert "ends at entry 8" in " ".join(shell.run("audit verify").out.split())
    assert shell.run("doctor").code == 1
    assert "searching_first" in {problem["code"] for problem in shell.run("doctor --json").json["problems"]}
    shell.done("db restored --over")
    assert shell.json("doctor") == {"problems": []}
    assert shell.json("audit list --newest 1")[0]["action"] == "accept restored database"


def test_a_report_prints_the_head_that_verify_takes(shell: Shell) -> None:
    printed = shell.json("report --count 2026-10-31")["audit_trail"]
    assert f"Audit trail: {printed}" in shell.done("report --count 2026-10-31").out
    shell.done("export --count 2026-10-31")
    assert shell.json("report --count 2026-10-31")["audit_trail"] != printed
    assert shell.json(f"audit verify --head {printed}")["sound"]
    tamper(shell, "DELETE FROM audit_event")
    for file in (shell.home / "audit_heads").iterdir():
        file.unlink()
    assert shell.run(f"audit verify --head {printed}").code == 1


def test_a_head_that_is_none_is_refused_and_one_of_several_companies_needs_the_company(shell: Shell) -> None:
    assert shell.run("audit verify --head 15").code == 1
    shell.done("company add OTHER --name Other --currency USD")
    printed = shell.json("audit verify --company ACME")["companies"][0]["head"]
    assert shell.run(f"audit verify --head {printed}").code == 2
    assert shell.json(f"audit verify --company ACME --head {printed}")["sound"]


def test_the_trail_is_listed_newest_first(shell: Shell) -> None:
    newest, before = shell.json("audit list --newest 2")
    assert (newest["seq"], newest["action"], newest["subject"]) == (before["seq"] + 1, "import", "counts")
    assert newest["detail"]["rows"] == 3
    shown = shell.done("audit list --newest 2").out
    assert "import" in shown
    assert "rows: 3" in " ".join(shown.split())
    assert "add company" not in shown
    assert "add company" in shell.done("audit list").out


def test_a_missing_key_is_said_by_every_command_and_a_new_one_helps(shell: Shell) -> None:
    (shell.home / "audit.key").unlink()
    for line in ("company list", "doctor", "audit verify"):
        refused = shell.run(line)
        assert refused.code == 1
        assert "audit.key is missing" in " ".join(refused.err.split())
    assert shell.json("audit new-key") == {"file": str(shell.home / "audit.key")}
    assert shell.json("audit verify")["sound"]
    assert shell.json("audit list --newest 1")[0]["action"] == "begin audit trail"
