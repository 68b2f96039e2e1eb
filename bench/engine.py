"""How many exports a second the engine wakes, against queued workflows of one empty step on the same database.

Both take a backlog that is there when they start, on SQLite and on PostgreSQL, in memory where there is plenty, so that no
other program's disk is measured; each run has a process and a database of its own, and ours and the floor take turns, so
that both see the same machine. What exports themselves do is not in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EXPORTS = 600
CONNECTIONS = 64
ROUNDS = 3
MOST_TIMES_BARE = 1 / 0.7
POLL_S = 0.1

Figure = tuple[str, float, float, float, float]
"""Name, ours and the floor in milliseconds an export, their ratio, the most that ratio may be."""


def figures(*, quick: bool = False) -> Iterator[Figure]:
    """Return a figure for each database, the best of several runs."""
    rounds = 1 if quick else ROUNDS
    with databases() as found:
        for name, address in found.items():
            runs = [(milliseconds("ours", address()), milliseconds("bare", address())) for _ in range(rounds)]
            ours, floor = (min(each) for each in zip(*runs, strict=True))
            yield (f"engine on {name}, ms an export", ours, floor, ours / floor, MOST_TIMES_BARE)


def milliseconds(what: str, url: str) -> float:
    """Run one measurement in a fresh process, on an empty database; milliseconds for each piece of work.

    what: "ours", or "bare" for workflows of one empty step.
    """
    command = [sys.executable, "-m", "bench.engine", what, url]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(answer.stdout))


@contextmanager
def databases() -> Iterator[dict[str, Callable[[], str]]]:
    """Yield for each kind of database what makes a fresh one and returns its address."""
    from tests.conftest import postgresql_server, quick_folder

    with tempfile.TemporaryDirectory(dir=quick_folder()) as name, postgresql_server() as server:
        numbers = iter(range(1_000))
        yield {
            "SQLite": lambda: f"sqlite:///{Path(name) / f'{next(numbers)}.sqlite'}",
            "PostgreSQL": server.empty,
        }


def _ours(url: str) -> float:
    from hub.engine import Durable, Waker

    done = threading.Semaphore(0)
    waker = Waker(url)
    for export_id in range(EXPORTS):
        waker.wake(export_id, str(export_id % CONNECTIONS))
    engine = Durable(
        url,
        worker="bench",
        work=lambda _: done.release(),
        sweep=list,
        alive=lambda: ["bench"],
        threads=CONNECTIONS,
    )
    engine.start()
    seconds = _seconds(done)
    engine.stop(within_s=10)
    waker.stop(0)
    return seconds


def _bare(url: str) -> float:
    from dbos import DBOS, DBOSClient

    from hub.engine.place import keep_a_log

    done = threading.Semaphore(0)

    @DBOS.step()
    def nothing(_: int) -> None:
        done.release()

    @DBOS.workflow(name="one step")
    def one_step(number: int) -> None:
        nothing(number)

    keep_a_log(url)
    DBOS.migrate(url)
    client = DBOSClient(system_database_url=url, application_name="bare")
    client.register_queue("bare", polling_interval_sec=POLL_S)
    for number in range(EXPORTS):
        client.enqueue({"queue_name": "bare", "workflow_name": "one step"}, number)
    DBOS(config={"name": "bare", "system_database_url": url, "log_level": "WARNING"})
    DBOS.launch()
    seconds = _seconds(done)
    DBOS.destroy(workflow_completion_timeout_sec=10)
    client.destroy()
    return seconds


def _seconds(done: threading.Semaphore) -> float:
    began = time.perf_counter()
    for _ in range(EXPORTS):
        done.acquire()
    return time.perf_counter() - began


def main() -> None:
    """Print the figures, or measure one run for them."""
    if sys.argv[1:]:
        what, url = sys.argv[1:]
        print(json.dumps({"ours": _ours, "bare": _bare}[what](url) / EXPORTS * 1_000))
        return
    for name, ours, floor, ratio, target in figures():
        print(f"{name}: {ours:.2f}, bare {floor:.2f}, ratio {ratio:.2f} (at most {target:.2f})")


if __name__ == "__main__":
    main()
