"""The HTTP client of a connection: guarded, paced, bound to its own address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

    from hub.api import Connection


def client_of(connection: Connection, turn: Callable[[], bool], *, longest_s: float) -> httpx2.Client | None:
    """Return the client of a connection whose settings have an address (base_url), None for one without a network.

    longest_s: of one request in all, less than a guarded call may take, so that its own time-out is what is told.
    """
    base_url = getattr(connection.settings, "base_url", None)
    if not isinstance(base_url, str) or not base_url:
        return None
    import httpx2

    from hub.plugins.client import guarded_client

    return guarded_client(base_url, turn=turn, longest_s=longest_s, timeouts=httpx2.Timeout(longest_s / 2))
