"""A fake ledger in a process of its own: python -m hub.testing.ledger --port 8100 --profile request_id."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from hub.api import Limits
from hub.testing.ledger.chart import CHART, read_chart
from hub.testing.ledger.ledger import FakeLedger
from hub.testing.ledger.server import serve
from hub.testing.ledger.state import StateFile, kept
from hub.testing.lossy import Fault, LossyTransport, SeededFaults, writes
from hub.testing.profile import Profile

TICK_S = 0.05


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; print one line of JSON, with base_url, when ready."""
    options = parser().parse_args(arguments)
    accounts = read_chart(options.chart) if options.chart else CHART
    state = StateFile(options.file, accounts) if options.file else None
    ledger = FakeLedger(
        now=lambda: datetime.now(UTC),
        profile=options.profile,
        accounts=accounts,
        currency=options.currency,
        company_id=options.company,
        limits=_limits(options),
        key_life_s=options.key_life_s,
        pause=(lambda: time.sleep(options.latency_ms / 1000)) if options.latency_ms else None,
        told=state.append if state else None,
    )
    if options.file:
        ledger.restore(kept(options.file))
    stop = _stop_on_signals()
    with serve(ledger, options.port, transport=_transport(ledger, options)) as base_url:
        ready = {"base_url": base_url, "profile": options.profile.value, "company": options.company, "pid": os.getpid()}
        sys.stdout.write(f"{json.dumps(ready)}\n")
        sys.stdout.flush()
        while not stop.wait(TICK_S):
            ledger.trial_balance()  # writes what was due by now, though nobody calls


def parser() -> argparse.ArgumentParser:
    """Return the options that the command takes."""
    command = argparse.ArgumentParser(prog="python -m hub.testing.ledger", description=main.__doc__)
    command.add_argument("--port", type=int, default=0, help="0 for any free one")
    command.add_argument("--profile", type=Profile, choices=list(Profile), default=Profile.REQUEST_ID)
    command.add_argument("--file", type=Path, help="append every journal to this file, and begin with those in it")
    command.add_argument("--chart", type=Path, help="accounts: CSV with number, name, kind, active and perhaps id")
    command.add_argument("--currency", default="USD")
    command.add_argument("--company", default="1", help="the company's id")
    command.add_argument("--latency-ms", type=int, default=0, help="how long each call takes")
    command.add_argument("--key-life-s", type=int, help="instead of the profile's")
    command.add_argument("--calls-per-minute", type=int, help="answer 429 to more")
    command.add_argument("--calls-at-once", type=int, help="answer 429 to more")
    command.add_argument(
        "--lose-answers", type=float, default=0, metavar="P", help="lose the answers of P of the writes"
    )
    command.add_argument("--late", type=float, default=0, metavar="SECONDS", help="how late writes come at most")
    command.add_argument("--late-share", type=float, default=0, metavar="P", help="P of the writes come late")
    command.add_argument("--seed", type=int, default=0, help="for --lose-answers and --late")
    return command


def _limits(options: argparse.Namespace) -> Limits:
    return Limits(calls_per_minute=options.calls_per_minute, calls_at_once=options.calls_at_once)


def _transport(ledger: FakeLedger, options: argparse.Namespace) -> httpx2.BaseTransport:
    """Return what answers on the socket: the ledger, with answers lost and journals late as often as asked for."""
    chance = random.Random(options.seed)
    lost = SeededFaults(chance, {Fault.ANSWER_LOST: options.lose_answers})
    answer = _often_late(ledger, options, chance) if options.late_share else ledger.handle
    return LossyTransport(httpx2.MockTransport(answer), lambda request: lost(request) if writes(request) else None)


def _often_late(
    ledger: FakeLedger, options: argparse.Namespace, chance: random.Random
) -> Callable[[httpx2.Request], httpx2.Response]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if writes(request) and chance.random() < options.late_share:
            ledger.commit_late(chance.uniform(0, options.late))
        return ledger.handle(request)

    return answer


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


if __name__ == "__main__":
    main()
