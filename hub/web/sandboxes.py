"""Stand-ins for accounting systems, served on this machine for support staff, tests and the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from hub.web.server import Served

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from hub.api import Sandbox
    from hub.plugins import Registry


class NoSandbox(Exception):
    """No installed plugin brings a stand-in of this name; the message says which there are."""


@contextmanager
def served(registry: Registry, name: str, port: int) -> Iterator[Mapping[str, str]]:
    """Serve the stand-in for a connector, and yield what a client needs to talk to it; raises NoSandbox and PortTaken."""
    sandbox = _sandbox(registry, name)
    server = Served(port, lambda address: cast("ASGIApp", sandbox.app(address)))  # both are the ASGI specification's
    server.start()
    try:
        yield {"base_url": server.address, **sandbox.credentials(server.address)}
    finally:
        server.stop()


def _sandbox(registry: Registry, name: str) -> Sandbox:
    found = registry.sandboxes.get(name)
    if found is None:
        known = ", ".join(sorted(registry.sandboxes)) or "none"
        raise NoSandbox(f"No plugin brings a stand-in for {name}. There are: {known}.")
    return found.sandbox
