"""What the operator trusts is a distribution as its files stood then; what is blocked is not even imported."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.app import Installation
from hub.cli.program import app
from hub.plugins import load
from hub.plugins.discovery import Candidate, installed
from hub.plugins.trust import FILE, Way, fingerprint, read_trust
from hub.service import trusting
from hub.service.context import Hub, NotFound, Refused
from hub.store import Database
from tests.audit_key import AUDIT_KEY
from tests.conftest import SqliteDatabases
from tests.contained.conftest import write_distribution

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
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


@pytest.fixture
def hub(place: Path, sqlite_databases: SqliteDatabases) -> Iterator[Hub]:
    """A hub whose home is beside that distribution."""
    home = place / "home"
    home.mkdir()
    database = Database(sqlite_databases.migrated(), audit_key=AUDIT_KEY)
    yield Hub(database=database, registry=load(only=[]), clock=lambda: NOW, home=home, actor="operator")
    database.close()


def decided(*arguments: str) -> dict[str, Any]:
    """What a command answers."""
    done = CliRunner().invoke(app, ["plugins", *arguments, "--json"], obj=Installation())
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def candidate(name: str) -> Candidate:
    (found,) = [each for each in installed() if isinstance(each, Candidate) and each.origin.name == name]
    return found


def way(place: Path, name: str = "plain") -> Way:
    return read_trust(place / "home").way_of(candidate(name))


def test_a_distribution_is_contained_until_it_is_trusted_and_again_when_a_file_of_it_changed(
    hub: Hub, place: Path
) -> None:
    assert way(place) is Way.CONTAINED
    told = {"distribution": "partner-plain", "plugins": ["plain"], "decided": "trusted", "by": "operator"}
    assert trusting.trust(hub, "plain") == told
    assert way(place) is Way.TRUSTED
    (place / "partner_plain.py").write_text(f"{HARMLESS}# one line more\n")
    assert way(place) is Way.CHANGED
    assert trusting.trust(hub, "Partner_Plain") == told
    assert way(place) is Way.TRUSTED
    assert trusting.distrust(hub, "partner-plain")["decided"] == "distrusted"
    assert way(place) is Way.CONTAINED
    with pytest.raises(Refused, match="plain is not trusted here"):
        trusting.distrust(hub, "plain")


def test_a_blocked_plugin_is_not_loaded_until_it_is_unblocked(hub: Hub, place: Path) -> None:
    trusting.block(hub, "partner-plain")
    assert way(place) is Way.BLOCKED
    assert trusting.unblock(hub, "plain")["plugins"] == ["plain"]
    assert way(place) is Way.CONTAINED
    with pytest.raises(Refused, match="plain is not blocked here"):
        trusting.unblock(hub, "plain")


def test_a_command_decides_the_list_says_so_and_nothing_of_a_blocked_plugin_runs(place: Path) -> None:
    assert decided("block", "plain")["decided"] == "blocked"
    assert {"plugin": "plain"} in decided()["blocked"]
    assert decided("check", "plain")["problems"][0]["code"] == "plugin_blocked"


def test_what_is_not_installed_cannot_be_trusted(hub: Hub) -> None:
    with pytest.raises(NotFound, match=r"There is no installed plugin nobody\. There are: .*plain"):
        trusting.trust(hub, "nobody")


def test_the_hubs_own_plugins_are_trusted_with_it(hub: Hub, place: Path) -> None:
    assert way(place, "csv_iif") is Way.OWN
    with pytest.raises(Refused, match="csv_iif comes with the hub"):
        trusting.trust(hub, "csv_iif")


def test_a_name_like_those_of_the_hubs_own_makes_no_plugin_its_own(place: Path) -> None:
    write_distribution(place, "partner_plain", name="other", distribution="inventory-hub-other")
    importlib.invalidate_caches()
    assert way(place, "other") is Way.CONTAINED


def test_what_python_and_installers_write_by_themselves_changes_nothing(place: Path) -> None:
    before = fingerprint(candidate("plain"))
    (place / "__pycache__").mkdir(exist_ok=True)
    (place / "__pycache__" / "partner_plain.cpython-311.pyc").write_bytes(b"x")
    (place / "partner_plain-1.0.dist-info" / "INSTALLER").write_text("pip")
    assert fingerprint(candidate("plain")) == before


def test_what_cannot_be_read_is_said_and_nothing_is_trusted_on_a_guess(hub: Hub) -> None:
    (hub.home / FILE).write_text('{"trusted": {"partner-plain": {}}}')
    for decide in (trusting.trust, trusting.block):
        with pytest.raises(Refused, match="cannot be read"):
            decide(hub, "plain")
    assert json.loads((hub.home / FILE).read_text()) == {"trusted": {"partner-plain": {}}}


def test_a_level_holds_for_the_files_that_were_checked(hub: Hub, place: Path) -> None:
    trusting.record_level(hub.home, "plain", "gold", at=NOW)
    assert read_trust(hub.home).level_of(candidate("plain")) == "gold"
    (place / "partner_plain.py").write_text(f"{HARMLESS}# one line more\n")
    assert read_trust(hub.home).level_of(candidate("plain")) == ""
