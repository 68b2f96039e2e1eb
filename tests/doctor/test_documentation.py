"""The page on operations says what the doctor says."""

import re
from pathlib import Path

MODULES = ("doctoring", "record_checks", "heads", "auditing", "posting/health")


def codes_in_code(repository: Path) -> set[str]:
    """Return every problem code that the doctor's modules name."""
    source = "\n".join((repository / "hub" / "service" / f"{name}.py").read_text() for name in MODULES)
    named = re.findall(r'code="([a-z_]+)"', source)
    named += re.findall(r'^    "([a-z_]+)": Finding\(', source, re.MULTILINE)
    named += re.findall(r'_problem\(\s*"([a-z_]+)"', source)
    return set(named)


def test_the_page_on_operations_lists_every_finding_and_no_other(repository: Path) -> None:
    table = (
        (repository / "docs" / "operations.md")
        .read_text()
        .partition("## What the doctor finds")[2]
        .partition("\n## ")[0]
    )
    documented = set(re.findall(r"^\| `([a-z_]+)`", table, re.MULTILINE))
    named = codes_in_code(repository)
    assert len(named) > 15
    assert documented == named
