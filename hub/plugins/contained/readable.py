"""What a contained plugin's process may read: the Python installation and the packages on its path, never the hub's own data."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

MOST_DEEP = 12  # folders into which the way to the hub's data is followed

_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/etc/mime.types",
    "/dev/urandom",
    "/dev/null",
)


def readable(path: Iterable[str], away_from: Iterable[Path]) -> list[str]:
    """Return files and folders; away_from: those left out, with what is in them, wherever they lie."""
    away = tuple(each.resolve() for each in away_from)
    named = (*_SYSTEM, sys.prefix, sys.base_prefix, *path)
    wanted = {Path(each).resolve() for each in named if each}
    return [str(each) for start in sorted(wanted) for each in _around(start, away, MOST_DEEP)]


def _around(start: Path, away: tuple[Path, ...], deep: int) -> Iterator[Path]:
    """Yield a folder where nothing to be left out lies in it, else all in it that is not on the way there."""
    if start in away or any(each in start.parents for each in away):
        return
    if not any(start in each.parents for each in away):
        yield start
    elif deep and start.is_dir():
        for each in start.iterdir():
            yield from _around(each.resolve(), away, deep - 1)
