"""The file that a ledger in a process of its own keeps, so that another process can count its journals."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from hub.api import Account
from hub.testing.ledger.journals import Journal, journal_from_json, journal_json


class StateFile:
    """Appends one line of JSON for each journal `written`, `changed` or `deleted`; safe for threads."""

    def __init__(self, path: Path, accounts: Iterable[Account]) -> None:
        self._accounts = {account.id: account for account in accounts}
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def append(self, event: str, journal: Journal) -> None:
        """Write one line, at once."""
        told = {"event": event, "key": journal.key, "journal": journal_json(journal, self._accounts)}
        with self._lock:
            self._file.write(f"{json.dumps(told)}\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def events(path: Path) -> Iterator[tuple[str, Journal]]:
    """Yield what a ledger's file tells, oldest first; a line that is still being written is left out."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            told = json.loads(line)
            yield told["event"], journal_from_json(told["journal"], key=told["key"])


def kept(path: Path) -> tuple[Journal, ...]:
    """Return the journals that a ledger's file says are there."""
    journals: dict[str, Journal] = {}
    for event, journal in events(path):
        journals[journal.id] = journal
        if event == "deleted":
            del journals[journal.id]
    return tuple(journals.values())
