"""README.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.api import ReconnectNeeded, TryLater
from hub_netsuite.catalogue import AUDIT_TRAIL, CATALOGUE, LOGIN_CAUSES, Entry
from hub_netsuite.connector import LIMITS, NetSuite
from hub_netsuite.endpoints import NO_NEW_TOKENS, SOAP_ENDS
from hub_netsuite.places import ENVIRONMENTS
from hub_netsuite.settings import Settings

PLUGIN = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def readme() -> str:
    return (PLUGIN / "README.md").read_text(encoding="utf-8")


def section(readme: str, title: str) -> str:
    return readme.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def rows(text: str) -> list[str]:
    return re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE)


def written(entry: Entry) -> str:
    if entry.means is None:
        return "not known: looked for first"
    waits = {TryLater: "goes on by itself", ReconnectNeeded: "waits for Reconnect"}
    return f"no; {waits.get(entry.means, 'waits for you')}"  # type: ignore[call-overload]


def told(name: str, entry: Entry) -> str:
    do = "See *When the sign-in is refused*." if name == "invalid_login" else f"{entry.do} {entry.link}".strip()
    return f"| `{name}` | {entry.happened} | {do} | {written(entry)} |"


def test_it_lists_every_error_as_the_catalogue_has_it(readme: str) -> None:
    table = section(readme, "When something goes wrong").split("| in the preview |")[0]
    expected = [re.sub(r"\{\w+\}", "…", told(name, entry)) for name, entry in CATALOGUE.items()]
    assert re.findall(r"^\| `\w+` \|.*$", table, re.MULTILINE) == expected


def test_it_explains_every_problem_of_the_preview(readme: str) -> None:
    sources = "".join(
        (PLUGIN / "hub_netsuite" / f"{name}.py").read_text(encoding="utf-8") for name in ("preflight", "endpoints")
    )
    codes = set(re.findall(r'code="(\w+)"', sources)) | {"account_inactive", "account_not_postable"}
    assert set(rows(section(readme, "When something goes wrong").split("| in the preview |")[1])) == codes


def test_it_tells_every_cause_of_a_refused_sign_in_and_where_to_look(readme: str) -> None:
    causes = section(readme, "When the sign-in is refused")
    assert AUDIT_TRAIL in causes
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", causes, re.MULTILINE) == list(LOGIN_CAUSES.items())


def test_it_describes_every_setting_and_environment(readme: str) -> None:
    settings = section(readme, "Settings")
    assert rows(settings) == list(Settings.model_fields)
    assert all(f"`{environment}`" in settings for environment in ENVIRONMENTS)


def test_its_figures_are_those_of_the_connector(readme: str) -> None:
    assert f"after **{(LIMITS.latest_commit_s or 0) // 60} minutes**" in readme
    limits = section(readme, "Limits")
    assert f"at most {LIMITS.lines_per_entry:,} lines" in limits
    assert f"cut to {LIMITS.memo_length} characters" in limits
    assert LIMITS.calls_at_once == 1
    interfaces = section(readme, "Which interface")
    assert NO_NEW_TOKENS in interfaces
    assert SOAP_ENDS in interfaces
    assert NetSuite().info.capabilities == frozenset()
