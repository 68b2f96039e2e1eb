"""README.md says what the code does; its list of errors is compared with the catalogue in test_faults.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.api import Capability
from hub_xero.connector import LIMITS, SCOPES, Xero
from hub_xero.sandbox.gate import FAULTS
from hub_xero.settings import Settings
from plugins.xero.tests.stand import Local


@pytest.fixture(scope="module")
def readme() -> str:
    return (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def section(readme: str, title: str) -> str:
    return readme.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def rows(text: str) -> list[str]:
    return re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE)


def test_it_explains_every_scope_and_setting(readme: str) -> None:
    assert rows(section(readme, "Scopes")) == list(SCOPES)
    assert rows(section(readme, "Settings")) == list(Settings.model_fields)


def test_it_names_every_fault_and_change_of_the_sandbox(readme: str) -> None:
    told = section(readme, "The sandbox")
    (named,) = re.findall(r"NAME one of (.*?) \|$", told, re.MULTILINE)
    words = set(re.findall(r"`(\w+)`", named)) - {"seconds", "body", "minute", "day"}
    assert words == set(FAULTS)
    answer = Local().bare.post("/_sandbox/faults", json={"nothing": 1}).json()["errors"][0]
    known = set(re.findall(r"\w+", answer.split("known are ")[1]))
    assert all(f'"{name}"' in told or f"`{name}`" in told for name in known - {"clear", "on"})


def test_its_figures_are_those_of_the_connector(readme: str) -> None:
    told = section(readme, "Limits")
    assert f"{LIMITS.calls_per_minute} calls a minute and {LIMITS.calls_at_once} at a time" in told
    assert f"at most {LIMITS.lines_per_entry:,} lines" in told
    assert f"takes {(LIMITS.latest_commit_s or 0) // 60} minutes" in told
    assert Capability.VOID not in Xero().info.capabilities
    assert "Nothing is voided or deleted" in readme
