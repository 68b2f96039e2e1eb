"""The connector's wheel is an ordinary plugin, and what it says of its level is so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.program import app
from hub.plugins import load
from tests.tryton.places import REPOSITORY

README = REPOSITORY / "examples" / "hub-tryton" / "README.md"


@pytest.mark.soak
def test_the_wheel_is_listed_as_a_plugin_and_earns_platinum_without_an_exemption(installed: Path) -> None:
    found = load().connectors["tryton"]
    assert (found.connector.info.name, found.distribution) == ("Tryton", "hub-tryton")
    import hub_tryton

    assert Path(hub_tryton.__file__).is_relative_to(installed)
    shown = CliRunner().invoke(app, ["plugins", "check", "tryton", "--json"])
    report = json.loads(shown.stdout)
    assert (report["level"], report["missing"], report["contradictions"]) == ("platinum", [], [])
    assert "platinum, without an exemption" in README.read_text(encoding="utf-8")
