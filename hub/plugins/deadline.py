"""A plugin's code in a thread of its own, which the hub waits for no longer than a deadline."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

from hub.plugins.calls import Raised, Unchecked, call

Returned = TypeVar("Returned")


class Silent(Exception):
    """The deadline passed; the thread was left to itself, and takes no more work."""


class Abandoned:
    """The threads that nobody waits for any more, though a plugin's code still runs in them."""

    def __init__(self) -> None:
        self._threads: list[Thread] = []
        self._lock = Lock()

    def add(self, thread: Thread) -> None:
        """Count a thread for as long as it lives."""
        with self._lock:
            self._threads.append(thread)

    def alive(self) -> int:
        """Return how many of them have not ended."""
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            return len(self._threads)


@dataclass(slots=True, kw_only=True, eq=False)
class _Job(Generic[Returned]):
    """One piece of work; late: what the thread does with an outcome that nobody waited for."""

    work: Callable[[], Returned]
    late: Callable[[Returned | Raised], object]
    done: Event = field(default_factory=Event)
    outcome: tuple[Returned | Raised] | None = None


class PluginThread:
    """One thread for a plugin's code; give it work from one thread, and end it.

    It keeps context variables from one piece of work to the next, as its starter's were, and none of its changes reach
    the starter. It is a daemon: one that hangs does not keep the program from ending.
    """

    def __init__(self, name: str, deadline_s: float, abandoned: Abandoned) -> None:
        self._deadline_s = deadline_s
        self._abandoned = abandoned
        self._context = copy_context()
        self._jobs: SimpleQueue[_Job[Unchecked] | None] = SimpleQueue()
        self._lock = Lock()
        self._left = False
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], Returned], late: Callable[[Returned | Raised], object]) -> Returned | Raised:
        """Return what comes of the work; raises Silent when the deadline passes first.

        late: called in the thread, with what came of the work after nobody waited any more.
        """
        job = _Job(work=work, late=late)
        try:
            self._jobs.put(job)
            job.done.wait(self._deadline_s)
        finally:  # an operator's interrupt ends the waiting as well
            self._leave_unless_done(job)
        if job.outcome is None:
            raise Silent
        return job.outcome[0]

    @property
    def left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._left

    def end(self) -> None:
        """Let the thread end and wait for that, unless it was left to itself."""
        self._jobs.put(None)
        if not self._left:
            self._thread.join(self._deadline_s)

    def _leave_unless_done(self, job: _Job[Returned]) -> None:
        with self._lock:
            if job.outcome is None:
                self._left = True
                self._abandoned.add(self._thread)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None and self._took(job):
            pass

    def _took(self, job: _Job[Unchecked]) -> bool:
        """Do a piece of work; return whether somebody still waited for it."""
        outcome = Raised(Silent()) if self._left else self._context.run(call, job.work)  # too late to begin
        with self._lock:
            left = self._left
            if not left:
                job.outcome = (outcome,)
        job.done.set()
        if left:
            self._context.run(call, lambda: job.late(outcome))
        return not left
