"""An office for schedules, on memory-backed files where there are any."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import upgrade
from tests.faults.office import Office, SqliteCopies

IN_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Return an office on SQLite whose schedules each begin with the same books."""
    home = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(dir=home))
    url = f"sqlite:///{folder / 'hub.sqlite'}"
    upgrade(url)
    yield Office(url, folder, SqliteCopies)
    shutil.rmtree(folder)
