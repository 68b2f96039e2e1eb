"""Kill workers at random instants again and again, and measure how soon what they held is in other hands."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.processes.children import Child, until
from tests.processes.clients import Clients
from tests.processes.installation import Installation

LONGEST_WAIT_S = 0.6
LEFT_DEAD = 0.5  # of the kills, where another worker can take the work


@dataclass(slots=True)
class Recoveries:
    """How long each recovery took (seconds), of the kills that caught a worker with postings in its hands.

    after_restart: from a restart of the same worker; after_start: from when its new process gave its first sign of life, as
    the machine may be busy until then; by_another: from a worker's death, where it stayed dead.
    """

    kills: int = 0
    after_restart: list[float] = field(default_factory=list)
    after_start: list[float] = field(default_factory=list)
    by_another: list[float] = field(default_factory=list)

    def starting_s(self) -> float:
        """How long a process takes to start here, as busy as the machine is: half of them took longer (seconds)."""
        started = zip(self.after_restart, self.after_start, strict=True)
        return percentile([whole - alive for whole, alive in started], 0.5)

    def told(self) -> str:
        figures = (
            ("after restart", self.after_restart),
            ("after its first sign of life", self.after_start),
            ("by another", self.by_another),
        )
        return f"{self.kills} kills; " + "; ".join(f"{name}: {percentiles(each)}" for name, each in figures if each)


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return what that share of the figures does not exceed; 0 of none."""
    if not seconds:
        return 0.0
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)]


def percentiles(seconds: Sequence[float]) -> str:
    """Return p50, p99 and the longest, and of how many."""
    p50, p99 = percentile(seconds, 0.50), percentile(seconds, 0.99)
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s, longest {max(seconds):.2f} s of {len(seconds)}"


class Killer:
    """Kills the workers of an installation while its clients export, one worker at a time."""

    def __init__(self, installation: Installation, names: Sequence[str], chance: random.Random) -> None:
        self._installation = installation
        self._chance = chance
        self._workers: dict[str, Child] = {name: installation.worker(name) for name in names}
        self.recoveries = Recoveries()
        for worker in self._workers.values():
            worker.ready()

    def run(self, kills: int, clients: Clients) -> None:
        """Kill so many times, and start each again: at once, or once another worker has its work, at least once each."""
        found = self.recoveries
        while found.kills < kills or not found.after_restart or (len(self._workers) > 1 and not found.by_another):
            self._kill(clients)

    def stop(self) -> None:
        """End the workers in order."""
        for name, worker in self._workers.items():
            assert (code := worker.stop()) == 0, f"{name}: {code} {worker.printed()}"

    def _kill(self, clients: Clients) -> None:
        name = self._chance.choice(sorted(self._workers))

        def has_work() -> bool:
            clients.check()
            return bool(self._installation.owners(name))

        until(has_work, f"{name} has something in hand")
        threading.Event().wait(self._chance.uniform(0, LONGEST_WAIT_S))  # the random instant
        self._workers.pop(name).kill()
        died, dead = time.monotonic(), self._installation.owners(name)
        self.recoveries.kills += 1
        if self._workers and self._chance.random() < LEFT_DEAD:
            self._recovers(dead, died, self.recoveries.by_another)
            self._start(name)
        else:
            before, worker = self._installation.incarnation(name), self._start(name)
            until(lambda: self._installation.incarnation(name) != before, f"{name} gives a sign of life")
            alive = time.monotonic()
            self._recovers(dead, worker.started, self.recoveries.after_restart)
            if dead:
                self.recoveries.after_start.append(time.monotonic() - alive)
        self._workers[name].ready()

    def _start(self, name: str) -> Child:
        self._workers[name] = self._installation.worker(name)
        return self._workers[name]

    def _recovers(self, dead: set[str], since: float, took: list[float]) -> None:
        """Wait until nothing that the dead worker held is in its hands any more."""
        until(lambda: not dead & self._installation.owners(), "what a killed worker held is taken up")
        if dead:
            took.append(time.monotonic() - since)
