"""What the operator says of the plugins installed here: which distributions are trusted, as they stand, and which are blocked."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import hub

if TYPE_CHECKING:
    from hub.plugins.discovery import Candidate

FILE = "plugins.json"
"""The file of a home that keeps it."""
OWN_EXTRA = "connectors"
"""The extra of the hub's distribution that names those which come with it."""

_HUB = "inventory-hub"
_PINNED = re.compile(r"([\w.-]+)\s*==\s*([\w.]+)\s*;\s*extra\s*==\s*['\"](\w+)['\"]")
_OF_THE_INSTALLER = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
_NOT_CODE = frozenset({"__pycache__"})


class Way(StrEnum):
    """How a plugin is run: its own and the trusted in the hub, contained and changed ones in their own processes."""

    OWN = "own"
    TRUSTED = "trusted"
    CONTAINED = "contained"
    CHANGED = "changed"
    BLOCKED = "blocked"


class TrustUnreadable(ValueError):
    """The file cannot be read, so that nobody knows what the operator trusts; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A distribution that the operator trusts. fingerprint: of its files as they were then."""

    fingerprint: str
    version: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A plugin that the operator has blocked."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The level that a plugin earned when its checks were run here. fingerprint: of its files as they were then."""

    level: str
    fingerprint: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a home keeps. trusted: by distribution; blocked, checked: by the plugin's name."""

    trusted: dict[str, Trusted] = field(default_factory=dict)
    blocked: dict[str, Blocked] = field(default_factory=dict)
    checked: dict[str, Checked] = field(default_factory=dict)

    def way_of(self, candidate: Candidate) -> Way:
        """Return how a plugin is to be run."""
        if candidate.origin.name in self.blocked:
            return Way.BLOCKED
        if is_own(candidate):
            return Way.OWN
        trusted = self.trusted.get(candidate.origin.distribution)
        if trusted is None:
            return Way.CONTAINED
        return Way.TRUSTED if trusted.fingerprint == fingerprint(candidate) else Way.CHANGED

    def level_of(self, candidate: Candidate) -> str:
        """Return the level that the plugin earned as it stands, empty where it was not checked since it last changed."""
        checked = self.checked.get(candidate.origin.name)
        return checked.level if checked is not None and checked.fingerprint == fingerprint(candidate) else ""


def read_trust(home: Path) -> Trust:
    """Return what a home keeps, nothing where there is no file; raises TrustUnreadable."""
    from pydantic import TypeAdapter, ValidationError

    file = home / FILE
    try:
        return TypeAdapter(Trust).validate_json(file.read_bytes(), strict=True)
    except FileNotFoundError:
        return Trust()
    except (OSError, ValidationError) as error:
        raise TrustUnreadable(
            f"{file}, which says what plugins are trusted and blocked, cannot be read. Bring it back from a copy, or remove "
            "it: then none is trusted but the hub's own, and none is blocked."
        ) from error


def write_trust(home: Path, trust: Trust) -> None:
    """Keep it, whole or not at all."""
    from pydantic import TypeAdapter

    with tempfile.NamedTemporaryFile("wb", dir=home, prefix=f".{FILE}.", delete=False) as partial:
        partial.write(TypeAdapter(Trust).dump_json(trust, indent=2))
        partial.flush()
        os.fsync(partial.fileno())
    Path(partial.name).replace(home / FILE)


def is_own(candidate: Candidate) -> bool:
    """Whether a plugin is the hub's own.

    That is one whose code is the hub's, one that runs from the source tree that the hub itself runs from, and one of a
    distribution that the hub's own names as its connectors, in the version that it names.
    """
    top = candidate.value.partition(":")[0].partition(".")[0]
    if top == hub.__name__:
        return True
    origin = candidate.origin
    return (origin.distribution, origin.version) in _named_by_the_hub() or any(
        _beside_the_hub(folder) for folder in _folders(top)
    )


def fingerprint(candidate: Candidate) -> str:
    """Return a hash over a plugin's files: those that were installed, and all of the module that it is loaded from.

    What Python and installers write by themselves is left out.
    """
    found = hashlib.sha256()
    for name, file in sorted(_files(candidate)):
        with suppress(OSError):  # what cannot be read cannot be imported, either
            found.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{found.hexdigest()}"


def _files(candidate: Candidate) -> Iterator[tuple[str, Path]]:
    for name, file in candidate.files():
        if file.name not in _OF_THE_INSTALLER and _NOT_CODE.isdisjoint(file.parts):
            yield f"installed {name}", file
    for folder in _folders(candidate.value.partition(":")[0].partition(".")[0]):
        several = [folder] if folder.is_file() else folder.rglob("*")
        for file in several:
            if file.is_file() and _NOT_CODE.isdisjoint(file.parts):
                yield f"module {file.relative_to(folder.parent)}", file


def _folders(module: str) -> list[Path]:
    """Return where a top-level module is: its folder, or its file; nothing of it is imported."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations is not None:
        return [Path(each) for each in spec.submodule_search_locations]
    return [Path(spec.origin)] if spec.origin else []


def _beside_the_hub(folder: Path) -> bool:
    tree = Path(hub.__file__).resolve().parents[1]
    return (tree / "pyproject.toml").is_file() and tree / "plugins" in folder.resolve().parents


def _named_by_the_hub() -> frozenset[tuple[str, str]]:
    try:
        told = requires(_HUB) or []
    except PackageNotFoundError:
        return frozenset()
    named = filter(None, (_PINNED.match(each) for each in told))
    return frozenset((each[1].lower(), each[2]) for each in named if each[3] == OWN_EXTRA)
