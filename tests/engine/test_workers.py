"""Workers in processes of their own on one database, one of them killed."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.engine import Waker
from tests.architecture.tree import REPOSITORY
from tests.engine.conftest import PATIENCE_S
from tests.engine.worker import HELD


class Workers:
    """The processes of one test and what they printed."""

    def __init__(self, url: str, alive: Path) -> None:
        self._url, self._alive = url, alive
        self._changed = threading.Condition()
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.lines: list[tuple[str, str]] = []
        self._readers: dict[str, threading.Thread] = {}

    def start(self, name: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.worker", self._url, name, str(self._alive)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes[name] = process
        self.live(*self.processes)
        self._readers[name] = threading.Thread(target=self._read, args=(name, process), daemon=True)
        self._readers[name].start()

    def live(self, *names: str) -> None:
        """Say which workers live."""
        new = self._alive.with_suffix(".new")
        new.write_text("\n".join(names))
        new.replace(self._alive)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait(PATIENCE_S)
        self._ended(name, process)

    def stop(self) -> None:
        for process in self.processes.values():
            process.stdin.close()  # type: ignore[union-attr]
        for name, process in self.processes.items():
            assert process.wait(PATIENCE_S) == 0
            self._ended(name, process)
        self.processes = {}

    def _ended(self, name: str, process: subprocess.Popen[str]) -> None:
        process.stdin.close()  # type: ignore[union-attr]
        self._readers[name].join(PATIENCE_S)
        process.stdout.close()  # type: ignore[union-attr]

    def said(self, line: str) -> list[str]:
        """Which workers printed a line, once for each time."""
        with self._changed:
            return [name for name, printed in self.lines if printed == line]

    def wait_until(self, reached: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(reached, PATIENCE_S), "\n".join(map(str, self.lines))

    def _read(self, name: str, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:  # type: ignore[union-attr]
            with self._changed:
                self.lines.append((name, line.strip()))
                self._changed.notify_all()


@pytest.fixture
def waker(empty_database_url: str) -> Iterator[Waker]:
    made = Waker(empty_database_url)
    yield made
    assert made.stop(0)


@pytest.fixture
def workers(empty_database_url: str, tmp_path: Path) -> Iterator[Workers]:
    made = Workers(empty_database_url, tmp_path / "alive")
    yield made
    for name in list(made.processes):
        made.kill(name)


def test_two_workers_share_the_work_and_what_one_leaves_when_killed_the_other_takes(
    workers: Workers, waker: Waker
) -> None:
    for export_id in range(60):
        waker.wake(export_id, str(export_id % 20))
    for name in ("w1", "w2"):
        workers.start(name)
    workers.wait_until(lambda: all(workers.said(f"export {export_id}") for export_id in range(60)))
    assert [len(workers.said(f"export {export_id}")) for export_id in range(60)] == [1] * 60

    waker.wake(HELD, "9")
    workers.wait_until(lambda: bool(workers.said(f"export {HELD}")))
    (killed,) = workers.said(f"export {HELD}")
    (other,) = {"w1", "w2"} - {killed}
    waker.wake(61, "9")
    workers.kill(killed)
    workers.live(other)
    died = time.monotonic()
    workers.wait_until(lambda: workers.said("export 61") == [other])
    assert time.monotonic() - died < 10
    workers.stop()
    workers.wait_until(lambda: workers.said("stopped") == [other])
    assert len(workers.said("job")) == 1


def test_nothing_is_printed_while_all_is_well(workers: Workers, waker: Waker) -> None:
    workers.start("w1")
    workers.wait_until(lambda: bool(workers.said("ready")))
    waker.wake(1, "9")
    workers.wait_until(lambda: bool(workers.said("export 1") and workers.said("job")))
    assert {line for _, line in workers.lines} == {"ready", "export 1", "job"}
    workers.stop()
