"""What the composition root tells the web app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from hub.service.context import Hub

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


def never() -> bool:
    """Go on: of an app that is not told to stop."""
    return False


def unchanged(hub: Hub) -> Hub:
    """Return the hub as it is."""
    return hub


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the app is reached.

    public_url: its address for everyone (HUB_PUBLIC_URL), empty where it is only for this machine; metrics_token: who
    brings it reads /metrics from anywhere; hand_over: how the hub of an action hands exports to the workers; stopping:
    whether the app was told to stop, so that answers that go on by themselves end.
    """

    public_url: str = ""
    metrics_token: str = ""
    hand_over: Callable[[Hub], Hub] = unchanged
    stopping: Callable[[], bool] = never

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https."""
        return self.public_url.startswith("https:")

    @property
    def public_host(self) -> str:
        """The host of its public address as a browser sends it, with a port where it has one; empty without one."""
        return urlsplit(self.public_url).netloc.casefold()

    def knows(self, host: str) -> bool:
        """Tell whether a Host header names this app."""
        called = host.casefold()
        return is_loopback(called) or (called == self.public_host and bool(called))

    def origin(self, host: str) -> str:
        """Return the origin that this app's own forms come from when it is called by a Host header."""
        if host.casefold() == self.public_host:
            return "{0.scheme}://{0.netloc}".format(urlsplit(self.public_url.casefold()))
        return f"http://{host.casefold()}"


def is_loopback(host: str) -> bool:
    """Tell whether a host, with or without a port, is this machine itself."""
    name, _, port = host.rpartition(":")
    return host in LOOPBACK or (name in LOOPBACK and port.isdigit())


def public_address(text: str) -> str:
    """Return the operator's address without a slash at its end, empty where there is none; raises ValueError."""
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (
        parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username
    ):
        raise ValueError("HUB_PUBLIC_URL is an address such as https://hub.example.com, without a path.")
    return address
