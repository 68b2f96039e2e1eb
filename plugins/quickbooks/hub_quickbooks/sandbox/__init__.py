"""A stand-in for QuickBooks Online on this machine, with books of its own.

It answers as the vendor's documentation and recorded replies say (the connector's README names what it does not do).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.api import Asgi

if TYPE_CHECKING:
    from hub.testing.clock import Clock
    from hub_quickbooks.sandbox.site import Site

REDIRECT_URIS = ("http://127.0.0.1:8000/connections/callback", "http://localhost:8000/connections/callback")


class QuickBooksSandbox:
    """Makes one sandbox for each base address, and keeps it. clock: the machine's, movable, unless given.

    redirect_uris: the addresses that its one app has registered; more can be added through its controls.
    """

    connector_id = "quickbooks"

    def __init__(self, *, clock: Clock | None = None, redirect_uris: tuple[str, ...] = REDIRECT_URIS) -> None:
        self._clock = clock
        self._redirect_uris = redirect_uris
        self._sites: dict[str, Site] = {}

    def site(self, base_url: str) -> Site:
        """Return the sandbox of a base address, with all that tests look at."""
        base = base_url.rstrip("/")
        if base not in self._sites:
            from hub_quickbooks.sandbox.site import Site

            self._sites[base] = Site(base, clock=self._clock, redirect_uris=self._redirect_uris)
        return self._sites[base]

    def app(self, base_url: str) -> Asgi:
        """Return the ASGI app that answers under a base address."""
        return self.site(base_url).app

    def credentials(self, base_url: str) -> Mapping[str, str]:
        """Return what a client needs to talk to it without a browser; another consent each time."""
        return self.site(base_url).credentials()
