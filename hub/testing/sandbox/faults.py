"""The faults that a sandbox is told to make: planned by name, each made as often as it was asked for."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WRITE, READ, ANY = "write", "read", "any"
CALLS = (WRITE, READ, ANY)
MOST_TIMES = 10_000


class UnknownFault(ValueError):
    """A fault that this sandbox cannot make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One fault to come. on: at which calls; seconds: how late or how slow; body: what is answered."""

    on: str = WRITE
    seconds: float = 0
    body: str = ""


class Faults:
    """What is still to go wrong, and how often what did; names: those that the sandbox can make."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        self.fired: Counter[str] = Counter()
        self._planned: dict[str, deque[Planned]] = defaultdict(deque)

    def plan(self, name: str, planned: Planned | None = None, *, times: int = 1) -> None:
        """Let a fault happen at the next calls that it can happen to; raises UnknownFault."""
        if name not in self.names:
            raise UnknownFault(f"there is no fault {name!r}; there are {', '.join(self.names)}")
        if not 1 <= times <= MOST_TIMES:
            raise UnknownFault(f"times is 1 to {MOST_TIMES}")
        self._planned[name].extend([planned or Planned()] * times)

    def take(self, name: str, call: str = WRITE) -> Planned | None:
        """Return a fault that happens at this call now, None where none is planned for it."""
        waiting = self._planned[name]
        if not waiting or waiting[0].on not in (call, ANY):
            return None
        self.fired[name] += 1
        return waiting.popleft()

    def clear(self) -> None:
        """Forget what has not happened yet."""
        self._planned.clear()

    def planned(self) -> Mapping[str, int]:
        """Return how often each fault is still to happen."""
        return {name: len(waiting) for name, waiting in sorted(self._planned.items()) if waiting}
