"""A process that is killed while it imports counts: `python -m tests.importing.killed URL FILE`."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from hub.service.importing import import_file
from hub.store import Database


def be_killed(_rows: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    url, file = sys.argv[1:]
    now = datetime.now(UTC)
    import_file(Database(url), "ACME", "counts", Path(file), actor="tester", now=now, progress=be_killed)
