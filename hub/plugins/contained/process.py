"""Child processes: started clean, asked one thing at a time up to a deadline, and killed with all that they started."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import IO, TYPE_CHECKING

from hub.api import ConnectorError
from hub.plugins.calls import printable
from hub.plugins.contained.confining import Confines
from hub.plugins.contained.errors import error_of
from hub.plugins.contained.frames import Answer, Call, Channel, Failure, Garbled, Gone, Head, Late, Send
from hub.plugins.contained.readable import readable

if TYPE_CHECKING:
    import httpx2

    from hub.api import ChartUnreadable

log = logging.getLogger(__name__)

MOST_SAID = 300  # characters of its output that are told, where there is no customer's data in it yet
PIECE = 4_096
ENDING_S = 5.0  # a killed process takes no longer
LOST = "plugin_ended"  # the code of a call in which the plugin's process ended
HUNG = "deadline"
BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from hub.plugins.contained.child import start; start()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """How contained plugins are kept.

    start_s: for a process to start and load its plugin; ask_s: for what follows from settings alone; call_s: for a
    session's call, unless its own deadline is sooner. away_from: files and folders that they must not read, though they lie
    where Python's own do; at_once: processes of one plugin; rest_s: how long none is started after one was lost, twice as
    long each time it happens again; clock: monotonic seconds.
    """

    confines: Confines = field(default_factory=Confines)
    start_s: float = 20
    ask_s: float = 10
    call_s: float = 60
    away_from: tuple[Path, ...] = ()
    at_once: int = 8
    rest_s: float = 1
    clock: Callable[[], float] = time.monotonic


class Lost(ConnectorError):
    """The process of a contained plugin ended, hung or answered garbage in a call; how: the rest of a sentence about it."""

    def __init__(self, how: str, *, code: str = LOST) -> None:
        super().__init__(how, code=code)
        self.how = how


class Child:
    """One process; ask it from one thread, kill it from any."""

    def __init__(self, containment: Containment) -> None:
        """Start it; raises Lost."""
        self._clock = containment.clock
        self._number = 0
        self._folder = tempfile.mkdtemp(prefix="hub-plugin-")
        here, there = socket.socketpair()
        self._channel = Channel(here, containment.clock)
        self._lock = Lock()
        self._ended = False
        try:
            self._process = _launcher().submit(_launched, there, self._folder, containment).result()
        except OSError as error:
            self._channel.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Lost("could not be started") from error
        finally:
            there.close()
        self._output = _Output(self._process.stdout)
        self.used_at = self._clock()

    @property
    def alive(self) -> bool:
        """Whether it can be asked; one that has ended stays to be reaped until it is killed with its group."""
        with self._lock:
            if self._ended:
                return False
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    @property
    def process_id(self) -> int:
        """Its number on this machine."""
        return self._process.pid

    @property
    def said(self) -> str:
        """The end of what it printed before it was handed anything of a customer's; on one line, cut short."""
        return self._output.said

    def keep_quiet(self) -> None:
        """Forget what it printed and will print: it is handed a customer's data from now on."""
        self._output.forget()

    def ask(
        self,
        method: str,
        body: bytes = b"null",
        *,
        within_s: float,
        connector: str = "",
        client: httpx2.Client | None = None,
    ) -> bytes:
        """Return the answer to a call, as JSON, sending the requests that it makes through the client.

        Raises what the plugin host in the process raised, and Lost, after which the process is gone.
        """
        until = self._clock() + within_s
        self._number += 1
        try:
            self._channel.send(Call(number=self._number, method=method, connector=connector), body, until=until)
            while True:
                head, told = self._channel.receive(until=until)
                if not isinstance(head, Send) or client is None:
                    return self._outcome(head, told)
                self._channel.send(*_sent(client, head, told), until=until)
        except Late as error:
            self.kill()
            raise Lost(f"did not answer within {within_s:g} s and was ended", code=HUNG) from error
        except Gone as error:
            raise Lost(f"ended by itself{self._how_it_ended()}") from error
        except Garbled as error:
            self.kill()
            raise Lost("answered what is no answer, and was ended", code="contract_broken") from error
        finally:
            self.used_at = self._clock()

    def kill(self) -> None:
        """End it, with every process that it may have started, and remove its folder."""
        with self._lock:
            if not self._ended:
                # Its group is named by its own number, which is not given to another before it is reaped below.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(ENDING_S)
                self._ended = True
        self._output.end()
        self._channel.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _outcome(self, head: Head, body: bytes) -> bytes:
        if isinstance(head, Failure) and head.number == self._number:
            raise _raised(head)
        if isinstance(head, Answer) and head.number == self._number:
            return body
        raise Garbled

    def _how_it_ended(self) -> str:
        """End a process that has let go of the conversation, and tell how its end came about where that was its own doing."""
        self.kill()
        code = self._process.returncode
        if code is None or code == -signal.SIGKILL:
            return ""
        if code >= 0:
            return f" (exit status {code})"
        names = {each.value: each.name for each in signal.Signals}
        return f" (signal {names.get(-code, str(-code))})"


def _sent(client: httpx2.Client, asked: Send, content: bytes) -> tuple[Head, bytes]:
    from hub.plugins.contained.pipe import sent

    return sent(client, asked, content)


def _raised(told: Failure) -> ConnectorError | ChartUnreadable:
    return error_of(told)


@cache
def _launcher() -> ThreadPoolExecutor:
    """One thread that starts all of them: Linux ends them with the thread that started them, which lives as the hub does."""
    return ThreadPoolExecutor(1, thread_name_prefix="plugin launcher")


def _launched(end: socket.socket, folder: str, containment: Containment) -> subprocess.Popen[bytes]:
    """Start a process with nothing of the hub's: no environment, no open file but its end, a folder of its own."""
    told = (end.fileno(), os.getpid(), asdict(containment.confines), readable(sys.path, containment.away_from))
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", BOOT, json.dumps([each for each in sys.path if each]), json.dumps(told)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=True,
        pass_fds=(end.fileno(),),
        cwd=folder,
        env={"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC"},
        start_new_session=True,
    )


class _Output:
    """What a process prints: taken in so that it never waits, and its end kept until it is handed a customer's data."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream
        self._end = b""
        self._keeps = True
        self._thread = Thread(target=self._drain, name="plugin output", daemon=True)
        self._thread.start()

    @property
    def said(self) -> str:
        return printable(self._end.decode("utf-8", "replace")[-MOST_SAID:], MOST_SAID)

    def forget(self) -> None:
        self._keeps, self._end = False, b""

    def end(self) -> None:
        self._thread.join(ENDING_S)

    def _drain(self) -> None:
        if self._stream is None:
            return
        with self._stream as stream:
            while piece := os.read(stream.fileno(), PIECE):
                if self._keeps:
                    self._end = (self._end + piece)[-PIECE:]
