"""What the rest of the hub knows of the engine: it wakes work, and holds no truth of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

Work: TypeAlias = Callable[[int], None]
"""Does whatever is due of one export, given its database id; cheap and harmless when nothing is."""

Due: TypeAlias = tuple[int, str]
"""An export's database id and its partition, the text of its connection's id."""

Sweep: TypeAlias = Callable[[], Sequence[Due]]
"""Returns the exports that are due, a limited number of them, those that waited longest first."""


class Engine(Protocol):
    """Wakes the work of exports."""

    def start(self) -> None:
        """Take work from now on; returns once it does."""
        ...

    def wake(self, export_id: int, partition: str) -> None:
        """Have an export worked on soon, here or in another process; waking it twice is harmless.

        Partition: whatever must share its limits, the text of the connection's id. ValueError where it is empty.
        What cannot be queued is logged and left to the next sweep, as the exports table is the truth.
        """
        ...

    def stop(self, within_s: float) -> bool:
        """Take no new work, wait that long for the work in hand; whether all of it ended."""
        ...


def checked(partition: str) -> str:
    """Return the partition; ValueError where it is empty, since such work would be accepted and never be done."""
    if not partition.strip():
        raise ValueError("the partition of an export to wake is empty: it must be the id of its connection")
    return partition
