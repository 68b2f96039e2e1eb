"""A thread that does something again and again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

TELL_AGAIN_S = 60.0

log = logging.getLogger(__name__)


class Pulse:
    """Calls one function every so many seconds until it is stopped; what that raises is logged, once a minute at most."""

    def __init__(self, beat: Callable[[], None], *, name: str, every_s: float) -> None:
        self._beat = beat
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._told_at: float | None = None

    def start(self) -> None:
        """Begin, with a first call at once."""
        self._thread.start()

    def stop(self, within_s: float) -> bool:
        """Make no further call and wait that long for the one that is under way; whether it ended."""
        self._stopping.set()
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._beat()
            except Exception:
                self._tell()
            else:
                self._told_at = None
            self._stopping.wait(self._every_s)

    def _tell(self) -> None:
        if self._told_at is None or time.monotonic() - self._told_at > TELL_AGAIN_S:
            self._told_at = time.monotonic()
            log.exception("%s failed and is tried again every %s s", self._thread.name, self._every_s)
