"""A database restored from an older copy: nothing is sent before the accounting system was searched for it (R17)."""

from __future__ import annotations

import logging
from pathlib import Path

from hub.service.context import Hub, refuse
from hub.service.heads import accept, restored
from hub.store import DatabaseNotReady
from hub.store.back_up import back_up as copy_to
from hub.store.posting_rows import looks_first, set_look_first

log = logging.getLogger(__name__)


def notice(hub: Hub) -> bool:
    """Notice that the database is an older copy of what this home has worked with; from then on it looks first."""
    if not restored(hub):
        return False
    if not searching(hub):
        log.warning("the database was restored from an older copy: each journal is searched for before it is sent")
        search_first(hub, on=True)
    return True


def searching(hub: Hub) -> bool:
    """Whether each journal is searched for before its first send."""
    with hub.database.read() as connection:
        return looks_first(connection)


def search_first(hub: Hub, *, on: bool) -> None:
    """Have each journal searched for before its first send, or no longer."""
    with hub.database.write() as connection:
        set_look_first(connection, look_first=on)


def end_search(hub: Hub) -> None:
    """Say that what was missing is there again: nothing is searched for first, and the audit trails are taken as they are."""
    search_first(hub, on=False)
    accept(hub)


def back_up(hub: Hub, file: Path) -> None:
    """Copy the database into a new file while it is in use; refuses what cannot be."""
    try:
        copy_to(hub.database, file)
    except DatabaseNotReady as error:
        message, _, fix = str(error).partition(". ")
        raise refuse("not_backed_up", f"{message.rstrip('.')}.", fix) from error
