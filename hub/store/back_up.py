"""Copy a database whole while it is in use."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from hub.store.database import Database, DatabaseNotReady


def back_up(database: Database, file: Path) -> None:
    """Write a copy of an SQLite database as of this moment into a new file; raises DatabaseNotReady where it cannot be."""
    if not database.is_sqlite:
        raise DatabaseNotReady(
            "This database is PostgreSQL's. Back it up with pg_dump, which copies it while it is in use."
        )
    if file.exists():
        raise DatabaseNotReady(f"{file} exists already. Name a new file.")
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(file),))  # outside the transactions that the engine begins by itself
        file.chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseNotReady(f"The database could not be copied to {file}: {error}.") from error
    finally:
        raw.close()
