"""How often suggested accounts are right, by chart; and how long suggesting takes in a chart of 5,000 accounts.

The charts beside the source tree are measured where they are there: `python -m bench.suggestions ../shared/data`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hub.api import Account, AccountKind
from hub.domain.setup import GlAccount
from hub.service.setup_suggestions import SURE_ENOUGH, suggestions
from tests.real.mapped_charts import HELD_OUT, Score, by_hand, by_rule, charts, score, wrong

ACCOUNTS, GL_ACCOUNTS = 5_000, 200
ROUNDS = 3
LIMITS = (60, 70, 80, 85, 88, 90, 93, 95, 98)


def main() -> None:
    """Print the tables; with --wrong also what was accepted and is not right, with --tuning without the charts held out."""
    words = [each for each in sys.argv[1:] if not each.startswith("--")]
    every = charts(Path(words[0]) if words else None)
    if "--tuning" in sys.argv:
        every = {name: chart for name, chart in every.items() if name not in HELD_OUT}
    print(f"Accept-all at {SURE_ENOUGH} %; * held out from tuning")
    print(f"{'':<24}{'accepted':>9}{'right':>7}{'precision':>11}{'recall':>8}{'suggested':>11}")
    total: dict[str, Score] = {"by hand": Score(), "by rule": Score()}
    for name, chart in every.items():
        for way, trials in (("by hand", by_hand(name, chart)), ("by rule", by_rule(chart))):
            found = score(trials, SURE_ENOUGH)
            total[way] += found
            print(_row(f"{name}{'*' if name in HELD_OUT else ''}, {way}", found))
            if "--wrong" in sys.argv:
                for told in wrong(trials, SURE_ENOUGH):
                    print(f"    {told}")
    for way, found in total.items():
        print(_row(f"all, {way}", found))
    print(_row("all", total["by hand"] + total["by rule"]))
    print("\nThe same at other limits")
    for limit in LIMITS:
        both = (score(t, limit) for name, chart in every.items() for t in (by_hand(name, chart), by_rule(chart)))
        print(_row(f"{limit} %", sum(both, Score())))
    print(f"\n{GL_ACCOUNTS} GL Accounts in {ACCOUNTS:,} accounts: {1000 * seconds():.0f} ms")


def _row(name: str, found: Score) -> str:
    offered = found.offered / found.known if found.known else 1
    figures = f"{found.precision:>11.3f}{found.recall:>8.2f}{offered:>11.2f}"
    return f"{name:<24}{found.accepted:>9}{found.right:>7}{figures}"


def seconds() -> float:
    """Return how long suggesting takes for many GL Accounts in a long chart of names not seen before: the best of some rounds."""
    return min(_seconds(f"Region {number}") for number in range(ROUNDS))


def _seconds(region: str) -> float:
    sections = ("Downtown", "Harborside", "Airport", "Catering", "Commissary")
    goods = ("Meat", "Fish", "Produce", "Dairy", "Dry Goods", "Bakery", "Beer", "Wine", "Spirits", "Paper")
    chart = [
        Account(
            id=str(at),
            number=str(10_000 + at),
            name=f"Cost of Goods Sold:{region} {sections[at % 5]} {at // 50}:{goods[at // 5 % 10]}",
            kind=AccountKind.COGS,
        )
        for at in range(ACCOUNTS)
    ]
    gl = [
        GlAccount(number=str(at), name=f"COGS {goods[at % 10]} {sections[at % 5]} {at}", kind=AccountKind.COGS)
        for at in range(GL_ACCOUNTS)
    ]
    began = time.perf_counter()
    suggestions(gl, chart)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
