"""How far each company's audit trail has come, remembered outside the database, so that a lost end or an old copy is noticed."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hub.api import Level, Problem
from hub.domain.audit_trail import Head
from hub.service.context import Hub
from hub.store import Transaction
from hub.store.audit import TrailEnd, append, mac_at, trail_ends

log = logging.getLogger(__name__)

FOLDER = "audit_heads"
MOST_AT_ONCE = 200
"""Companies whose heads are written while somebody waits: a file each, brought to the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The head of one company's trail as this home saw it last, in the file of its own."""

    file: Path
    company: str
    uuid: str
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """How far a commit has brought a company's trail, and how far it had come before, None before its first entry."""

    before: Head | None
    end: TrailEnd


Seen = tuple[Sequence[Remembered], Sequence[Path]]
"""The heads that this home remembers, and the files of those that cannot be read."""


class HeadUnreadable(Exception):
    """A file that remembers how far an audit trail has come cannot be read."""


def remember(hub: Hub, company_id: int | None = None, trail: Trail | None = None) -> None:
    """Write down how far a company's audit trail has come, or every company's, after a commit.

    trail: how far the commit has brought it, where that is known: where it goes on from what is remembered, nothing is read.
    Never backward, and never over what tells that the trail lost entries. A head that cannot be written is logged, as what
    was committed stands; the doctor tells of one that cannot be read.
    """
    folder = hub.home / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in _moved(hub, folder, company_id) if trail is None else _gone_on(hub, folder, trail):
            _write(folder, each)
    except OSError as error:
        log.warning("the head of an audit trail cannot be written: %s", error.strerror)


def remember_each(hub: Hub) -> None:
    """Remember as above what was written in every company's trail; of very many companies, with their next entries."""
    with hub.database.read() as connection:
        many = len(trail_ends(connection)) > MOST_AT_ONCE
    if not many:
        remember(hub)


def remembered(home: Path, uuid: str = "") -> Seen:
    """Return what this home has seen of every company's trail, or of one (by its uuid).

    To be asked before the database is, which moves on meanwhile.
    """
    found, damaged = [], []
    files = [_file(home / FOLDER, uuid)] if uuid else sorted((home / FOLDER).glob("*.json"))
    for file in files:
        try:
            seen = _read(file)
        except HeadUnreadable:
            damaged.append(file)
        else:
            found += [seen] if seen else []
    return found, damaged


def lost(connection: Transaction, seen: Sequence[Remembered]) -> dict[str, Problem]:
    """Return what trails no longer hold of what was seen, by the company's uuid: their end, or all of them."""
    ends = {end.uuid: end for end in trail_ends(connection)}
    told = {each.uuid: _told(connection, each, ends.get(each.uuid)) for each in seen}
    return {uuid: problem for uuid, problem in told.items() if problem}


def examine(connection: Transaction, seen: Seen) -> list[Problem]:
    """Return what the remembered heads tell of this database; seen: what `remembered` returned before it was opened."""
    return [*lost(connection, seen[0]).values(), *map(unreadable, seen[1])]


def restored(hub: Hub) -> bool:
    """Whether the database is an older copy of the one this home has worked with, or another one (R17)."""
    seen = remembered(hub.home)
    with hub.database.read() as connection:
        return bool(lost(connection, seen[0]))


def accept(hub: Hub) -> None:
    """Take the trails of a restored database as they are from now on; each says in an entry what it had been seen to hold."""
    seen = remembered(hub.home)[0]
    with hub.database.write() as connection:
        gone = lost(connection, seen)
        given_up = [each for each in seen if each.uuid in gone]
        for end in trail_ends(connection):
            for each in given_up:
                if each.uuid == end.uuid:
                    _accept(hub, connection, end, each.head)
    for each in given_up:
        each.file.unlink(missing_ok=True)
    remember(hub)


def unreadable(file: Path) -> Problem:
    """Return the problem of a head that cannot be read."""
    return Problem(
        level=Level.WARNING,
        code="audit_head_unreadable",
        message=f"The file {file} cannot be read, so entries lost at the end of that audit trail would not be noticed.",
        fix="Make it readable, or remove it if you know that the database was not restored: it is then written anew.",
    )


