"""The audit trail of a company: a chain of entries, each sealed together with the seal of the one before it.

seal n = HMAC-SHA256(key, seal n-1 in hex ‖ RFC 8785 JSON of company, seq, at, actor, action, subject, detail). The seal before
the first entry is empty.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from hub.domain.canonical import canonical

BEGIN = "begin audit trail"
"""The action of an entry that takes the entries before it, which another key sealed or none, into the chain as they are."""
PRINTED = 16
_HEAD = re.compile(r"\s*([1-9][0-9]{0,17})\s*:\s*([0-9a-fA-F]{16,64})\s*")


class Entry(NamedTuple):
    """One entry as it is stored; at: ISO 8601 in UTC; detail: a JSON object; mac: its seal, 64 hex characters or none."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    mac: str


class Head(NamedTuple):
    """How far a trail has come: its newest entry's number and seal."""

    seq: int
    mac: str

    def __str__(self) -> str:
        """The head as reports print it: the number and the seal's first 16 characters."""
        return f"{self.seq}:{self.mac[:PRINTED]}"


class Flaw(StrEnum):
    """What can be wrong with entries: not as they were sealed, not there, too many, or older ones not as they were taken in."""

    CHANGED = "changed"
    MISSING = "missing"
    STRAY = "stray"
    EARLIER = "earlier"


class Finding(NamedTuple):
    """What is wrong with the entries from seq to until; entry: the one it was found at, None for those that are missing."""

    flaw: Flaw
    seq: int
    until: int
    entry: Entry | None = None


def read_head(text: str) -> Head | None:
    """Return a head as it was printed or typed, its seal whole or from 16 characters on; None where it is none."""
    found = _HEAD.fullmatch(text)
    return Head(int(found[1]), found[2].lower()) if found else None


def seal(key: bytes, company: str, previous: str, entry: Entry) -> str:
    """Return an entry's seal; company: its uuid; previous: the seal before it. Raises ValueError where detail is no JSON."""
    return hmac.digest(key, previous.encode() + _content(company, entry), "sha256").hex()


def digest(company: str, entries: Iterable[Entry]) -> str:
    """Return the sha256 of entries with their seals, which an entry that begins the chain keeps of all before it."""
    found = sha256()
    for entry in entries:
        found.update(entry.mac.encode() + _content(company, entry))
    return found.hexdigest()


def check(entries: Iterable[Entry], *, key: bytes, company: str, begun: int) -> Iterator[Finding]:
    """Yield what is wrong with a trail, in order; begun: the number of its newest BEGIN entry, 0 where it has none."""
    yield from _Check(key, company, begun).findings(entries)


class _Check:
    """One walk along a trail; seals: those that the next entry may be sealed with, none where the one before is not there."""

    def __init__(self, key: bytes, company: str, begun: int) -> None:
        self.key = key
        self.company = company
        self.begun = begun
        self.next = 1
        self.seals: tuple[str, ...] = ("",)
        self.earlier = sha256()

    def findings(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        for entry in entries:
            if type(entry.seq) is not int or entry.seq < self.next:
                yield Finding(Flaw.STRAY, self.next, self.next, entry)
                continue
            if entry.seq > self.next:
                yield Finding(Flaw.MISSING, self.next, entry.seq - 1)
                self.seals = ()
            yield from self._flaws(entry)
            self.next = entry.seq + 1

    def _flaws(self, entry: Entry) -> Iterator[Finding]:
        content = _content_or_none(self.company, entry)
        if entry.seq < self.begun:
            self.earlier.update(str(entry.mac).encode() + (content or b"?"))
            self.seals = (str(entry.mac),)
            return
        if entry.seq == self.begun and _taken_in(entry) != (entry.seq - 1, self.earlier.hexdigest()):
            yield Finding(Flaw.EARLIER, 1, entry.seq - 1, entry)
        sealed = [self._sealed(before, content) for before in self.seals] if content is not None else []
        if content is None or (self.seals and entry.mac not in sealed):
            yield Finding(Flaw.CHANGED, entry.seq, entry.seq, entry)
        self.seals = tuple({str(entry.mac), *sealed})

    def _sealed(self, before: str, content: bytes) -> str:
        return hmac.digest(self.key, before.encode() + content, "sha256").hex()


def _content(company: str, entry: Entry) -> bytes:
    return canonical(
        {
            "company": company,
            "seq": entry.seq,
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "detail": json.loads(entry.detail),
        }
    )


def _content_or_none(company: str, entry: Entry) -> bytes | None:
    try:
        return _content(company, entry)
    except (ValueError, TypeError, RecursionError):  # a database without types holds anything in any column
        return None


def _taken_in(entry: Entry) -> tuple[object, object]:
    """Return how many entries a BEGIN entry says were before it, and their digest."""
    try:
        detail = json.loads(entry.detail)
        return detail["entries"], detail["sha256"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None, None
