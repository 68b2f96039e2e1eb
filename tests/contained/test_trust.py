"""What the operator trusts is a distribution as its files stood then; what is blocked is not even imported."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.app import Installation
from hub.cli.program import app
from hub.plugins.discovery import Candidate, installed
from hub.plugins.trust import FILE, Way, fingerprint, read_trust
from hub.service.context import Refused
from hub.service.environment import trust_of
from tests.contained.conftest import write_distribution

HARMLESS = "from hub.api import hookimpl\n\n\n@hookimpl\ndef hub_connectors():\n    return ()\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on Python's path with one distribution in it, which brings nothing."""
    (tmp_path / "partner_plain.py").write_text(HARMLESS)
    write_distribution(tmp_path, "partner_plain")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "home"))
    importlib.invalidate_caches()
    return tmp_path


def decided(*arguments: str) -> dict[str, object]:
    """What a command answers."""
    done = CliRunner().invoke(app, ["plugins", *arguments, "--json"], obj=Installation())
    told: dict[str, object] = json.loads(done.stdout)
    return told


def candidate(name: str) -> Candidate:
    (found,) = [each for each in installed() if isinstance(each, Candidate) and each.origin.name == name]
    return found


def way(place: Path, name: str = "plain") -> Way:
    return read_trust(place / "home").way_of(candidate(name))


def test_a_distribution_is_contained_until_it_is_trusted_and_again_when_a_file_of_it_changed(place: Path) -> None:
    assert way(place) is Way.CONTAINED
    assert decided("trust", "plain") | {"by": ""} == {
        "distribution": "partner-plain",
        "plugins": ["plain"],
        "decided": "trusted",
        "by": "",
    }
    assert way(place) is Way.TRUSTED
    (place / "partner_plain.py").write_text(f"{HARMLESS}# one line more\n")
    assert way(place) is Way.CHANGED
    decided("trust", "partner_plain")
    assert way(place) is Way.TRUSTED
    assert decided("distrust", "partner-plain")["decided"] == "distrusted"
    assert way(place) is Way.CONTAINED


def test_a_blocked_plugin_is_not_loaded_until_it_is_unblocked(place: Path) -> None:
    decided("block", "plain")
    assert way(place) is Way.BLOCKED
    assert {"plugin": "plain"} in decided()["blocked"]  # type: ignore[operator]
    decided("unblock", "plain")
    assert way(place) is Way.CONTAINED
    assert decided("unblock", "plain")["problems"][0]["code"] == "plugin_not_blocked"  # type: ignore[index]


def test_what_is_not_installed_cannot_be_trusted(place: Path) -> None:
    (problem,) = decided("trust", "nobody")["problems"]  # type: ignore[misc]
    assert problem["message"].startswith("There is no installed plugin nobody. There are: ")
    assert "plain" in problem["message"]


def test_the_hubs_own_plugins_are_trusted_with_it(place: Path) -> None:
    assert way(place, "csv_iif") is Way.OWN
    assert decided("trust", "csv_iif")["problems"][0]["code"] == "plugin_own"  # type: ignore[index]


def test_a_name_of_the_hubs_own_makes_no_plugin_its_own(place: Path) -> None:
    write_distribution(place, "partner_plain", name="other", distribution="inventory-hub-other")
    importlib.invalidate_caches()
    assert way(place, "other") is Way.CONTAINED


def test_what_python_and_installers_write_by_themselves_changes_nothing(place: Path) -> None:
    before = fingerprint(candidate("plain"))
    (place / "__pycache__").mkdir(exist_ok=True)
    (place / "__pycache__" / "partner_plain.cpython-311.pyc").write_bytes(b"x")
    (place / "partner_plain-1.0.dist-info" / "INSTALLER").write_text("pip")
    assert fingerprint(candidate("plain")) == before


def test_what_cannot_be_read_is_said_and_nothing_is_trusted_on_a_guess(place: Path) -> None:
    home = place / "home"
    decided()
    (home / FILE).write_text('{"trusted": {"partner-plain": {}}}')
    with pytest.raises(Refused, match="cannot be read"):
        trust_of(home)
    assert decided()["problems"][0]["code"] == "trust_unreadable"  # type: ignore[index]
    assert (home / FILE).stat().st_size > 0


def test_a_level_holds_for_the_files_that_were_checked(place: Path) -> None:
    from datetime import UTC, datetime

    from hub.service.trusting import record_level

    decided()
    record_level(place / "home", "plain", "gold", at=datetime.now(UTC))
    assert read_trust(place / "home").level_of(candidate("plain")) == "gold"
    (place / "partner_plain.py").write_text(f"{HARMLESS}# one line more\n")
    assert read_trust(place / "home").level_of(candidate("plain")) == ""
