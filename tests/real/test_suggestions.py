"""Accepting all suggestions at the usual limit is right, on charts of other people's; bench/suggestions.py has the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.service.setup_suggestions import SURE_ENOUGH
from tests.real.mapped_charts import HELD_OUT, RIGHT, Score, by_hand, by_rule, charts, score, wrong

PRECISION, RECALL_BY_RULE, RECALL_BY_HAND = 0.98, 0.9, 0.35


def test_what_is_accepted_together_is_right(shared: Path) -> None:
    every = charts(shared / "data")
    assert every.keys() == RIGHT.keys()
    hand, rule, held = Score(), Score(), Score()
    for name, chart in every.items():
        by = score(by_hand(name, chart), SURE_ENOUGH), score(by_rule(chart), SURE_ENOUGH)
        hand, rule = hand + by[0], rule + by[1]
        if name in HELD_OUT:
            held = held + by[0] + by[1]
    assert hand.accepted > 100
    assert rule.accepted > 100
    assert held.accepted > 80
    assert hand.precision >= PRECISION
    assert rule.precision >= PRECISION
    assert held.precision >= PRECISION
    assert hand.recall >= RECALL_BY_HAND
    assert rule.recall >= RECALL_BY_RULE


@pytest.mark.parametrize("name", ["QuickBooks", "Xero", "NetSuite"])
def test_a_lower_limit_is_worse_which_the_measure_sees(name: str) -> None:
    chart = charts(None)[name]
    trials = [*by_hand(name, chart), *by_rule(chart)]
    low, usual = score(trials, 0), score(trials, SURE_ENOUGH)
    assert low.accepted > usual.accepted
    assert low.precision < PRECISION
    assert len(list(wrong(trials, 0))) == low.accepted - low.right
