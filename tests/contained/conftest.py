"""Partners' plugins as installers put them: modules with metadata, found by the hub and never imported in it."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.api import ENTRY_POINT_GROUP
from hub.plugins.contained.confining import MEGABYTE, Confines
from hub.plugins.contained.process import Containment
from tests.contained.hostile import AT_IMPORT

PACKAGES = Path(__file__).parent / "packages"
SMALL = Confines(memory=600 * MEGABYTE)

Put = Callable[..., None]


def write_distribution(site: Path, module: str, *, name: str = "", distribution: str = "", value: str = "") -> None:
    """Write the metadata of a distribution that brings one plugin, whose files are its module and its metadata."""
    distribution = distribution or module.replace("_", "-")
    folder = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(
        f"[{ENTRY_POINT_GROUP}]\n{name or module.removeprefix('partner_')} = {value or module}\n"
    )
    files = [f"{module}.py", f"{folder.name}/METADATA", f"{folder.name}/entry_points.txt", f"{folder.name}/RECORD"]
    (folder / "RECORD").write_text("".join(f"{each},,\n" for each in files))


@contextmanager
def on_path(folder: Path) -> Iterator[None]:
    """Have a folder on Python's path for as long as this lasts."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder)
        importlib.invalidate_caches()
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the partner's connector in it, and a file that it must not read."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(PACKAGES / "partner_moody.py", folder)
    write_distribution(folder, "partner_moody")
    (folder / "home").mkdir()
    (folder / "home" / "vault.keys").write_text("the key")
    (folder / "where").write_text(str(folder / "home" / "vault.keys"))
    return folder


@pytest.fixture
def installed_site(site: Path) -> Iterator[Path]:
    """The same folder on Python's path during one test, so that no other test finds what is in it."""
    with on_path(site):
        yield site


@pytest.fixture(scope="module")
def containment(site: Path) -> Containment:
    """Contained as in the hub, with less memory."""
    return Containment(confines=SMALL, away_from=(site / "home",), start_s=60, call_s=60, rest_s=0)


@pytest.fixture(scope="module")
def hostile_site(site: Path) -> Path:
    """The same folder with every hostile plugin in it, too."""
    for name, (code, _) in AT_IMPORT.items():
        (site / f"partner_{name}.py").write_text(f"{code}\n")
        write_distribution(site, f"partner_{name}")
    return site
