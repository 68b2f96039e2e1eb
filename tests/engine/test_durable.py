"""A worker's engine, in this process, on SQLite and on PostgreSQL."""

import base64
import json
import logging
import pickle
import sqlite3
import threading
from pathlib import Path

import pytest

from hub.engine import Durable, Waker, engine_url
from hub.engine.queues import Queues
from tests.conftest import SqliteDatabases
from tests.engine.conftest import ON_SQLITE, PATIENCE_S, Asked, Rows, Started, Worked


def test_a_woken_export_is_worked_on_whichever_process_woke_it(
    started: Started, worked: Worked, empty_database_url: str
) -> None:
    engine = started()
    engine.wake(1, "9")
    waker = Waker(empty_database_url)
    waker.wake(2, "9")
    worked.wait_for(1, 2)
    assert waker.stop(0)


def test_an_export_woken_before_any_worker_was_up_waits_for_one(
    started: Started, worked: Worked, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    assert waker.stop(0)
    started()
    worked.wait_for(1)


def test_one_export_of_a_partition_is_worked_on_at_a_time_and_partitions_side_by_side(
    started: Started, worked: Worked
) -> None:
    engine = started()
    gate = worked.hold(1, 2, 3)
    for export_id, partition in ((1, "a"), (2, "a"), (3, "b")):
        engine.wake(export_id, partition)
    worked.wait_until(lambda worked: len(worked.began) == 2)
    engine.wake(4, "c")  # taken later than whatever could have been taken of partition a
    worked.wait_for(4)
    assert 3 in worked.began
    assert len({1, 2} & set(worked.began)) == 1
    gate.set()
    worked.wait_for(1, 2, 3)


@ON_SQLITE
def test_as_many_exports_of_a_partition_are_worked_on_as_allowed_and_one_export_never_twice(
    started: Started, worked: Worked
) -> None:
    engine = started(at_once_per_partition=2)
    gate = worked.hold(1, 2)
    engine.wake(1, "a")
    engine.wake(2, "a")
    worked.wait_until(lambda worked: sorted(worked.began) == [1, 2])
    engine.wake(1, "a")
    engine.wake(3, "b")
    worked.wait_for(3)
    assert sorted(worked.began) == [1, 2, 3]
    gate.set()
    worked.wait_for(1, 1, 2)


@ON_SQLITE
def test_no_more_is_taken_at_once_than_there_are_threads(started: Started, worked: Worked) -> None:
    engine = started(threads=2)
    for export_id in range(9):
        engine.wake(export_id, str(export_id))
    worked.wait_for(*range(9))
    assert worked.most_at_once <= 2


@ON_SQLITE
def test_work_that_raises_is_logged_and_stops_nothing(
    started: Started, worked: Worked, caplog: pytest.LogCaptureFixture
) -> None:
    worked.errors[1] = RuntimeError("no")
    engine = started()
    engine.wake(1, "9")
    worked.wait_for(1)
    engine.wake(2, "9")
    worked.wait_for(1, 2)
    assert "export 1" in caplog.text


def test_what_the_sweep_finds_is_worked_on_and_queued_once_while_it_waits(
    started: Started, worked: Worked, rows: Rows
) -> None:
    sweep = Asked(lambda: [(1, "9"), (2, "9")] if len(worked.ended) < 2 else [])
    gate = worked.hold(1, 2)
    started(sweep=sweep, sweep_s=0.02)
    worked.wait_until(lambda worked: len(worked.began) == 1)
    sweep.wait_for_more(10)
    assert len(rows.statuses()) == 2
    gate.set()
    worked.wait_for(1, 2)


@ON_SQLITE
def test_waking_an_export_that_waits_queues_it_once_and_one_that_is_worked_on_again(
    started: Started, worked: Worked, rows: Rows
) -> None:
    engine = started()
    gate = worked.hold(1)
    engine.wake(1, "9")
    worked.wait_until(lambda worked: worked.began == [1])
    for _ in range(5):
        engine.wake(1, "9")
        engine.wake(2, "9")
    assert len(rows.queued_as(1)) == 2
    assert len(rows.queued_as(2)) == 1
    gate.set()
    worked.wait_for(1, 1, 2)


def test_a_sweep_queues_nothing_that_another_process_queued_or_is_working_on(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    for export_id in (1, 2):
        waker.wake(export_id, "9")
    rows.take(rows.queued_as(1)[0], "w2")
    sweep = Asked(lambda: [(1, "9"), (2, "9"), (3, "9")])
    started(sweep=sweep, sweep_s=0.02, alive=lambda: ["w1", "w2"])
    sweep.wait_for_more(10)
    assert [len(rows.queued_as(export_id)) for export_id in (1, 2, 3)] == [1, 1, 1]
    assert worked.began == []
    rows.run("DELETE FROM {}workflow_status")
    assert waker.stop(0)


@ON_SQLITE
def test_an_export_whose_queued_work_another_worker_did_is_queued_again(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    started()
    worked.wait_for(1)
    waker.wake(1, "9")
    worked.wait_for(1, 1)
    assert waker.stop(0)


@ON_SQLITE
def test_a_sweep_that_fails_is_told_once_and_goes_on(
    started: Started, worked: Worked, caplog: pytest.LogCaptureFixture
) -> None:
    failing = iter([True, True, True])

    def sweep() -> list[tuple[int, str]]:
        if next(failing, False):
            raise RuntimeError("no database")
        return [] if worked.ended else [(1, "9")]

    started(sweep=sweep, sweep_s=0.02)
    worked.wait_for(1)
    assert caplog.text.count("sweep for due exports failed") == 1


@pytest.mark.parametrize("partition", ["", " "])
def test_an_empty_partition_is_refused(partition: str, tmp_path: Path) -> None:
    waker = Waker(f"sqlite:///{tmp_path}/hub.sqlite")
    with pytest.raises(ValueError, match="partition"):
        waker.wake(1, partition)


def test_an_export_that_cannot_be_queued_is_logged_and_left_to_the_sweep(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Waker(f"sqlite:///{tmp_path}/no such folder/hub.sqlite").wake(1, "9")
    assert "export 1 could not be queued" in caplog.text


def test_stopping_takes_no_more_and_waits_for_the_work_in_hand(started: Started, worked: Worked, rows: Rows) -> None:
    engine = started()
    gate = worked.hold(1)
    engine.wake(1, "9")
    engine.wake(2, "9")
    worked.wait_until(lambda worked: worked.began == [1])
    assert not engine.stop(0.1)
    gate.set()
    assert engine.stop(PATIENCE_S)
    assert worked.ended == [1]
    assert [rows.statuses()[rows.queued_as(export_id)[0]] for export_id in (1, 2)] == ["SUCCESS", "ENQUEUED"]


@ON_SQLITE
def test_a_second_engine_of_one_process_is_refused_until_the_first_is_stopped(
    started: Started, worked: Worked, empty_database_url: str
) -> None:
    first = started()
    second = Durable(empty_database_url, worker="w2", work=worked, sweep=list, alive=list)
    with pytest.raises(RuntimeError, match="already"):
        second.start()
    assert first.stop(PATIENCE_S)
    second.start()
    second.wake(1, "9")
    worked.wait_for(1)
    assert second.stop(PATIENCE_S)


def test_what_a_dead_worker_had_taken_no_longer_holds_its_partition(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    rows.take(rows.queued_as(1)[0], "dead")
    waker.wake(2, "9")
    started(alive=lambda: ["w1"], dead_workers_s=0.02)
    worked.wait_for(2)
    assert worked.began == [2]  # the export itself is the sweep's to wake
    assert rows.statuses()[rows.queued_as(1)[0]] == "CANCELLED"
    assert waker.stop(0)


@ON_SQLITE
def test_what_a_live_worker_has_taken_is_left_to_it(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    taken = rows.queued_as(1)[0]
    rows.take(taken, "w2")
    alive = Asked(lambda: ["w1", "w2"])
    started(alive=alive, dead_workers_s=0.02)
    alive.wait_for_more(3)
    assert rows.statuses()[taken] == "PENDING"
    assert waker.stop(0)


@ON_SQLITE
def test_what_this_worker_had_taken_in_an_earlier_life_is_given_up_when_it_starts(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    rows.take(rows.queued_as(1)[0], "w1")
    waker.wake(2, "9")
    started("w1")
    worked.wait_for(2)
    assert worked.began == [2]
    assert waker.stop(0)


def test_a_pickle_in_the_tables_is_never_read_and_holds_nothing_up(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    pickled = base64.b64encode(pickle.dumps({"args": (_Printing(),), "kwargs": {}})).decode()
    rows.run("UPDATE {}workflow_status SET serialization = 'py_pickle'")
    rows.run("UPDATE {}workflow_input SET inputs = :pickled", pickled=pickled)
    waker.wake(2, "9")
    started()
    worked.wait_for(2)
    assert worked.began == [2]
    assert "unpickled" not in capfd.readouterr().out
    assert waker.stop(0)


class _Printing:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("unpickled",)


@ON_SQLITE
def test_work_of_another_shape_is_not_taken_and_holds_nothing_up(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    rows.run("UPDATE {}workflow_status SET application_version = '0'")
    waker.wake(2, "9")
    started()
    worked.wait_for(2)
    assert worked.began == [2]
    assert waker.stop(0)


@ON_SQLITE
def test_work_of_another_shape_is_queued_again_by_the_sweep(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    rows.run("UPDATE {}workflow_status SET application_version = '0'")
    started(sweep=lambda: [] if worked.began else [(1, "9")])
    worked.wait_for(1)
    assert waker.stop(0)


@ON_SQLITE
def test_work_that_this_worker_took_and_cannot_begin_is_given_up(
    started: Started, worked: Worked, rows: Rows, empty_database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    waker = Waker(empty_database_url)
    waker.wake(1, "9")
    rows.run("UPDATE {}workflow_status SET name = 'of another version'")
    started(dead_workers_s=0.02, never_begun_s=0.1)
    waker.wake(2, "9")
    worked.wait_for(2)
    assert worked.began == [2]
    assert waker.stop(0)
    assert "not a registered workflow" in caplog.text


def test_the_tables_hold_ids_as_json_and_nothing_else(started: Started, worked: Worked, rows: Rows) -> None:
    engine = started()
    engine.wake(1, "9")
    worked.wait_for(1)
    assert engine.stop(PATIENCE_S)
    inputs = rows.run(
        "SELECT i.inputs FROM {}workflow_input i JOIN {}workflow_status s USING (workflow_uuid) WHERE s.name = 'exports'"
    )
    assert [json.loads(text) for (text,) in inputs] == [{"positionalArgs": [[1]], "namedArgs": {}}]
    formats = rows.run("SELECT DISTINCT serialization FROM {}workflow_status")
    assert formats == [("portable_json",)]
    outputs = rows.run("SELECT output, error FROM {}workflow_output")
    assert set(outputs) == {("null", None)}


def test_an_sqlite_file_is_written_through_a_log_and_the_hubs_own_is_not_touched(
    sqlite_databases: SqliteDatabases,
) -> None:
    url = sqlite_databases.empty()
    waker = Waker(url)
    waker.wake(1, "9")
    assert waker.stop(0)
    with sqlite3.connect(engine_url(url).removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert not Path(url.removeprefix("sqlite:///")).exists()


class Told(logging.Handler):
    """Waits until a log says something."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.heard = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self._words in record.getMessage():
            self.heard.set()


@ON_SQLITE
def test_work_that_was_given_up_while_it_went_on_ends_without_an_error_and_holds_nothing_up(
    started: Started, worked: Worked, rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    engine = started()
    gate = worked.hold(1)
    engine.wake(1, "9")
    worked.wait_until(lambda worked: worked.began == [1])
    queues = Queues(rows.hub_url)
    queues.cancel(rows.queued_as(1))
    queues.close()
    engine.wake(2, "9")
    worked.wait_for(2)
    told = Told("no longer owned by this execution")
    logging.getLogger("dbos").addHandler(told)
    gate.set()
    assert told.heard.wait(PATIENCE_S)
    logging.getLogger("dbos").removeHandler(told)
    assert engine.stop(PATIENCE_S)
    assert worked.ended == [2, 1]
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_lost_connections_are_made_anew(started: Started, worked: Worked, rows: Rows) -> None:
    engine = started(sweep=lambda: [] if worked.ended == [1, 2, 3] else [(3, "9")] * (2 in worked.ended), sweep_s=0.02)
    engine.wake(1, "9")
    worked.wait_for(1)
    rows.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    engine.wake(2, "9")
    worked.wait_for(2, 3)
