"""The page on imports says what the code does."""

import re
from pathlib import Path


def rules_in_code(repository: Path) -> set[str]:
    """Return every rule that the code names, as the first text of a refusal or the second of a look-up's."""
    folders = ("hub/intake", "hub/service/importing")
    source = "\n".join(file.read_text() for folder in folders for file in (repository / folder).glob("*.py"))
    refusals = re.findall(r'(?:Refused|FileRefused)\(\s*"([a-z0-9_]+)"', source)
    refusals += re.findall(r'(?:refuse|_refuse)\(\s*[\w"_.]+, "([a-z0-9_]+)"', source)
    refusals += re.findall(r'return "([a-z]+_column)", f"', source)
    return set(refusals)


def test_every_rule_of_the_code_is_documented(repository: Path) -> None:
    table = (repository / "docs" / "imports.md").read_text().partition("## Rules")[2]
    documented = set(re.findall(r"`([a-z0-9_]+)`", table))
    named = rules_in_code(repository)
    assert len(named) > 40
    assert named - documented == set()
