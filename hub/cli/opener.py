"""What app.py hands to the command line: a way to open the hub of a home folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hub.service.context import Hub


class CannotOpen(Exception):
    """The hub's home or database cannot be used; the message says what to do."""


class Opener(Protocol):
    """Opens the hub, brings its database to this version's schema, and gives its audit trails a new key."""

    def open(self, home: Path | None) -> AbstractContextManager[Hub]:
        """Open the hub of a home folder, chosen or found; raises CannotOpen."""
        ...

    def upgrade(self, home: Path | None) -> str:
        """Bring the database to this version's schema and return its name; raises CannotOpen."""
        ...

    def renew_audit_key(self, home: Path | None) -> str:
        """Seal the audit trails with a new key from now on and return the name of its file; raises CannotOpen."""
        ...

    def run_worker(self, home: Path | None, name: str | None, *, threads: int, ready: Callable[[str], None]) -> None:
        """Post what is due until the process is told to stop; ready: told of its name once it works. Raises CannotOpen."""
        ...
