"""An engine without a queue: for the command line and for tests."""

from __future__ import annotations

import logging
import threading
from collections import deque

from hub.engine.port import Work, checked

log = logging.getLogger(__name__)


class Inline:
    """Does the work at once, in the caller's thread."""

    def __init__(self, work: Work) -> None:
        """work: what to do with each export that is woken."""
        self._work = work
        self._own = threading.local()

    def start(self) -> None:
        """Nothing to start."""

    def wake(self, export_id: int, partition: str) -> None:
        """Do the work of an export; what it wakes in its turn follows when it has ended, each export once."""
        checked(partition)
        waiting: deque[int] | None = getattr(self._own, "waiting", None)
        if waiting is None:
            self._drain(deque([export_id]))
        elif export_id not in waiting:
            waiting.append(export_id)

    def stop(self, within_s: float) -> bool:  # noqa: ARG002  # the port's own signature
        """Nothing is in hand between two wakes: True."""
        return True

    def _drain(self, waiting: deque[int]) -> None:
        self._own.waiting = waiting
        try:
            while waiting:
                done(self._work, waiting.popleft())
        finally:
            del self._own.waiting


def done(work: Work, export_id: int) -> None:
    """Do one export's work; what it raises is logged, as the next sweep takes the export up again."""
    try:
        work(export_id)
    except Exception:
        log.exception("export %s: its work broke off and is taken up again later", export_id)
