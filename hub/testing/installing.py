"""The fake connector where Python finds installed plugins, for a hub in a process of its own."""

from __future__ import annotations

from pathlib import Path

from hub.api import ENTRY_POINT_GROUP

DISTRIBUTION = "hub-fake-ledger"
VERSION = "1"


def install_fake(folder: Path) -> Path:
    """Write the metadata of a distribution that brings the fake connector, and return the folder.

    A process with the folder on its PYTHONPATH then has the connector `fake`, as if a partner's package were installed.
    """
    metadata = folder / f"{DISTRIBUTION.replace('-', '_')}-{VERSION}.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {DISTRIBUTION}\nVersion: {VERSION}\n")
    (metadata / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\nfake = hub.testing.connector\n")
    return folder
