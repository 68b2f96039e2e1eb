"""What app.py hands to the command line: a way to open the hub of a home folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from hub.service.context import Hub


class CannotOpen(Exception):
    """The hub's home or database cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How to serve the web app: on which port, with a worker inside, until when (seconds; None: until told to stop).

    log: the file of its log, standard error where there is none.
    """

    port: int
    worker: bool = True
    stop_after_s: int | None = None
    log: Path | None = None


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

    def serve(self, home: Path | None, serving: Serving, ready: Callable[[str, str], None]) -> None:
        """Serve the web app until the process is told to stop; raises CannotOpen.

        ready: told of its address, and of the code that sets up the first person, empty where there are people.
        """
        ...

    def run_sandbox(self, name: str, serving: Serving, ready: Callable[[Mapping[str, str]], None]) -> None:
        """Run the stand-in for a connector's accounting system until the process is told to stop; raises CannotOpen.

        ready: told of its credentials, with its address.
        """
        ...

    def stand_ins(self, first_port: int) -> AbstractContextManager[StandIns]:
        """Run every stand-in that plugins bring, in this process, from a port on (0: free ones)."""
        ...


class StandIns(Protocol):
    """Stand-ins that run; credentials: what each says of itself, by its connector."""

    @property
    def credentials(self) -> Mapping[str, Mapping[str, str]]:
        """What a client needs to talk to each, by its connector, with its address."""
        ...

    def register(self, address: str) -> None:
        """Have each take the redirect address of the hub at an address."""
        ...


def home_folder(chosen: Path | None) -> Path:
    """Return the hub's folder: the chosen one, else HUB_HOME, else ./.hub where it exists, else the user's own."""
    if chosen is not None:
        return chosen
    if named := os.environ.get("HUB_HOME"):
        return Path(named)
    here = Path(".hub")
    if here.is_dir():
        return here
    from platformdirs import user_data_path

    return user_data_path("inventory-hub", appauthor=False)