def _accept(hub: Hub, connection: Transaction, end: TrailEnd, seen: Head) -> None:
    append(
        connection,
        end.company_id,
        at=hub.clock(),
        actor=hub.actor,
        action="accept restored database",
        subject=end.company,
        detail={"seen": str(seen)},
    )


def _gone_on(hub: Hub, folder: Path, trail: Trail) -> list[TrailEnd]:
    """Return what is to be remembered of a trail that was added to."""
    end = trail.end
    try:
        seen = _read(_file(folder, end.uuid))
    except HeadUnreadable:
        return _moved(hub, folder, end.company_id)
    return [end] if (seen.head if seen else None) == trail.before else _moved(hub, folder, end.company_id)


def _moved(hub: Hub, folder: Path, company_id: int | None) -> list[TrailEnd]:
    """Return the ends of the trails that have come further than is remembered, of every company or of one."""
    with hub.database.read() as connection:
        return [each for each in trail_ends(connection, company_id) if _has_moved(connection, folder, each)]


def _has_moved(connection: Transaction, folder: Path, end: TrailEnd) -> bool:
    """Whether a trail has gone on from where it was seen last, and still holds what was seen."""
    try:
        seen = _read(_file(folder, end.uuid))
    except HeadUnreadable as error:
        log.warning("%s", error)
        return False
    if end.head is None or seen is None:
        return end.head is not None
    return end.head.seq > seen.head.seq and _holds(connection, end, seen.head)


def _holds(connection: Transaction, end: TrailEnd, head: Head) -> bool:
    return mac_at(connection, end.company_id, head.seq) == head.mac


def _told(connection: Transaction, seen: Remembered, end: TrailEnd | None) -> Problem | None:
    if end is not None and _holds(connection, end, seen.head):
        return None
    if end is None:
        what = (
            f"This home has worked with the company {seen.company}, whose audit trail reached entry {seen.head.seq}, and the "
            "database does not have that company: it is another database, or an older copy."
        )
    elif end.head is None or end.head.seq < seen.head.seq:
        reached = f"ends at entry {end.head.seq}" if end.head else "is empty"
        what = (
            f"{seen.company}: the audit trail {reached}, and this home has seen entry {seen.head.seq}. Entries were deleted "
            "at its end, or the database was restored from an older copy: what was done since is missing."
        )
    else:
        what = (
            f"{seen.company}: entry {seen.head.seq} of the audit trail is not the one that this home has seen. The trail was "
            "rewritten, or the database was restored from an older copy and has moved on: what was done since is missing."
        )
    return Problem(
        level=Level.PROBLEM,
        code="database_restored",
        message=what,
        fix="Bring back the newest copy if there is one. Else find out what is missing (Restoring, in the page on running the "
        "hub), repeat it, and then: hub db restored --over",
    )


def _file(folder: Path, uuid: str) -> Path:
    return folder / f"{quote(uuid, safe='')}.json"


def _read(file: Path) -> Remembered | None:
    """Return a remembered head, None where there is none; raises HeadUnreadable."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise HeadUnreadable(f"{file}: {type(error).__name__}") from error
    if not _is_head(found):
        raise HeadUnreadable(f"{file}: it is not the head of an audit trail")
    head = Head(found["seq"], found["mac"])
    return Remembered(file=file, company=found["company"], uuid=found["uuid"], head=head)


def _is_head(found: object) -> bool:
    return (
        isinstance(found, Mapping)
        and type(found.get("seq")) is int
        and all(isinstance(found.get(name), str) for name in ("company", "uuid", "mac"))
    )


def _write(folder: Path, end: TrailEnd) -> None:
    """Put a head in its file, whole, unless another process has seen more meanwhile."""
    assert end.head is not None
    file = _file(folder, end.uuid)
    content = {"company": end.company, "uuid": end.uuid, "seq": end.head.seq, "mac": end.head.mac}
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".head.", delete=False, encoding="utf-8") as partial:
        partial.write(json.dumps(content, sort_keys=True) + "\n")
        partial.flush()
        os.fsync(partial.fileno())
    new = Path(partial.name)
    with _alone(folder):
        try:
            seen = _read(file)
        except HeadUnreadable:
            seen = None
        if seen is None or seen.head.seq < end.head.seq:
            new.replace(file)
    new.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold this home's heads, for the moment in which one is put in place."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
