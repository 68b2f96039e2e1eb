"""What was read of a company a short while ago, so that a preview asks QuickBooks once and not at every click."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

LIFE_S = 300  # long enough to look at a preview and to press Export
MOST_KEPT = 2_000

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Seen(Generic[Thing]):
    """Something that was read, and whether just now."""

    thing: Thing
    is_fresh: bool


class Known:
    """Keeps what was read for a few minutes; clock: monotonic seconds. Safe for threads."""

    def __init__(self, clock: Callable[[], float], life_s: float = LIFE_S) -> None:
        self._clock = clock
        self._life_s = life_s
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], tuple[float, object]] = {}

    def get(self, key: tuple[str, ...], read: Callable[[], Thing], *, again: bool = False) -> Seen[Thing]:
        """Return what is kept, or read it; again: read it in any case. What cannot be read is not kept."""
        if not again:
            with self._lock:
                at, thing = self._kept.get(key, (float("-inf"), None))
            if self._clock() - at < self._life_s:
                return Seen(thing, is_fresh=False)  # type: ignore[arg-type] # what `read` of this key made
        made = read()
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (self._clock(), made)
        return Seen(made, is_fresh=True)
