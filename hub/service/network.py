"""The HTTP client of a connection: guarded, paced, bound to its own address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

    from hub.api import Connection


def client_of(connection: Connection, turn: Callable[[], bool]) -> httpx2.Client | None:
    """Return the client of a connection whose settings have an address (base_url), None for one without a network."""
    base_url = getattr(connection.settings, "base_url", None)
    if not isinstance(base_url, str) or not base_url:
        return None
    from hub.plugins.client import guarded_client

    return guarded_client(base_url, turn=turn)
