"""docs/partners.md and docs/debits_and_credits.md tell the truth: their lists are those of the code, and their examples run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Template
from types import ModuleType

import pytest
from typer.testing import CliRunner

from hub.cli.program import app
from hub.testing.conformance import BY_ID, read_scale
from hub.testing.template.making import CONNECTOR, FILES
from tests.testing.conformance.reference import BLOCK, BLOCKS, PAGE, renewed

TEXT = PAGE.read_text(encoding="utf-8")
DEBITS = PAGE.with_name("debits_and_credits.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- runs as: test_conformance -->\n```python\n(.*?)```", re.DOTALL)


def blocks_of(language: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run(*blocks: str) -> None:
    module = ModuleType("example")
    for block in blocks:
        exec(compile(block, "docs", "exec", dont_inherit=True), vars(module))


def test_the_lists_are_those_of_the_code() -> None:
    hint = "run `python -m tests.testing.conformance.reference --write` and commit the difference"
    assert renewed(TEXT) == TEXT, hint
    assert sorted(name for _, name, _ in BLOCK.findall(TEXT)) == sorted(BLOCKS)


def test_the_stand_and_the_program_that_judges_it_run(capsys: pytest.CaptureFixture[str]) -> None:
    (marked,) = MARKED.findall(TEXT)
    run(*(block for block in blocks_of("python") if block != marked))
    assert capsys.readouterr().out == "The stand has no way to edit: give Deeds(edit=...).\n"


def test_the_fixture_that_is_shown_is_the_one_of_the_template(repository: Path) -> None:
    (marked,) = MARKED.findall(TEXT)
    template = (repository / "hub/testing/template/files/test_conformance.txt").read_text(encoding="utf-8")
    assert marked.strip() == Template(template).substitute(package="hub_ledgerly").split("\n\n", 1)[1].strip()


def test_the_commands_that_are_shown_make_and_know_what_they_say(tmp_path: Path) -> None:
    shown = [line.removeprefix("$ ") for block in blocks_of("console") for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in shown if line.startswith("hub ")]
    assert commands == [["plugins", "new", "ledgerly"], ["plugins", "check", "ledgerly"], ["plugins"]]
    assert CliRunner().invoke(app, [*commands[0], "--into", str(tmp_path)]).exit_code == 0
    assert "cd hub-ledgerly" in shown
    assert [path.name for path in tmp_path.iterdir()] == ["hub-ledgerly"]
    refused = CliRunner().invoke(app, commands[1]).output
    assert "There is no plugin ledgerly" in " ".join(refused.split())


def test_the_scale_that_is_shown_is_a_sound_one() -> None:
    (scale,) = blocks_of("yaml")
    assert list(read_scale(scale).exempt) == ["money.three_decimals"]


def test_every_file_and_check_that_the_pages_name_is_there() -> None:
    made = {f"{module}.py" for module in CONNECTOR} | {Path(place).name for place in FILES.values()}
    named = {Path(name).name for name in re.findall(r"`([\w/.]+\.(?:py|yaml))`", TEXT)}
    assert named - made == set()
    checks = set(re.findall(r"`((?:money|once|reading|books)\.\w+)`", TEXT + DEBITS))
    assert checks <= set(BY_ID)


def test_the_page_for_programmers_runs_and_its_figures_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    run(*blocks_of("python", DEBITS))
    assert "it does not balance" in capsys.readouterr().out
    assert int(1.15 * 100) == 114
    assert round(5120.05 - 4812.37, 2) == 307.68
    assert round(2 * 307.68, 2) == 615.36
