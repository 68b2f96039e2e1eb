"""The engine's tables: what is queued, who took it, what is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hub.engine import library
from hub.engine.place import engine_url, keep_a_log
from hub.engine.port import checked

if TYPE_CHECKING:
    from dbos import EnqueueOptions

EXPORTS, JOBS = "exports", "jobs"
"""The two queues, each named like the work that is queued on it."""
POLL_S = 0.2
JOBS_POLL_S = 1.0
JOBS_AT_ONCE = 4  # of one worker; different ones, as no job overlaps itself
KEPT = timedelta(days=1)
BATCH = 500
OVER = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A piece of work that a worker took and has not ended."""

    queued_as: str
    queue: str
    worker: str


class Queues:
    """The queues of one hub's database. Opening them makes their tables where they are missing."""

    def __init__(self, hub_url: str) -> None:
        """hub_url: the address of the hub's own database."""
        self.url = engine_url(hub_url)
        library.ready()
        keep_a_log(self.url)
        library.create_tables(self.url)
        self._client = library.client(self.url)

    def register(self, *, threads: int) -> None:
        """Say how much of each queue is taken at once: one of every partition, and so many by each worker."""
        for name, at_once, poll_s in ((EXPORTS, threads, POLL_S), (JOBS, JOBS_AT_ONCE, JOBS_POLL_S)):
            self._client.register_queue(
                name, partition_concurrency=1, worker_concurrency=at_once, polling_interval_sec=poll_s
            )

    def add_export(self, queued_as: str, export_id: int, partition: str) -> None:
        """Queue an export's work."""
        self._client.enqueue(_options(EXPORTS, queued_as, partition), export_id)

    def add_job(self, queued_as: str, name: str, due: str) -> None:
        """Queue a job's run; one that is or was queued under the same id is not queued again."""
        if not self._client.list_workflows(workflow_ids=[queued_as], load_input=False, load_output=False):
            self._client.enqueue(_options(JOBS, queued_as, name), name, due)

    def waiting(self, queued_as: Collection[str], *, taken: bool = False) -> set[str]:
        """Return those of the ids that are queued; taken: also those that a worker took and has not ended."""
        found: set[str] = set()
        for some in _batches(queued_as):
            rows = self._client.list_workflows(
                workflow_ids=some,
                status=["ENQUEUED", "PENDING"] if taken else "ENQUEUED",
                load_input=False,
                load_output=False,
            )
            found.update(row.workflow_id for row in rows)
        return found

    def taken(self) -> list[Taken]:
        """Return what is in any worker's hands, dead ones included."""
        rows = self._client.list_workflows(
            queue_name=[EXPORTS, JOBS], status="PENDING", load_input=False, load_output=False
        )
        return [
            Taken(queued_as=row.workflow_id, queue=row.queue_name or "", worker=row.executor_id or "") for row in rows
        ]

    def cancel(self, queued_as: Collection[str]) -> None:
        """Give up what was taken: it no longer holds its partition."""
        for some in _batches(queued_as):
            self._client.cancel_workflows(some)

    def prune(self, now: datetime) -> None:
        """Delete what was over a day ago, and what no worker of this shape will ever take."""
        before = (now.astimezone(UTC) - KEPT).isoformat()
        while over := self._client.list_workflows(
            status=OVER, completed_before=before, limit=BATCH, load_input=False, load_output=False
        ):
            self._client.delete_workflows([row.workflow_id for row in over])
        shapes = {version["version_name"] for version in self._client.list_application_versions()} - {library.SHAPE}
        while shapes and (
            left := self._client.list_workflows(
                status="ENQUEUED",
                app_version=sorted(shapes),
                end_time=before,
                limit=BATCH,
                load_input=False,
                load_output=False,
            )
        ):
            self._client.delete_workflows([row.workflow_id for row in left])

    def close(self) -> None:
        """Close the connections."""
        self._client.destroy()


def _options(queue: str, queued_as: str, partition: str) -> EnqueueOptions:
    return {
        "queue_name": queue,
        "workflow_name": queue,
        "workflow_id": queued_as,
        "app_version": library.SHAPE,
        "queue_partition_key": checked(partition),
    }


def _batches(ids: Iterable[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
