"""A worker in a process of its own: `python -m tests.engine.worker URL NAME ALIVE`.

ALIVE is a file with the names of the workers that live. It prints what it does, a line each, and stops when its
standard input is closed. Exports from HELD on never end.
"""

import logging
import os
import sys
import threading
from pathlib import Path

from hub.engine import Durable, Job, queues

HELD = 1_000


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # whole lines, whichever thread says them


def work(export_id: int) -> None:
    say(f"export {export_id}")
    if export_id >= HELD:
        threading.Event().wait()


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    url, name, alive = sys.argv[1:]
    queues.POLL_S = queues.JOBS_POLL_S = 0.05
    engine = Durable(
        url,
        worker=name,
        work=work,
        sweep=list,
        alive=lambda: Path(alive).read_text().split(),
        jobs=[Job(name="now and then", run=lambda: say("job"), every_s=80_000)],
        dead_workers_s=0.2,
    )
    engine.start()
    say("ready")
    sys.stdin.read()
    say("stopped" if engine.stop(within_s=20) else "left")


if __name__ == "__main__":
    main()
