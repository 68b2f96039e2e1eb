"""Put a process to sleep as a suspended machine is, but not in the middle of a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hub.engine import engine_url
from hub.engine.place import sqlite_file
from tests.processes.children import PATIENCE_S, Child, until
from tests.processes.installation import Installation


def put_to_sleep(child: Child, installation: Installation) -> None:
    """Stop a process while it writes to no SQLite file: asleep in a transaction there, it would keep out everybody else.

    A PostgreSQL server ends such a transaction by itself.
    """
    files = [sqlite_file(url) for url in (installation.url, engine_url(installation.url))]
    with _nobody_writes([file for file in files if file is not None]):
        child.fall_asleep()
        until(child.is_asleep, "it is asleep")


@contextmanager
def _nobody_writes(files: list[Path]) -> Iterator[None]:
    if not files:
        yield
        return
    with closing(sqlite3.connect(files[0], timeout=PATIENCE_S, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with _nobody_writes(files[1:]):
            yield
