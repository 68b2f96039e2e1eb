"""The help: its lines are the commands' own, it loads nothing heavy, and it is quick."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

import hub
from hub.cli.program import COMMANDS, app, load_command

HEAVY = ("httpx2", "dbos", "pydantic", "sqlmodel", "sqlalchemy", "alembic", "psycopg", "python_calamine", "xlsxwriter", "pluggy",
         "rfc8785", "fastapi", "starlette", "jinja2", "uvicorn", "structlog", "prometheus_client", "pwdlib", "hub.web",
         "hub.api", "hub.service", "hub.store", "hub.plugins", "hub.demo")  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_line_in_the_help_is_the_first_of_its_own_help(name: str) -> None:
    command = load_command(name)
    assert command.name == name
    assert command.help.split("\n")[0].strip() == COMMANDS[name][2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    assert COMMANDS[name][2].split()[0] in shown.stdout


def test_the_help_loads_nothing_that_the_work_needs() -> None:
    program = """if True:
        import atexit, sys
        from hub.app import main
        atexit.register(lambda: sys.stderr.write(" ".join(sys.modules)))
        sys.argv = ["hub", "--help"]
        main()"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Month's end" in done.stdout
    assert set(HEAVY) & set(done.stderr.split()) == set()


def test_the_version_is_the_packages() -> None:
    shown = CliRunner().invoke(app, ["--version"])
    assert (shown.exit_code, shown.stdout) == (0, f"hub {hub.__version__}\n")


def test_a_misspelt_command_is_a_wrong_call_with_the_nearest_name() -> None:
    shown = CliRunner().invoke(app, ["expotr"])
    assert shown.exit_code == 2
    assert "export" in shown.stderr
