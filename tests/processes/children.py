"""Processes of a test's own: started, stopped, continued and killed by their own id, and ended with the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.architecture.tree import REPOSITORY
from tests.ready import Fork, ready

PATIENCE_S = 60.0
LOOK_S = 0.02
FORKED = ("hub.testing.ledger", "tests.processes.program", "tests.processes.troubled")
"""Programs that may find the hub imported already."""


def until(
    reached: Callable[[], object], what: str, within_s: float = PATIENCE_S, told: Callable[[], object] = str
) -> float:
    """Wait for something to become so, and return how long that took (seconds); told: what is so where it does not."""
    began = time.monotonic()
    while not reached():
        took = time.monotonic() - began
        assert took < within_s, f"{what}: not within {within_s:g} s {told()}"
        time.sleep(LOOK_S)
    return time.monotonic() - began


class Child:
    """One process of Python; what it prints goes into a file."""

    def __init__(
        self, module: str, *arguments: str, log: Path, environment: Mapping[str, str], whole: bool = False
    ) -> None:
        """Start a module as a program; whole: import everything anew, as where it is measured how long a start takes."""
        self.log = log
        self.started = time.monotonic()
        with log.open("ab") as file:
            self._from = file.tell()
        own = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        if module in FORKED and not whole:
            self.process: Fork | subprocess.Popen[bytes] = ready().start(module, arguments, log=log, environment=own)
        else:
            self.process = _started([sys.executable, "-m", module, *arguments], log, own)

    def printed(self) -> str:
        """What it has printed so far."""
        with self.log.open("rb") as file:
            file.seek(self._from)
            return file.read().decode(errors="replace")

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ready(self) -> dict[str, Any]:
        """Wait for the JSON that it prints when it is ready, and return that."""
        until(lambda: self._told() or not self.is_running(), f"{self.log.name} is ready")
        told = self._told()
        assert told is not None, self.printed()
        return told

    def kill(self) -> None:
        """End it as kill -9 does, stopped or not."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self, within_s: float = PATIENCE_S) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait(within_s)

    def fall_asleep(self) -> None:
        """Let it do nothing at all until it is woken or killed."""
        self.process.send_signal(signal.SIGSTOP)

    def is_asleep(self) -> bool:
        """Whether it is stopped, and does nothing at all."""
        assert self.is_running(), self.printed()
        return psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def _told(self) -> dict[str, Any] | None:
        printed = self.printed()
        try:
            told: dict[str, Any] = json.JSONDecoder().raw_decode(printed, printed.index("{"))[0]
        except ValueError:  # nothing yet, or half of it
            return None
        return told


def _started(command: list[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=dict(environment),
        )
