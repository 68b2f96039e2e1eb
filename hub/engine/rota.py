"""When which job runs: each due run is queued by every worker and done by one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from hub.engine.job import Job
from hub.engine.queues import KEPT, Queues

MADE_UP_FOR = KEPT - timedelta(hours=1)
"""How late a run may begin: less than what was done is remembered for, so that nothing is done again."""
MOST_ATTEMPTS = 3

log = logging.getLogger(__name__)


class Rota:
    """The jobs of a hub."""

    def __init__(self, jobs: Iterable[Job], now: Callable[[], datetime]) -> None:
        """now: the clock that jobs are due by; ValueError for two jobs of one name."""
        self._jobs: dict[str, Job] = {}
        for job in jobs:
            if self._jobs.setdefault(job.name, job) is not job:
                raise ValueError(f"two jobs are named {job.name}")
        self._now = now
        self._queued: dict[str, datetime] = {}

    def queue_due(self, queues: Queues) -> None:
        """Queue the runs that came due since the last call."""
        now = self._now()
        for job in self._jobs.values():
            due = job.latest(now)
            if self._queued.get(job.name) != due and now - due < MADE_UP_FOR:
                queues.add_job(_run_id(job.name, due, attempt=1), job.name, due.isoformat())
            self._queued[job.name] = due

    def queue_again(self, queues: Queues, queued_as: str) -> None:
        """Queue once more a run that its worker's death cut off, a few times at most."""
        _, name, due, attempt = queued_as.split("/")
        if int(attempt) < MOST_ATTEMPTS:
            queues.add_job(_run_id(name, datetime.fromisoformat(due), attempt=int(attempt) + 1), name, due)
        else:
            log.error("job %s of %s was cut off %s times and is given up", name, due, attempt)

    def run(self, name: str, due: str) -> None:
        """Run a job that was queued, unless its next run has come due meanwhile; what it raises is logged."""
        job = self._jobs.get(name)
        if job is None:
            log.warning("job %s was queued by another version of the hub and is not known to this one", name)
        elif job.latest(self._now()) <= datetime.fromisoformat(due):
            try:
                job.run()
            except Exception:
                log.exception("job %s broke off", name)


def _run_id(name: str, due: datetime, *, attempt: int) -> str:
    return f"job/{name}/{due.isoformat()}/{attempt}"
