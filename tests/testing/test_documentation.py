"""docs/testing_kit.md tells the truth: its lists are those of the code, and its example runs."""

import re

import pytest

from hub.testing.ledger.__main__ import parser
from tests.testing.reference import BLOCK, BLOCKS, PAGE, renewed

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_lists_are_those_of_the_code() -> None:
    assert renewed(TEXT) == TEXT, "run `python -m tests.testing.reference --write` and commit the difference"
    assert sorted(name for _, name, _ in BLOCK.findall(TEXT)) == sorted(BLOCKS)


def test_the_example_runs_and_says_that_the_outcome_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(example, "docs/testing_kit.md", "exec"), {"__name__": "example"})
    assert "it is not known whether the journal was written" in capsys.readouterr().out


def test_the_command_that_is_shown_is_understood() -> None:
    (command,) = re.findall(r"^\$ python -m hub\.testing\.ledger (.*)$", TEXT, re.MULTILINE)
    options = parser().parse_args(command.split())
    assert (options.port, options.profile.value, options.seed) == (8100, "short_key", 7)
