"""The demo company from the command line, as `make run` shows it."""

import re
from pathlib import Path

from tests.cli.shell import Shell


def test_the_demo_shows_a_balanced_journal_its_file_and_five_commands_that_work_and_again_the_same(
    shell: Shell,
) -> None:
    shown = shell.done("demo run").out
    assert "[Balanced]" in shown
    (file,) = re.findall(r"^Its file: (.+)$", shown, re.MULTILINE)
    assert Path(file).is_file()
    commands = re.findall(r"hub --home \S+ (.+)$", shown, re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        shell.done(command)
    again = shell.done("demo run").out
    assert "[Balanced]" in again
    assert Path(re.findall(r"^Its file: (.+)$", again, re.MULTILINE)[0]).is_file()


def test_the_demo_is_loaded_once(shell: Shell) -> None:
    assert shell.json("demo load") == {"company": "DEMO"}
    exports = shell.json("exports")
    assert exports
    shell.done("demo load")
    assert shell.json("exports") == exports
