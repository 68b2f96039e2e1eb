"""The engine of a worker: queues in the hub's own database, several workers on one, on one machine or on many."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub.engine import library
from hub.engine.in_hand import InHand
from hub.engine.inline import done
from hub.engine.job import Job
from hub.engine.port import Sweep, Work
from hub.engine.pulse import Pulse
from hub.engine.queues import EXPORTS, JOBS, Queues, Taken
from hub.engine.rota import Rota
from hub.engine.waking import Waking, wake_one

if TYPE_CHECKING:
    from dbos import DBOS

THREADS = 32
SWEEP_S = 1.0
JOBS_S = 1.0
DEAD_WORKERS_S = 1.0
NEVER_BEGUN_S = 5.0  # between taking a piece of work and beginning it, which takes no time
TOGETHER_S = 5.0  # in which exports that were queued together are begun
RECORDED_S = 3.0
RECORDED_POLL_S = 0.05
PRUNE_S = 3_600

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()


def utc_now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(UTC)


class Durable:
    """Queues the work of exports durably and does it. One per process, as DBOS is; it can be started once.

    The exports table is the truth: what this engine loses, the sweep finds again.
    """

    def __init__(
        self,
        url: str,
        *,
        worker: str,
        work: Work,
        sweep: Sweep,
        alive: Callable[[], Collection[str]],
        jobs: Iterable[Job] = (),
        at_once_per_partition: int = 1,
        threads: int = THREADS,
        sweep_s: float = SWEEP_S,
        dead_workers_s: float = DEAD_WORKERS_S,
        never_begun_s: float = NEVER_BEGUN_S,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Prepare; nothing is opened before start() or the first wake().

        url: the hub's own database. worker: this process's own name, no other's, the same after a restart.
        alive: the names of the workers that live; what others had taken is given up, looked for every dead_workers_s.
        never_begun_s: how long a piece of work is taken and not begun until it is given up as well.
        at_once_per_partition: exports of one partition at a time, over all workers. threads: exports at a time in one
        worker; the worker that started last sets it for all. now: the clock that jobs are due by.
        """
        if not worker.strip():
            raise ValueError("a worker needs a name of its own")
        if threads < 1:
            raise ValueError("a worker needs at least one thread")
        self._url, self._worker, self._threads = url, worker, threads
        self._work, self._alive = work, alive
        self._lock = threading.Lock()
        self._opened: Queues | None = None
        self._dbos: DBOS | None = None
        self._in_hand = InHand()
        self._waking = Waking(self._queues, at_once_per_partition=at_once_per_partition, threads=threads)
        history = Job(name="engine history", every_s=PRUNE_S, run=lambda: self._queues().prune(utc_now()))
        self._rota = Rota((*jobs, history), now)
        self._pulses = (
            Pulse(
                lambda: self._waking.wake_due(sweep, self._in_hand),
                name="sweep for due exports",
                every_s=sweep_s,
            ),
            Pulse(lambda: self._rota.queue_due(self._queues()), name="look for due jobs", every_s=JOBS_S),
            Pulse(self._relieve, name="look for dead workers", every_s=dead_workers_s),
        )
        self._never_begun_s = never_begun_s
        self._suspects: dict[str, float] = {}

    def start(self) -> None:
        """Take work from now on. RuntimeError where this process has another engine that runs."""
        if not _one_at_a_time.acquire(blocking=False):
            raise RuntimeError("this process runs an engine already: stop it first")
        try:
            queues = self._queues()
            queues.register(threads=self._threads)
            self._give_up(self._never_begun())
            self._dbos = self._launch()
        except BaseException:
            self._shut()
            raise
        for pulse in self._pulses:
            pulse.start()

    def wake(self, export_id: int, partition: str) -> None:
        """Queue an export's work; see the port."""
        wake_one(self._waking, export_id, partition)

    def stop(self, within_s: float) -> bool:
        """Take no new work and wait that long for the work in hand; whether all of it ended.

        Where it did not, it goes on and is recorded when it ends, and stop() can be called again. Python waits for it
        at exit: where that must not be, leave by os._exit; the other workers give it up once this one is dead.
        """
        until = time.monotonic() + within_s
        if self._dbos is not None:
            for event in self._dbos.background_thread_stop_events:
                event.set()
            for pulse in self._pulses:
                pulse.stop(_left(until))
        if not self._in_hand.wait_until_empty(_left(until)):
            return False
        if self._dbos is not None:
            self._wait_until_recorded(min(until, time.monotonic() + RECORDED_S))
            self._shut()
        self._close()
        return True

    def _launch(self) -> DBOS:
        from dbos import DBOS

        dbos = DBOS(config=library.config(self._queues().url, self._worker))

        @DBOS.workflow(name=EXPORTS)
        def export(export_ids: list[int]) -> None:
            with self._in_hand.holding(DBOS.workflow_id or "", export_ids):
                self._work_on(export_ids)

        @DBOS.workflow(name=JOBS)
        def job(name: str, due: str) -> None:
            with self._in_hand.holding(DBOS.workflow_id or ""):
                self._rota.run(name, due)

        DBOS.launch()
        return dbos

    def _work_on(self, export_ids: Sequence[int]) -> None:
        """Do the work of some exports, one after another; what is not begun soon is left to the next sweep."""
        until = time.monotonic() + TOGETHER_S
        for export_id in export_ids:
            self._waking.began(export_id)
            if export_id == export_ids[0] or time.monotonic() < until:
                done(self._work, export_id)

    def _relieve(self) -> None:
        """Give up what dead workers had taken, and what this one took a while ago and never began."""
        alive, now = {*self._alive(), self._worker}, time.monotonic()
        taken = self._queues().taken()
        since = {row.queued_as: self._suspects.get(row.queued_as, now) for row in taken if self._is_not_begun(row)}
        long_since = {queued_as for queued_as, seen in since.items() if now - seen >= self._never_begun_s}
        self._give_up([row for row in taken if row.worker not in alive or row.queued_as in long_since])
        self._suspects = since

    def _give_up(self, rows: Collection[Taken]) -> None:
        """Free the partitions that the rows hold; exports are left to the sweep, jobs are queued again."""
        queues = self._queues()
        for row in rows:
            if row.queue == JOBS:
                self._rota.queue_again(queues, row.queued_as)
        queues.cancel([row.queued_as for row in rows])

    def _never_begun(self) -> list[Taken]:
        return [row for row in self._queues().taken() if self._is_not_begun(row)]

    def _is_not_begun(self, row: Taken) -> bool:
        """Whether this worker took it and has not begun it, or has ended it and DBOS has not recorded so yet."""
        return row.worker == self._worker and not self._in_hand.holds(row.queued_as)

    def _wait_until_recorded(self, until: float) -> None:
        """Wait for DBOS to record what ended; give up what it took and never began, which others take up."""
        try:
            while (left := self._never_begun()) and time.monotonic() < until:
                time.sleep(RECORDED_POLL_S)
            self._give_up(left)
        except Exception as error:
            log.warning("the queues cannot be reached (%s): what was queued is taken up later", type(error).__name__)

    def _shut(self) -> None:
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)
        self._dbos = None
        self._close()
        _one_at_a_time.release()

    def _queues(self) -> Queues:
        with self._lock:
            if self._opened is None:
                self._opened = Queues(self._url)
            return self._opened

    def _close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())
