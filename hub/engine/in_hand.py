"""What this process is working on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class InHand:
    """The work in hand, by the id it was queued under; safe to use from every thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._exports: dict[str, Sequence[int]] = {}

    @contextmanager
    def holding(self, queued_as: str, export_ids: Sequence[int] = ()) -> Iterator[None]:
        """Hold a piece of work while the block runs; export_ids: none where it is a job's."""
        with self._changed:
            self._exports[queued_as] = export_ids
        try:
            yield
        finally:
            with self._changed:
                del self._exports[queued_as]
                self._changed.notify_all()

    def holds(self, queued_as: str) -> bool:
        """Whether that piece of work is in hand."""
        with self._changed:
            return queued_as in self._exports

    def exports(self) -> set[int]:
        """Return the exports that are being worked on."""
        with self._changed:
            return {export_id for export_ids in self._exports.values() for export_id in export_ids}

    def wait_until_empty(self, within_s: float) -> bool:
        """Wait that long for all of it to end; whether it did."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._exports, timeout=within_s)
