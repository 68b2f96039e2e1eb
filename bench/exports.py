"""How many exports a second a worker posts to an accounting system that takes 300 ms for each call.

The worker is a process of its own, `hub worker`, which finds every export frozen when it starts. It is held against queued
workflows of one empty step on the same database, which call nothing, and against a loop that posts as many journals
with one httpx2 client for each thread and writes nothing down. The accounting system is the fake ledger, in a process too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from bench import engine

if TYPE_CHECKING:
    from tests.processes.children import Child
    from tests.processes.installation import Installation

COMPANIES, CONNECTIONS, SITES = 6, 10, 4
EXPORTS = COMPANIES * CONNECTIONS * SITES
LATENCY_MS = 300
THREADS = 64
MOST_TIMES_EMPTY = 1 / 0.7
TENANTS, EACH = 3, 24
PER_MINUTE, AT_ONCE = 120, 2
PATIENCE_S = 300.0
MEGABYTE_IN_KB = 1024
ANY = float("inf")
WORKED = "SELECT min(started_at) AS began, max(ended_at) AS ended FROM attempt"

Figure = tuple[str, float, float, float, float]
"""Name, ours and what it is held against, how much slower ours is, the most that may be (infinite: shown for comparison)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one run: exports a second, and the most memory that a worker took (MB)."""

    per_second: float
    memory: float


def figures(*, quick: bool = False) -> Iterator[Figure]:
    """Return exports a second on each database, those of two workers, memory, and answers of 429 under limits that bind."""
    rounds = 1 if quick else engine.ROUNDS
    loop = max(_loop() for _ in range(rounds))
    with engine.databases() as databases:
        for name, address in databases.items():
            runs, empty = [], 0.0
            for _ in range(rounds):
                runs.append(_posted(address(), ("one",)))
                empty = max(empty, 1_000 / engine.milliseconds("bare", address()))
            ours = max(run.per_second for run in runs)
            yield (f"exports/s on {name}, of empty workflows", ours, empty, empty / ours, MOST_TIMES_EMPTY)
            yield (f"exports/s on {name}, of a bare loop", ours, loop, loop / ours, ANY)
            yield (f"memory of that worker on {name}, MB", max(run.memory for run in runs), ANY, ANY, ANY)
        address = databases["PostgreSQL"]
        one, two = (_posted(address(), names).per_second for names in (("one",), ("one", "two")))
        yield ("exports/s of two workers, of one", two, one, one / two, ANY)
        refused = float(_refused(address()))
        yield ("answers of 429 under limits that bind", refused, 0, refused, 0)


def _posted(url: str, workers: Sequence[str]) -> Run:
    """Have workers post what was frozen before they started."""
    with _installation(url) as installation:
        installation.ledger()
        installation.set_up([f"C{number}" for number in range(COMPANIES)], CONNECTIONS, SITES)
        _freeze(installation)
        _slower(installation)
        memory = max(_work(installation, workers))
        found = installation.query(WORKED)[0]
        began, ended = (datetime.fromisoformat(found[name]) for name in ("began", "ended"))
        assert len(installation.journals()) == EXPORTS, "a journal is missing, or there twice"
        return Run(per_second=EXPORTS / (ended - began).total_seconds(), memory=memory)


def _refused(url: str) -> int:
    """Return how often accounting systems with limits that bind answered 429 while two workers posted to them."""
    limits = ("--calls-per-minute", str(PER_MINUTE), "--calls-at-once", str(AT_ONCE))
    settings = {"calls_per_minute": str(PER_MINUTE), "calls_at_once": str(AT_ONCE)}
    with _installation(url) as installation:
        tenants = [f"T{number}" for number in range(TENANTS)]
        addresses = []
        for tenant in tenants:
            addresses.append(installation.ledger("--file", str(installation.home / f"{tenant}.jsonl"), *limits))
            installation.set_up([tenant], 1, EACH, **settings)
        own = [child.ready()["base_url"] for child in addresses]
        _freeze(installation)
        _work(installation, ("one", "two"))
        told = [_overview(address) for address in own]
        assert sum(len(each["journals"]) for each in told) == TENANTS * EACH, "a journal is missing, or there twice"
        return sum(each["throttled"] for each in told)


def _freeze(installation: Installation) -> None:
    chance = Random(1)
    for company in dict.fromkeys(place.company for place in installation.places):
        installation.counts(company, 0, chance)
    for place in installation.places:
        made = installation.export(place, 0)
        assert made["export"], made


def _work(installation: Installation, names: Sequence[str]) -> list[float]:
    """Have workers post all there is, and return how much memory each took at most (MB)."""
    workers = [installation.worker(name, "--threads", str(THREADS)) for name in names]
    for worker in workers:
        worker.ready()
    installation.settles(PATIENCE_S)
    memory = [_most_memory(worker) for worker in workers]
    for worker in workers:
        worker.stop()
    return memory


def _slower(installation: Installation) -> None:
    """Let the ledger answer as slowly from now on as those of vendors do, at the same address."""
    ledger = installation.children.pop()
    ledger.kill()
    port = installation.base_url.rpartition(":")[2]
    installation.ledger("--latency-ms", str(LATENCY_MS), "--port", port)


def _most_memory(worker: Child) -> float:
    status = Path(f"/proc/{worker.process.pid}/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / MEGABYTE_IN_KB


def _overview(address: str) -> dict[str, Any]:
    """Return what a ledger tells of itself; Any: its JSON."""
    import httpx2

    answer: dict[str, Any] = httpx2.get(f"{address}/_ledger").json()
    return answer


@contextmanager
def _installation(url: str) -> Iterator[Installation]:
    from hub.domain.posting import Timing
    from hub.store import upgrade
    from tests.conftest import quick_folder
    from tests.processes.installation import Installation

    upgrade(url)
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        installation = Installation(url, Path(folder), timing=Timing())
        try:
            yield installation
        finally:
            installation.close()


def _loop() -> float:
    """Return how many journals a second a bare loop posts."""
    with tempfile.TemporaryDirectory() as folder, _installation(f"sqlite:///{Path(folder) / 'empty.sqlite'}") as stub:
        stub.ledger("--latency-ms", str(LATENCY_MS))
        command = [sys.executable, "-m", "bench.exports", stub.base_url]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        return EXPORTS / float(json.loads(answer.stdout))


def _bare(base_url: str) -> float:
    """Post as many journals as there are exports with a client for each thread, and return how long that took (seconds)."""
    import httpx2

    mine, clients = threading.local(), [httpx2.Client(timeout=PATIENCE_S) for _ in range(THREADS)]

    def post(number: int) -> None:
        if not hasattr(mine, "client"):
            mine.client = clients.pop()
        sides = (("acc-1310", "debit"), ("acc-5010", "credit"), ("acc-1340", "debit"), ("acc-5100", "credit"))
        lines = [{"account_id": account, side: "100.00", "memo": "Food"} for account, side in (*sides, *sides, *sides)]
        journal = {"reference": f"IA{number:09}", "memo": "", "date": "2001-01-01", "currency": "USD", "lines": lines}
        params = {"request_id": f"{number:032}"}
        mine.client.post(f"{base_url}/companies/1/journals", json=journal, params=params).raise_for_status()

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(post, range(EXPORTS)))
    return time.perf_counter() - began


def main() -> None:
    """Print the figures, or post with the bare loop to an address and print how long that took."""
    if sys.argv[1:] and sys.argv[1] != "--quick":
        print(json.dumps(_bare(sys.argv[1])))
        return
    for name, ours, floor, ratio, target in figures(quick="--quick" in sys.argv[1:]):
        print(f"{name}: {ours:.1f}, {floor:.1f}, ratio {ratio:.2f} (at most {target:.2f})", flush=True)


if __name__ == "__main__":
    main()
