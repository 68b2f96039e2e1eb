"""The composition root: the one place that wires every room, and the program `hub`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hub.cli import CannotOpen, run

if TYPE_CHECKING:
    from datetime import datetime

    from hub.service.context import Hub


def main() -> None:
    """Run the command line."""
    run(Installation())


class Installation:
    """This installation: the home folder, database and plugins found on this machine."""

    @contextmanager
    def open(self, home: Path | None) -> Iterator[Hub]:
        """Open the hub of a home folder; a fresh database is set up, any other must fit. Raises CannotOpen.

        Where its audit trails end is remembered at the end, so that an older copy of it is noticed later.
        """
        from hub.plugins import load
        from hub.service.context import Hub
        from hub.service.heads import remember
        from hub.store import DatabaseNotReady
        from hub.store.opening import open_database

        look_for_cycles_seldom()
        folder = made_folder(home_folder(home))
        try:
            database = open_database(database_url(folder), audit_key_file(folder))
        except DatabaseNotReady as error:
            raise CannotOpen(str(error)) from error
        try:
            hub = Hub(database=database, registry=load(), clock=_now, home=folder, actor=_actor())
            yield hub
            remember(hub)
        finally:
            database.close()

    def upgrade(self, home: Path | None) -> str:
        """Bring the database to this version's schema and return its address, without a password."""
        from hub.store import DatabaseNotReady
        from hub.store.opening import upgrade_database

        try:
            folder = made_folder(home_folder(home))
            return upgrade_database(database_url(folder), audit_key_file(folder))
        except DatabaseNotReady as error:
            raise CannotOpen(str(error)) from error

    def renew_audit_key(self, home: Path | None) -> str:
        """Seal the audit trails with a new key from now on, and return its file."""
        from hub.store import DatabaseNotReady
        from hub.store.opening import renew_audit_key

        folder = made_folder(home_folder(home))
        file = audit_key_file(folder)
        try:
            renew_audit_key(database_url(folder), file, actor=_actor())
        except DatabaseNotReady as error:
            raise CannotOpen(str(error)) from error
        return str(file)


def look_for_cycles_seldom() -> None:
    """Have Python look for reference cycles less often: a large journal is hundreds of thousands of objects without one.

    With Python's own thresholds, two thirds of the time to compute it went into looking.
    """
    gc.set_threshold(100_000, 20, 50)


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


def made_folder(folder: Path) -> Path:
    """Return the folder as a full path, made where it is missing; raises CannotOpen."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotOpen(f"The hub's folder {folder} cannot be made: {error.strerror}.") from error
    return folder.resolve()


def database_url(folder: Path) -> str:
    """Return the database's address: HUB_DATABASE_URL, else the file hub.db of the hub's folder."""
    from hub.store import sqlite_url

    return os.environ.get("HUB_DATABASE_URL") or sqlite_url(folder / "hub.db")


def audit_key_file(folder: Path) -> Path:
    """Return the file of the key that seals the audit trails: HUB_AUDIT_KEY_FILE, else audit.key of the hub's folder."""
    return Path(os.environ.get("HUB_AUDIT_KEY_FILE") or folder / "audit.key")


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _actor() -> str:
    """Return who runs this, for the audit trail."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
