"""A stand-in for NetSuite on this machine: SOAP and REST on one kept ledger.

It answers as the vendor's documentation and schemas say. The vendor's own WSDL files are served where they are: in the folder
that HUB_NETSUITE_WSDL names (one folder for each version in it, such as 2023_2), else in the reference material beside the
source tree. Where HUB_NETSUITE_KEPT names a folder, journal entries outlast the process.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hub.api import Asgi

if TYPE_CHECKING:
    from hub.testing.clock import Clock
    from hub_netsuite.sandbox.site import Site

WSDL_FOLDER, KEPT_FOLDER = "HUB_NETSUITE_WSDL", "HUB_NETSUITE_KEPT"


class NetSuiteSandbox:
    """Makes one sandbox for each base address, and keeps it. clock: the machine's, movable, unless given.

    wsdl: a folder of the vendor's own files, kept: one for journal entries; those of the environment unless given.
    """

    connector_id = "netsuite"

    def __init__(self, clock: Clock | None = None, *, wsdl: Path | None = None, kept: Path | None = None) -> None:
        self._clock = clock
        self._wsdl = wsdl or _folder(WSDL_FOLDER) or _beside_the_tree()
        self._kept = kept or _folder(KEPT_FOLDER)
        self._sites: dict[str, Site] = {}

    def site(self, base_url: str) -> Site:
        """Return the sandbox of a base address, with all that tests look at."""
        base = base_url.rstrip("/")
        if base not in self._sites:
            from hub_netsuite.sandbox.site import Site

            self._sites[base] = Site(base, clock=self._clock, wsdl=self._wsdl, kept=self._kept)
        return self._sites[base]

    def app(self, base_url: str) -> Asgi:
        """Return the ASGI app that answers under a base address."""
        return self.site(base_url).app

    def credentials(self, base_url: str) -> Mapping[str, str]:
        """Return what a client needs to talk to it without a browser."""
        return self.site(base_url).credentials()


def _folder(variable: str) -> Path | None:
    told = os.environ.get(variable, "")
    return Path(told) if told else None


def _beside_the_tree() -> Path | None:
    """Return the vendor's files among the reference material beside the source tree, None where it is not there."""
    source_tree = Path(__file__).resolve().parents[4]
    found = Path(os.environ.get("HUB_SHARED", source_tree.parent / "shared")) / "specs" / "netsuite"
    return found if found.is_dir() else None
