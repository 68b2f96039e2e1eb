"""README.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub_quickbooks.catalogue import CATALOGUE, VENDORS_LIST, Meaning
from hub_quickbooks.connector import LIMITS
from hub_quickbooks.places import ENVIRONMENTS, SCOPE
from hub_quickbooks.sandbox.counter import FAULTS
from hub_quickbooks.settings import Settings

PLUGIN = Path(__file__).parents[1]
WRITTEN = {
    Meaning.ACCOUNT: "no; refused",
    Meaning.PERIOD: "no; refused",
    Meaning.REFUSED: "no; refused",
    Meaning.RECONNECT: "no; waits for a new sign-in",
    Meaning.LATER: "no; tried again",
    Meaning.UNKNOWN: "perhaps; looked for",
}


@pytest.fixture(scope="module")
def readme() -> str:
    return (PLUGIN / "README.md").read_text(encoding="utf-8")


def test_it_lists_every_error_as_the_catalogue_has_it(readme: str) -> None:
    rows = [f"| `{code}` | {known.what} | {WRITTEN[known.meaning]} | {known.do} |" for code, known in CATALOGUE.items()]
    assert re.findall(r"^\| `\d+` \|.*$", readme, re.MULTILINE) == rows
    assert VENDORS_LIST in readme


def test_it_explains_every_problem_of_the_preview(readme: str) -> None:
    codes = set(re.findall(r'code="(\w+)"', (PLUGIN / "hub_quickbooks" / "preflight.py").read_text(encoding="utf-8")))
    table = readme.split("| in the preview |")[1].split("## The sandbox", maxsplit=1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == codes


def test_it_describes_every_setting_environment_and_the_scope(readme: str) -> None:
    table = readme.split("## Settings")[1].split("## Set-up", maxsplit=1)[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Settings.model_fields)
    assert all(f"`{environment}`" in readme for environment in ENVIRONMENTS)
    assert f"`{SCOPE}`" in readme


def test_it_gives_the_limits_that_the_hub_keeps_to(readme: str) -> None:
    for limit in (
        f"{LIMITS.key_life_s} seconds",
        f"{LIMITS.latest_commit_s} seconds",
        f"{LIMITS.calls_per_minute} a minute",
    ):
        assert limit in readme


def test_it_names_every_fault_of_the_sandbox(readme: str) -> None:
    faults = readme.rsplit("Faults:", maxsplit=1)[1]
    assert re.findall(r"`(\w+)`", faults) == list(FAULTS)
