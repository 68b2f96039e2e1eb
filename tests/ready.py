"""Processes that a test starts as forks of one that has imported the hub already: importing it is most of a start.

A fork is a process of its own like any other: with its own arguments, environment and output, and it can be killed.
`python -m tests.ready` is what they are forked from. It is asked on its standard input, a line of JSON each, and is
never left behind: it ends when that is closed.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
IMPORTED = (
    "dbos",
    "hub.app",
    "hub.cli.workers",
    "hub.engine.durable",
    "hub.service.exporting",
    "hub.service.importing",
    "hub.service.posting.working",
    "hub.store.opening",
    "hub.testing.connector",
    "hub.testing.ledger.__main__",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
)
LOOK_S = 0.005


class Fork:
    """A process, with what subprocess.Popen has of it."""

    def __init__(self, ready: Ready, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ready = ready

    def poll(self) -> int | None:
        """Return its exit code, minus the signal where one has killed it, and None as long as it runs."""
        if self.returncode is None:
            self.returncode = self._ready.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end (seconds), and return its exit code; raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(LOOK_S)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended: its id stays its own until its end was asked for."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Ready:
    """The process that others are forked from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ready"], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self._process.communicate)  # which closes its standard input, and waits for its end

    def start(self, module: str, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> Fork:
        """Run a module as the program of a new process; what it prints is added to a file."""
        asked = {"module": module, "arguments": arguments, "log": str(log), "environment": dict(environment)}
        return Fork(self, self.ask(asked))

    def ask(self, what: object) -> Any:  # what the other answers to this
        """Ask for something, and return the answer."""
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{json.dumps(what)}\n".encode())
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


@cache
def ready() -> Ready:
    """Return the process that this one's are forked from, which ends with this one."""
    return Ready()


def _answer() -> dict[str, Any] | None:
    """Fork whenever asked to; return what a fork is to be, and None at the end where this is none."""
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if "poll" in asked:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif (answer := os.fork()) == 0:
            return dict(asked)
        os.write(1, f"{json.dumps(answer)}\n".encode())
    return None


def _become(asked: Mapping[str, Any]) -> None:
    """Be the program that was asked for."""
    nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for file, at in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(file, at)
    os.close(nothing)
    os.close(log)
    sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]  # a text file, as it always is
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = [asked["module"], *asked["arguments"]]
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)


def main() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    assert threading.active_count() == 1, "a fork would have none of the other threads"
    gc.freeze()  # so that a fork shares its memory with this process as long as possible
    if asked := _answer():
        gc.unfreeze()
        _become(asked)


if __name__ == "__main__":
    main()
