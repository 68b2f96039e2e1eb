"""Which plugins are installed, as their distributions' entry points say; nothing is imported yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from pathlib import Path

from hub.api import ENTRY_POINT_GROUP
from hub.plugins.calls import Raised, call, printable, told
from hub.plugins.origin import Origin

UNKNOWN = "an unknown distribution"
GIVEN = "no distribution"
LONGEST_NAME = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plugin that is there: where it comes from, and how to load it.

    value: what its entry point names; files: those that its installer wrote down, by the names that it gave them.
    """

    origin: Origin
    load: Callable[[], object]
    value: str = ""
    files: Callable[[], Sequence[tuple[str, Path]]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A distribution whose entry points cannot be read, so that nobody knows whether it brings a plugin."""

    origin: Origin
    reason: str


def installed() -> list[Candidate | Unreadable]:
    """Return what is installed, by distribution and then by name, so that every start sees the same order."""
    found = call(lambda: list(entry_points(group=ENTRY_POINT_GROUP)))
    # One distribution that cannot be read hides all others: then they are asked one at a time.
    candidates = (
        list(_one_by_one()) if isinstance(found, Raised) else [_candidate(entry, entry.dist) for entry in found]
    )
    return sorted(candidates, key=lambda each: (each.origin.distribution, each.origin.name))


def given(plugins: Sequence[object]) -> list[Candidate | Unreadable]:
    """Return plugin objects as if they were installed, in the order given."""
    return [
        Candidate(origin=Origin(name=_object_name(plugin), distribution=GIVEN, version=""), load=lambda it=plugin: it)  # type: ignore[misc]
        for plugin in plugins
    ]


def _one_by_one() -> Iterator[Candidate | Unreadable]:
    seen: set[str] = set()
    for distribution in distributions():
        origin = _origin("", distribution)
        if origin.distribution in seen:  # another of the same name, later on the path, which Python would not import
            continue
        seen.add(origin.distribution)
        entries = call(lambda it=distribution: list(it.entry_points.select(group=ENTRY_POINT_GROUP)))  # type: ignore[misc]
        if isinstance(entries, Raised):
            yield Unreadable(
                origin=_origin(origin.distribution, distribution),
                reason=f"Its entry points could not be read: {told(entries.error)}.",
            )
        else:
            yield from (_candidate(entry, distribution) for entry in entries)


def _candidate(entry: EntryPoint, distribution: Distribution | None) -> Candidate:
    return Candidate(
        origin=_origin(printable(entry.name, LONGEST_NAME), distribution),
        load=entry.load,
        value=entry.value,
        files=partial(_files_of, distribution),
    )


def _files_of(distribution: Distribution | None) -> list[tuple[str, Path]]:
    """Return the files of a distribution, none where it has no record of them."""
    found = call(
        lambda: [(str(each), Path(str(each.locate()))) for each in (distribution and distribution.files) or ()]
    )
    return [] if isinstance(found, Raised) else found


def _origin(name: str, distribution: Distribution | None) -> Origin:
    return Origin(
        name=name,
        distribution=re.sub(r"[-_.]+", "-", _said(lambda: distribution.name)).lower() or UNKNOWN,  # type: ignore[union-attr]
        version=_said(lambda: distribution.version),  # type: ignore[union-attr]
    )


def _said(ask: Callable[[], object]) -> str:
    """What a distribution's metadata say, empty where they are missing or damaged."""
    answer = call(ask)
    return printable(answer, LONGEST_NAME) if isinstance(answer, str) else ""


def _object_name(plugin: object) -> str:
    name = call(lambda: getattr(plugin, "__name__", type(plugin).__name__))
    return printable(name, LONGEST_NAME) if isinstance(name, str) else type(plugin).__name__
