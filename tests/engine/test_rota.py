"""Jobs: each due run is done once over all workers, and what is over is forgotten after a day."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from hub.engine import Job
from hub.engine.queues import Queues
from hub.engine.rota import MOST_ATTEMPTS, Rota
from tests.engine.conftest import ON_SQLITE, PATIENCE_S, Rows, Started, Worked

NIGHT = datetime(2027, 5, 5, 2, 0, tzinfo=UTC)


class Ran(threading.Semaphore):
    """A job that counts its runs."""

    def __init__(self) -> None:
        super().__init__(0)
        self.times = 0

    def __call__(self) -> None:
        self.times += 1
        self.release()

    def wait_for_a_run(self) -> None:
        assert self.acquire(timeout=PATIENCE_S)


def nightly(run: Callable[[], None], name: str = "nightly check") -> Job:
    return Job(name=name, run=run, cron="0 2 * * *", time_zone="UTC")


@pytest.fixture
def queues(empty_database_url: str) -> Iterator[Queues]:
    opened = Queues(empty_database_url)
    yield opened
    opened.close()


def test_a_due_run_is_queued_once_however_many_workers_look(queues: Queues, rows: Rows) -> None:
    for seconds in (0, 1, 70):
        Rota([nightly(lambda: None)], lambda: NIGHT + timedelta(seconds=seconds)).queue_due(queues)  # noqa: B023
    assert list(rows.statuses("job")) == ["job/nightly check/2027-05-05T02:00:00+00:00/1"]


@ON_SQLITE
def test_a_worker_queues_a_run_when_it_comes_due_and_not_again(queues: Queues, rows: Rows) -> None:
    clock = [NIGHT - timedelta(seconds=1)]
    rota = Rota([nightly(lambda: None)], lambda: clock[0])
    for _ in range(3):
        rota.queue_due(queues)
        clock[0] += timedelta(seconds=1)
    assert list(rows.statuses("job")) == ["job/nightly check/2027-05-05T02:00:00+00:00/1"]


@ON_SQLITE
@pytest.mark.parametrize(("hours", "queued"), [(22, 1), (23, 0)])
def test_a_run_missed_while_no_worker_was_up_is_made_up_for_within_a_day(
    queues: Queues, rows: Rows, hours: int, queued: int
) -> None:
    weekly = Job(name="weekly", run=lambda: None, cron="0 2 * * 3", time_zone="UTC")
    Rota([weekly], lambda: NIGHT + timedelta(hours=hours)).queue_due(queues)
    assert len(rows.statuses("job")) == queued


@ON_SQLITE
def test_two_workers_one_after_the_other_do_a_run_once_and_the_next_once(started: Started, rows: Rows) -> None:
    ran, clock = Ran(), [NIGHT]
    for worker in ("w1", "w2"):
        engine = started(worker, jobs=[nightly(ran)], now=lambda: clock[0])
        if worker == "w1":
            ran.wait_for_a_run()
        else:
            clock[0] += timedelta(days=1)
            ran.wait_for_a_run()
        assert engine.stop(PATIENCE_S)
    assert ran.times == 2
    runs = {queued_as: status for queued_as, status in rows.statuses("job").items() if "nightly" in queued_as}
    assert list(runs.values()) == ["SUCCESS", "SUCCESS"]


@ON_SQLITE
def test_a_job_that_raises_is_logged_and_its_next_run_comes(started: Started, caplog: pytest.LogCaptureFixture) -> None:
    ran, clock = Ran(), [NIGHT]

    def run() -> None:
        ran()
        raise RuntimeError("no")

    started(jobs=[nightly(run)], now=lambda: clock[0])
    ran.wait_for_a_run()
    clock[0] += timedelta(days=1)
    ran.wait_for_a_run()
    assert "job nightly check broke off" in caplog.text


def test_a_run_that_the_next_has_overtaken_is_left_out() -> None:
    ran = Ran()
    rota = Rota([nightly(ran)], lambda: NIGHT + timedelta(days=1))
    rota.run("nightly check", NIGHT.isoformat())
    assert ran.times == 0
    rota.run("nightly check", (NIGHT + timedelta(days=1)).isoformat())
    assert ran.times == 1


def test_a_run_that_only_another_version_knows_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    Rota([], lambda: NIGHT).run("nightly check", NIGHT.isoformat())
    assert "another version" in caplog.text


def test_two_jobs_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two jobs"):
        Rota([nightly(print), nightly(print)], lambda: NIGHT)


def test_a_run_that_its_workers_death_cut_off_is_done_by_another_worker(
    started: Started, queues: Queues, rows: Rows
) -> None:
    ran = Ran()
    Rota([nightly(ran)], lambda: NIGHT).queue_due(queues)
    rows.take(*rows.statuses("job"), "dead")
    started(jobs=[nightly(ran)], now=lambda: NIGHT, alive=lambda: ["w1"], dead_workers_s=0.02)
    ran.wait_for_a_run()


@ON_SQLITE
def test_a_run_that_is_cut_off_again_and_again_is_given_up(
    queues: Queues, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    rota = Rota([nightly(print)], lambda: NIGHT)
    rota.queue_due(queues)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        rota.queue_again(queues, f"job/nightly check/{NIGHT.isoformat()}/{attempt}")
    assert len(rows.statuses("job")) == MOST_ATTEMPTS
    assert "given up" in caplog.text


def test_what_was_over_a_day_ago_is_forgotten_and_the_rest_is_kept(
    started: Started, worked: Worked, queues: Queues, rows: Rows
) -> None:
    engine = started()
    for export_id in (1, 2):
        engine.wake(export_id, str(export_id))
    worked.wait_for(1, 2)
    assert engine.stop(PATIENCE_S)
    queues.add_exports("export/3/x", [3], "9")
    rows.run(
        "UPDATE {}workflow_status SET created_at = created_at - 90000000, completed_at = completed_at - 90000000 "
        "WHERE workflow_uuid NOT LIKE 'export/2/%'"
    )
    queues.prune(datetime.now(UTC))
    assert sorted(rows.statuses().values()) == ["ENQUEUED", "SUCCESS"]
    assert rows.queued_as(1) == []
    assert len(rows.run("SELECT 1 FROM {}workflow_input")) == len(rows.run("SELECT 1 FROM {}workflow_status"))


def test_what_was_queued_in_another_shape_is_forgotten_after_a_day(
    started: Started, queues: Queues, rows: Rows
) -> None:
    assert started().stop(PATIENCE_S)
    queues.add_exports("export/1/x", [1], "9")
    rows.run("UPDATE {}workflow_status SET application_version = '0' WHERE workflow_uuid = 'export/1/x'")
    rows.run("UPDATE {}application_versions SET version_name = '0', version_id = '0'")
    queues.prune(datetime.now(UTC))
    assert list(rows.statuses()) == ["export/1/x"]
    queues.prune(datetime.now(UTC) + timedelta(days=2))
    assert list(rows.statuses()) == []


@ON_SQLITE
def test_the_engine_prunes_its_own_history(
    started: Started, rows: Rows, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.add_exports("export/1/x", [1], "9")
    queues.cancel(["export/1/x"])
    rows.run("UPDATE {}workflow_status SET completed_at = completed_at - 90000000")
    pruned, prune = Ran(), Queues.prune

    def pruning(of: Queues, now: datetime) -> None:
        prune(of, now)
        pruned()

    monkeypatch.setattr(Queues, "prune", pruning)
    started()
    pruned.wait_for_a_run()
    assert rows.statuses() == {}
