"""`hub plugins`: the list, the level that a plugin earns, and the beginning of a new one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.program import app
from hub.testing.conformance import Check, Grade, Verdict, suite
from hub.testing.conformance import report as reporting


def invoked(*arguments: str) -> tuple[int, str]:
    shown = CliRunner().invoke(app, list(arguments))
    return shown.exit_code, shown.output


def two_verdicts(*_given: object, **_options: object) -> tuple[Verdict, ...]:
    """What came of two checks, one of which failed."""
    sides, decimals = suite.BY_ID["money.sides"], suite.BY_ID["money.three_decimals"]
    return (Verdict(check=sides), Verdict(check=decimals, failure="12.345 became 12.35"))


def test_what_is_missing_is_told_with_what_it_protects_and_how_it_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "judge_all", two_verdicts)
    code, shown = invoked("plugins", "check", "csv_iif")
    told = " ".join(shown.split())
    assert code == 1
    assert "csv_iif: gold. 1 of the 2 checks that concern it pass." in told
    assert "For platinum is missing: money.three_decimals." in told
    missing: Check = suite.BY_ID["money.three_decimals"]
    assert missing.grade is Grade.PLATINUM
    assert all(text in told for text in ("12.345 became 12.35", missing.protects, missing.mend))


def test_the_level_is_told_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "judge_all", two_verdicts)
    code, shown = invoked("plugins", "check", "csv_iif", "--json")
    report = json.loads(shown)
    assert (code, report["plugin"], report["level"], report["sound"]) == (1, "csv_iif", "gold", False)
    assert [each["check"] for each in report["missing"]] == ["money.three_decimals"]


def test_a_plugin_that_is_not_installed_is_no_plugin_to_check() -> None:
    code, shown = invoked("plugins", "check", "nobody")
    assert code == 1
    assert "There is no plugin nobody; installed: csv_iif" in " ".join(shown.split())


def test_a_new_connector_is_made_where_it_is_asked_for_and_only_once(tmp_path: Path) -> None:
    code, shown = invoked("plugins", "new", "ledgerly", "--into", str(tmp_path), "--json")
    assert code == 0
    told = json.loads(shown)
    assert Path(told["folder"]) == tmp_path / "hub-ledgerly"
    assert "hub_ledgerly/connector.py" in told["files"]
    assert "tests/test_conformance.py" in told["files"]
    assert invoked("plugins", "new", "ledgerly", "--into", str(tmp_path))[0] == 1


def test_a_name_that_cannot_be_is_refused(tmp_path: Path) -> None:
    code, shown = invoked("plugins", "new", "Ledger-ly", "--into", str(tmp_path))
    assert code == 1
    assert "no name for a connector" in shown
