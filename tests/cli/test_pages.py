"""README.md and docs/cli.md tell the truth: their lists are those of the code, and their sessions run as shown."""

import re
import shutil
from pathlib import Path

from tests.cli.reference import BLOCK, BLOCKS, PAGE, renewed
from tests.cli.shell import Shell

README = "README.md"


def session(repository: Path) -> list[tuple[str, list[str]]]:
    """The README's commands, each with the lines it is said to print."""
    shown: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", (repository / README).read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ hub "):
                shown.append((line.removeprefix("$ hub "), []))
            else:
                shown[-1][1].append(line.strip())
    return shown


def test_the_lists_of_the_page_are_those_of_the_code() -> None:
    text = PAGE.read_text("utf-8")
    assert renewed(text) == text, "run `python -m tests.cli.reference --write` and commit the difference"
    assert sorted(name for _, name, _ in BLOCK.findall(text)) == sorted(BLOCKS)


def test_the_readmes_session_runs_and_prints_what_it_shows(shell: Shell, repository: Path) -> None:
    shutil.copytree(repository / "examples", shell.folder / "examples")
    commands = session(repository)
    assert len(commands) > 15
    for command, expected in commands:
        export = shell.json("exports")[0]["export"] if "EXPORT" in command else ""
        printed = [spaced(line) for line in shell.done(command.replace("EXPORT", export)).out.splitlines()]
        assert [line for line in expected if spaced(line) not in printed] == [], command


def spaced(line: str) -> str:
    """A line without what only lines its columns up."""
    return " ".join(line.split())


def test_every_page_that_the_readme_points_to_is_there(repository: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (repository / README).read_text("utf-8"))
    assert links
    assert [link for link in links if not (repository / link).exists()] == []
