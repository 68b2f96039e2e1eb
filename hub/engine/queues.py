"""The engine's tables: what is queued, who took it, what is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from hub.engine import library
from hub.engine.place import engine_url, keep_a_log
from hub.engine.port import checked

if TYPE_CHECKING:
    from dbos import EnqueueOptions, WorkflowStatus

EXPORTS, JOBS = "exports", "jobs"
"""The two queues, each named like the work that is queued on it."""
POLL_S = 0.25  # each look takes some ten milliseconds of processor time, also where nothing is queued
JOBS_POLL_S = 1.0
JOBS_AT_ONCE = 4  # of one worker; different ones, as no job overlaps itself
KEPT = timedelta(days=1)
BATCH = 500
MOST_LOOKED_AT = 2_000
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

    def add_exports(self, queued_as: str, export_ids: Sequence[int], partition: str) -> None:
        """Queue the work of some exports, one after another."""
        self._client.enqueue(_options(EXPORTS, queued_as, partition), list(export_ids))

    def add_job(self, queued_as: str, name: str, due: str) -> None:
        """Queue a job's run; one that is or was queued under the same id is not queued again."""
        if not self._listed(workflow_ids=[queued_as]):
            self._client.enqueue(_options(JOBS, queued_as, name), name, due)

    def is_waiting(self, queued_as: str) -> bool:
        """Whether that piece of work is queued and was not taken."""
        return bool(self._listed(workflow_ids=[queued_as], status="ENQUEUED"))

    def exports(self) -> set[int]:
        """Return the exports that are queued or in a worker's hands, by whoever; of a long queue its first part.

        What is queued in another shape waits for workers that may never come again, and counts as not queued.
        """
        rows = self._listed(queue_name=EXPORTS, status=["ENQUEUED", "PENDING"], limit=MOST_LOOKED_AT)
        own = [row for row in rows if row.status == "PENDING" or row.app_version == library.SHAPE]
        return {export_id for row in own for export_id in exports_of(row.workflow_id)}

    def taken(self) -> list[Taken]:
        """Return what is in any worker's hands, dead ones included."""
        rows = self._listed(queue_name=[EXPORTS, JOBS], status="PENDING")
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
        while over := self._listed(status=OVER, completed_before=before, limit=BATCH):
            self._client.delete_workflows([row.workflow_id for row in over])
        shapes = {version["version_name"] for version in self._client.list_application_versions()} - {library.SHAPE}
        old = {"status": "ENQUEUED", "app_version": sorted(shapes), "end_time": before, "limit": BATCH}
        while shapes and (left := self._listed(**old)):
            self._client.delete_workflows([row.workflow_id for row in left])

    def close(self) -> None:
        """Close the connections."""
        self._client.destroy()

    def _listed(self, **which: Any) -> list[WorkflowStatus]:  # noqa: ANN401  # the library's own filters
        """List rows without what they carry."""
        return self._client.list_workflows(load_input=False, load_output=False, **which)


def exports_of(queued_as: str) -> list[int]:
    """Return which exports a piece of work is about, from the id it is queued under."""
    return [int(export_id) for export_id in queued_as.split("/")[1].split("-")]


def new_id(export_ids: Sequence[int]) -> str:
    """Return an id to queue the work of some exports under, a fresh one each time."""
    return f"export/{'-'.join(map(str, export_ids))}/{uuid4().hex}"


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
