"""What the benchmarks of connectors share: the same lines for all, turns, CPU of the client's process, a sandbox beside it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count

from hub.api import Account, JournalEntry, JournalLine, Reason, Side

ROUNDS = 5
JOURNALS = {20: 60, 1_000: 6}
"""How many journals of so many lines are posted in one turn."""
MOST_TIMES_BARE = {20: 1.3, 1_000: 1.5}
DAY = date(2026, 10, 31)

Figure = tuple[str, float, float, float, float]
Post = Callable[[int, int], Callable[[], object]]
"""Returns what posts a journal of so many lines, with a number of its own."""


def compared(system: str, peer_name: str, posts: Mapping[str, Post], *, quick: bool) -> Iterator[Figure]:
    """Yield for each size the best CPU of several turns, of ours against bare and against the peer; in milliseconds."""
    for lines in JOURNALS:
        best = dict.fromkeys(posts, float("inf"))
        for _ in range(1 if quick else ROUNDS):
            for name, post in posts.items():
                best[name] = min(best[name], _cpu_ms(post, lines))
        ours, bare, peer = best["ours"], best["bare"], best["peer"]
        yield f"{system} journal, {lines:,} lines, CPU ms", ours, bare, ours / bare, MOST_TIMES_BARE[lines]
        yield f"the same by {peer_name}, CPU ms", ours, peer, ours / peer, float("inf")


_numbers = count(1)


def _cpu_ms(post: Post, lines: int) -> float:
    first, *others = [post(lines, next(_numbers)) for _ in range(JOURNALS[lines] + 1)]
    first()
    began = time.process_time()
    for send in others:
        send()
    return (time.process_time() - began) / len(others) * 1000


def amounts(number: int) -> Iterator[tuple[str, Decimal, str]]:
    """Yield side, amount and memo of so many lines; each debit is followed by its credit."""
    for index in range(number // 2):
        amount = Decimal(48_1237 + index) / 100
        memo = f"Ending inventory 2026-10-31 · Category {index} · Downtown"
        yield "debit", amount, memo
        yield "credit", amount, memo


def entries(debit: Account, credit: Account) -> Callable[[int, int], JournalEntry]:
    """Return what makes an entry of so many lines, with a number of its own."""
    accounts = {"debit": debit, "credit": credit}
    made = {
        number: tuple(
            JournalLine(
                account=accounts[side], side=Side(side), amount=amount, memo=memo, site="DT", reason=Reason.CURRENT
            )
            for side, amount, memo in amounts(number)
        )
        for number in JOURNALS
    }

    def entry(lines: int, number: int) -> JournalEntry:
        return JournalEntry(
            key=f"{number:032x}",
            reference=f"IA{number:09}",
            part=1,
            date=DAY,
            count_date=DAY,
            currency="USD",
            memo="Ending inventory",
            lines=made[lines],
        )

    return entry


@contextmanager
def beside(module: str) -> Iterator[dict[str, str]]:
    """Run `python -m MODULE serve`, which starts a sandbox, and yield the JSON line that it prints."""
    command = [sys.executable, "-m", module, "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # which ends it
