"""Wheels, built and put where a process finds them, as an installer does it without a network."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path


def built(source: Path, into: Path) -> Path:
    """Build a distribution's wheel, install it into a folder of its own below `into`, and return that folder."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into / "dist")]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = (into / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into / "site")
    return into / "site"
