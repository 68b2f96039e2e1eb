"""Where the engine keeps its tables, apart from the hub's own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

SCHEMA = "hub_engine"
BUSY_TIMEOUT_S = 30


def engine_url(hub_url: str) -> str:
    """Return the address of the engine's tables for a hub's database.

    On PostgreSQL it is the same database (they have a schema of their own), on SQLite a file beside the hub's:
    hub.sqlite has hub-engine.sqlite. It need not be backed up: what is due is read from the hub's tables. ValueError
    for an SQLite database in memory, which no second process could reach.
    """
    file = sqlite_file(hub_url)
    if file is None:
        return hub_url
    return f"sqlite:///{quote(str(file.with_name(f'{file.stem}-engine{file.suffix}')), safe='/ ')}"


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database's address, None for another database; ValueError for one in memory."""
    if not url.startswith("sqlite"):
        return None
    name = url.partition(":///")[2].partition("?")[0]
    if not name or name == ":memory:":
        raise ValueError("the engine needs a database in a file: one in memory cannot be shared between processes")
    return Path(unquote(name))  # an address has its letters beyond ASCII, its # and its ? as %23


def keep_a_log(url: str) -> None:
    """Have an SQLite file written through a write-ahead log, so that readers and the writer do not wait for another."""
    file = sqlite_file(url)
    if file is not None:
        with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_S)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


def connecting(url: str) -> dict[str, Any]:
    """Return how to connect; Any: the database library's own arguments.

    With the log, a power cut can take the last commits but never damages the file, and a lost wake is made up for by
    the next sweep: so SQLite need not wait for the disk at every commit.
    """
    return {"connect_args": {"factory": _Unhurried}} if sqlite_file(url) is not None else {}


class _Unhurried(sqlite3.Connection):
    """A connection whose commits are not waited for on the disk."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  # sqlite3's own
        super().__init__(*arguments, **options)
        self.execute("PRAGMA synchronous=NORMAL")
