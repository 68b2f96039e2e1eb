"""What is installed: one version, requirements locked by hash, and wheels that hold everything they need."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import hub
from tests.architecture.tree import REPOSITORY, files

PLUGINS = sorted(path.parent for path in REPOSITORY.glob("plugins/*/pyproject.toml"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def project(folder: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return table


def pinned(lock: str) -> dict[str, str]:
    """Each requirement of a lock with what follows it: its version and hashes."""
    text = (REPOSITORY / lock).read_text()
    return dict(re.findall(r"^([a-z0-9][\w.-]*(?:\[\w+\])?)(==.*(?:\n    --hash=.*)*)", text, re.MULTILINE))


def wheel_of(folder: Path, target: Path) -> set[str]:
    """The names of the files in the wheel that hatchling builds from a folder, its metadata left out."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_every_distribution_has_the_hubs_version_and_asks_for_it() -> None:
    assert PLUGINS
    for folder in PLUGINS:
        assert project(folder)["version"] == hub.__version__
        assert f"inventory-hub=={hub.__version__}" in project(folder)["dependencies"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_a_version_and_hashes(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    requirements = pinned(lock)
    assert len(requirements) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)) > 20
    assert [name for name, rest in requirements.items() if "--hash=sha256:" not in rest] == []
    assert "://" not in text


def test_what_tests_run_with_is_what_the_product_runs_with() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()


def test_the_hubs_wheel_holds_every_committed_file_of_the_hub(tmp_path: Path) -> None:
    assert wheel_of(REPOSITORY, tmp_path) == {path.as_posix() for path in files() if path.is_relative_to("hub")}


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugins_wheel_holds_every_committed_file_of_its_package(folder: Path, tmp_path: Path) -> None:
    home = folder.relative_to(REPOSITORY)
    inside = {path.relative_to(home) for path in files() if path.is_relative_to(home)}
    assert wheel_of(folder, tmp_path) == {path.as_posix() for path in inside if path.parts[0].startswith("hub_")}
