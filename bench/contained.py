"""What it costs that a plugin runs in a process of its own: a call there against the same call in the hub."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

from hub.api import Connection
from hub.plugins import GuardedConnector, GuardedSession, load
from hub.plugins.client import guarded_client
from hub.plugins.contained.children import Children
from hub.plugins.contained.plugin import loaded
from hub.plugins.contained.process import Containment
from hub.plugins.origin import Origin
from hub.testing import FakeLedger, Profile, VirtualClock
from hub.testing import connector as fake

TIMES, STARTS = 200, 3
ADDRESS = "http://ledger.example"


def main() -> None:
    """Print how long a chart takes to read, with its requests, in the hub and apart; and how long a process takes to start."""
    children = Children(Origin(name="fake", distribution="fake", version="1"), "hub.testing.connector", Containment())
    direct = load(only=[fake]).connector("fake")
    began = perf_counter()
    contained = load(only=[loaded(children)]).connector("fake")
    first_s = perf_counter() - began
    try:
        here_s, apart_s = reading_s(direct), reading_s(contained)
        opened_s = median(opening_s(contained, f"books {number}") for number in range(STARTS))
    finally:
        children.close()
    print(f"a chart, in the hub:                     {here_s * 1000:7.2f} ms")
    print(f"a chart, contained:                      {apart_s * 1000:7.2f} ms  {apart_s / here_s:5.2f} x")
    print(f"a contained plugin is loaded and told:   {first_s * 1000:7.0f} ms")
    print(f"a session of a connection not seen yet:  {opened_s * 1000:7.0f} ms")


def reading_s(connector: GuardedConnector) -> float:
    """Return how long it takes to read a chart, the half of the times that are shorter."""
    with session(connector) as opened:
        opened.accounts()
        return median(timed(opened.accounts) for _ in range(TIMES))


def opening_s(connector: GuardedConnector, name: str) -> float:
    """Return how long it takes to open a session of a connection that no process was kept for."""
    return timed(lambda: session(connector, name).close())


def session(connector: GuardedConnector, name: str = "books") -> GuardedSession:
    """Open a session before a ledger of its own."""
    ledger = FakeLedger(now=VirtualClock().now, profile=Profile.REQUEST_ID)
    headers = {"Authorization": f"Bearer {ledger.issue_token()}"}
    client = guarded_client(ADDRESS, transport=ledger.transport(), headers=headers)
    settings = connector.settings_from({"base_url": ADDRESS})
    return connector.open(Connection(name=name, settings=settings, client=client), deadline_s=60)


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds it takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    main()
