"""Stand-ins for accounting systems, served on this machine for support staff, tests and the demo."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from hub.plugins.calls import Raised, call, told
from hub.web.server import PortTaken, Served, listening

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from hub.api import Sandbox
    from hub.plugins import Registry

log = logging.getLogger(__name__)

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
        raise NoSandbox(
            f"No plugin brings a stand-in for {name}. There are: {known}. A partner's runs in the hub, so that its distribution "
            "is trusted first: hub plugins trust NAME"
        )
    return found.sandbox


@contextmanager
def all_served(registry: Registry, first_port: int) -> Iterator[StandIns]:
    """Serve every stand-in that plugins bring, on ports from the first on, or free ones where those are taken or it is 0.

    One that does not start is left out and logged.
    """
    with ExitStack() as stack:
        standing: dict[str, Mapping[str, str]] = {}
        for number, name in enumerate(sorted(registry.sandboxes)):
            port = first_port + number if first_port else 0
            try:
                standing[name] = stack.enter_context(served(registry, name, port if _is_free(port) else 0))
            except NoSandbox as error:
                log.warning("%s", error)
        yield StandIns(standing)


@dataclass(frozen=True, slots=True)
class StandIns:
    """Stand-ins that are served; credentials: what each says of itself, by its connector."""

    credentials: Mapping[str, Mapping[str, str]]

    def register(self, address: str) -> None:
        """Have each take the redirect address of a hub at an address, as an operator registers it with the vendor."""
        import httpx2

        from hub.web.pages.connections_one import CALLBACK

        for each in self.credentials.values():
            control = f"{each['base_url']}/_sandbox/faults"
            httpx2.post(control, json={"redirect_uris": [f"{address}{CALLBACK}"]}, trust_env=False).raise_for_status()


def _is_free(port: int) -> bool:
    try:
        listening(port).close()
    except PortTaken:
        return False
    return True
