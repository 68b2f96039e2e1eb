"""`hub plugins new` makes a distribution that is installed like any other and passes every check as it was made."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.program import app
from hub.plugins import load
from hub.testing.template import NameRefused, make_distribution

NAME, PACKAGE = "ledgerly_cloud", "hub_ledgerly_cloud"
REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A generated distribution, and where its wheel is installed."""

    source: Path
    site: Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """A distribution that was made, built and installed where this process finds it."""
    folder = tmp_path_factory.mktemp("partner")
    source = make_distribution(NAME, folder)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder / "site")
        yield Installed(source=source, site=folder / "site")
    for module in [each for each in sys.modules if each.partition(".")[0] == PACKAGE]:
        del sys.modules[module]


def test_the_hub_lists_the_connector_of_the_wheel(installed: Installed) -> None:
    registry = load()
    found = registry.connectors[NAME]
    assert (found.connector.info.name, found.distribution) == ("Ledgerly Cloud", "hub-ledgerly-cloud")
    assert [each for each in registry.broken if each.name == NAME] == []


def test_it_earns_platinum_as_it_was_made(installed: Installed) -> None:
    shown = CliRunner().invoke(app, ["plugins", "check", NAME, "--json"])
    report = json.loads(shown.stdout)
    assert (shown.exit_code, report["level"], report["missing"], report["contradictions"]) == (0, "platinum", [], [])
    assert report["passed"] == report["concerned"] > 40


@pytest.mark.soak
def test_its_own_tests_pass_and_the_first_file_runs_the_suite(installed: Installed) -> None:
    assert sorted(path.name for path in (installed.source / "tests").glob("test_*.py"))[0] == "test_conformance.py"
    chosen = ["-k", "exact_amounts or once.key or describes", "-q", "-p", "no:cacheprovider"]
    path = os.pathsep.join([str(installed.site), str(REPOSITORY)])
    command = [sys.executable, "-m", "pytest", *chosen]
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=installed.source, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_it_has_the_files_of_the_hubs_own_connectors(installed: Installed) -> None:
    made = {str(path.relative_to(installed.source)) for path in installed.source.rglob("*") if path.is_file()}
    ours = ("connector", "session", "wire", "faults", "preflight", "settings", "stand")
    assert made > {f"hub_ledgerly_cloud/{name}.py" for name in ours}
    assert made > {"README.md", "pyproject.toml", ".github/workflows/ci.yml", "hub_ledgerly_cloud/scale.yaml"}


def test_nothing_of_the_model_is_left_in_it(installed: Installed) -> None:
    for path in installed.source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"hub\.testing\.connector|FakeConnector|FakeSession", text), path
    project = tomllib.loads((installed.source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"] == {"inventory_hub.plugins": {"ledgerly_cloud": "hub_ledgerly_cloud.connector"}}


@pytest.mark.parametrize(
    "name", ["", "Ledgerly", "9ledgers", "ledger-ly", "_ledger", "ledger_", "a__b", "class", "x" * 41, "lédger", "../x"]
)
def test_what_is_no_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NameRefused, match="is no name for a connector"):
        make_distribution(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NameRefused, match="installed already"):
        make_distribution("csv_iif", tmp_path)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "hub-ledgerly").mkdir()
    with pytest.raises(FileExistsError):
        make_distribution("ledgerly", tmp_path)
    assert list((tmp_path / "hub-ledgerly").iterdir()) == []
