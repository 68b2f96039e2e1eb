"""Stand-ins for accounting systems, served on this machine for support staff, tests and the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from hub.plugins.calls import Raised, call, told
from hub.web.server import Served

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from hub.api import Sandbox
    from hub.plugins import Registry


Returned = TypeVar("Returned")


class NoSandbox(Exception):
    """No installed plugin brings a stand-in of this name, or it does not start; the message says which, and why."""


@contextmanager
def served(registry: Registry, name: str, port: int) -> Iterator[Mapping[str, str]]:
    """Serve the stand-in for a connector, and yield what a client needs to talk to it; raises NoSandbox and PortTaken."""
    sandbox = _sandbox(registry, name)

    def made(address: str) -> ASGIApp:
        app = called(name, "app", lambda: sandbox.app(address))
        return cast("ASGIApp", app)  # both types are the ASGI specification's

    server = Served(port, made)
    server.start()
    try:
        credentials = called(name, "credentials", lambda: dict(sandbox.credentials(server.address)))
        yield {"base_url": server.address, **credentials}
    finally:
        server.stop()


def called(name: str, method: str, work: Callable[[], Returned]) -> Returned:
    """Call a stand-in's own code; raises NoSandbox, which says what failed."""
    outcome = call(work)
    if isinstance(outcome, Raised):
        raise NoSandbox(f"The stand-in for {name} failed in {method}(): {told(outcome.error)}.") from outcome.error
    return outcome


def _sandbox(registry: Registry, name: str) -> Sandbox:
    found = registry.sandboxes.get(name)
    if found is None:
        known = ", ".join(sorted(registry.sandboxes)) or "none"
        raise NoSandbox(f"No plugin brings a stand-in for {name}. There are: {known}.")
    return found.sandbox
