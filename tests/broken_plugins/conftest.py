"""Plugins put where Python finds installed distributions, each with metadata as an installer writes them."""

import importlib
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parent / "packages"

Install = Callable[..., Path]


def write_metadata(site: Path, folder: Path) -> Path:
    """Write a package's `.dist-info`, from its pyproject.toml, and return it."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    dist_info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    dist_info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (dist_info / "METADATA").write_text(metadata)
    groups = project["entry-points"].items()
    (dist_info / "entry_points.txt").write_text(
        "\n".join(f"[{group}]\n" + "\n".join(f"{k} = {v}" for k, v in points.items()) for group, points in groups)
    )
    return dist_info


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs packages by folder name, beside the healthy one; returns the folder with their metadata."""
    site = tmp_path / "site"
    site.mkdir()

    def put(*names: str) -> Path:
        for name in names:
            write_metadata(site, PACKAGES / name)
            monkeypatch.syspath_prepend(PACKAGES / name)
        monkeypatch.syspath_prepend(site)
        importlib.invalidate_caches()
        return site

    put("healthy")
    yield put
    for name in [name for name in sys.modules if name.startswith("partner_")]:
        del sys.modules[name]
