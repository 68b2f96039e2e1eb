"""The HTTP client of a connection: guarded, paced, bound to its own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

    from hub.api import Connection
    from hub.service.context import Route


def client_of(_connection: Connection, route: Route, *, longest_s: float) -> httpx2.Client | None:
    """Return the client of a connection on its route, None where it has no addresses.

    longest_s: of one request in all, less than a guarded call may take, so that its own time-out is what is told.
    """
    addresses = route.addresses
    if addresses is None:
        return None
    import httpx2

    from hub.plugins.client import REQUEST_IDS, guarded_client

    return guarded_client(
        addresses.base_url,
        hosts=addresses.hosts,
        turn=route.turn,
        longest_s=longest_s,
        timeouts=httpx2.Timeout(longest_s / 2),
        request_ids=(*addresses.request_ids, *REQUEST_IDS),
    )
