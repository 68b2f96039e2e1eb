"""Waking exports: queueing their work, once while it waits."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

from hub.engine.in_hand import InHand
from hub.engine.port import Sweep, checked
from hub.engine.queues import Queues, new_id

MOST_REMEMBERED = 10_000
MOST_TOGETHER = 8
TURNS = 2

log = logging.getLogger(__name__)


class Waking:
    """Queues the work of exports and remembers what it queued until that is begun."""

    def __init__(self, queues: Callable[[], Queues], *, at_once_per_partition: int, threads: int = 1) -> None:
        """at_once_per_partition: exports of one partition worked on at a time, over all workers; one export never twice.

        Each partition is that many lanes of one at a time, and an export keeps to its lane. threads: of a worker, which the
        exports of a sweep are for; where there are many more of them, several are queued together, lanes undivided.
        """
        if at_once_per_partition < 1:
            raise ValueError("at least one export of a partition must be worked on at once")
        self._queues = queues
        self._lanes = at_once_per_partition
        self._threads = threads
        self._lock = threading.Lock()
        self._queued: dict[int, str] = {}

    def wake(self, export_id: int, partition: str) -> None:
        """Queue an export's work, unless it is known to wait in a queue already."""
        lane = self._lane(export_id, checked(partition))
        if not self._waits(export_id):
            self._queue([export_id], lane)

    def wake_due(self, sweep: Sweep, in_hand: InHand) -> None:
        """Queue the work of what is due, except what was queued or taken before the sweep looked, here or elsewhere."""
        not_again = self._queues().exports() | in_hand.exports()
        lanes: dict[str, list[int]] = {}
        for export_id, partition in sweep():
            if export_id not in not_again and not self._waits(export_id):
                lanes.setdefault(self._lane(export_id, checked(partition)), []).append(export_id)
        for export_ids, lane in self._together(lanes):
            self._queue(export_ids, lane)

    def began(self, export_id: int) -> None:
        """Forget what was queued of an export: its work begins, so a wake from now on is a new one."""
        with self._lock:
            self._queued.pop(export_id, None)

    def _together(self, lanes: Mapping[str, Sequence[int]]) -> Iterator[tuple[list[int], str]]:
        """Yield the exports to queue together, with what they share: singly, unless more wait than half of the threads.

        What is queued costs as much as a small export, so that a long queue is shorter in larger pieces.
        """
        waiting = sum(map(len, lanes.values()))
        size = min(MOST_TOGETHER, math.ceil(waiting * TURNS / self._threads))
        if size <= 1:
            yield from (([export_id], lane) for lane, export_ids in lanes.items() for export_id in export_ids)
            return
        together: list[int] = []
        for export_ids in lanes.values():
            together += export_ids
            if len(together) >= size:
                yield together, f"together/{together[0]}"
                together = []
        if together:
            yield together, f"together/{together[0]}"

    def _lane(self, export_id: int, partition: str) -> str:
        return f"{partition}/{export_id % self._lanes}"

    def _waits(self, export_id: int) -> bool:
        """Whether an export is known to wait in a queue."""
        with self._lock:
            known = self._queued.get(export_id)
        return known is not None and self._queues().is_waiting(known)

    def _queue(self, export_ids: Sequence[int], lane: str) -> None:
        queued_as = new_id(export_ids)
        with self._lock:
            for export_id in export_ids:
                self._queued.pop(export_id, None)
                self._queued[export_id] = queued_as
            while len(self._queued) > MOST_REMEMBERED:
                del self._queued[next(iter(self._queued))]
        try:
            self._queues().add_exports(queued_as, export_ids, lane)
        except BaseException:
            for export_id in export_ids:
                self.began(export_id)
            raise


class Waker:
    """The engine of a process that takes no work itself: what it wakes is done by the workers."""

    def __init__(self, url: str, *, at_once_per_partition: int = 1) -> None:
        """url: the hub's own database; at_once_per_partition: the same as the workers'."""
        self._url = url
        self._lock = threading.Lock()
        self._opened: Queues | None = None
        self._waking = Waking(self._queues, at_once_per_partition=at_once_per_partition)

    def start(self) -> None:
        """Nothing to start: the queues are opened by the first wake."""

    def wake(self, export_id: int, partition: str) -> None:
        """Queue an export's work; see the port."""
        wake_one(self._waking, export_id, partition)

    def stop(self, within_s: float) -> bool:  # noqa: ARG002  # the port's own signature
        """Close the connections; nothing is in hand: True."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
        return True

    def _queues(self) -> Queues:
        with self._lock:
            if self._opened is None:
                self._opened = Queues(self._url)
            return self._opened


def wake_one(waking: Waking, export_id: int, partition: str) -> None:
    """Queue one export's work; where the queue cannot be reached, log so and leave it to the workers' sweep."""
    checked(partition)
    try:
        waking.wake(export_id, partition)
    except Exception as error:
        log.warning("export %s could not be queued (%s): the next sweep takes it up", export_id, type(error).__name__)
