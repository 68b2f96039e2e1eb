"""Exports of a long queue are queued several at a time, since each thing queued costs as much as a small export."""

import pytest

from hub.engine import durable
from hub.engine.queues import exports_of
from tests.engine.conftest import ON_SQLITE, Asked, Rows, Started, Worked


def test_of_many_exports_that_wait_several_are_queued_together_and_those_of_a_lane_all_in_one(
    started: Started, worked: Worked, rows: Rows
) -> None:
    many = [(export_id, str(export_id % 10)) for export_id in range(1, 21)]
    started(sweep=lambda: [] if worked.ended else many, threads=8, sweep_s=0.02)
    worked.wait_for(*range(1, 21))
    queued = [sorted(exports_of(queued_as)) for queued_as in rows.statuses()]
    assert sorted(export_id for together in queued for export_id in together) == list(range(1, 21))
    assert len(queued) == 4
    assert all(any({number, number + 10} <= set(together) for together in queued) for number in range(1, 11))


@ON_SQLITE
def test_of_those_queued_together_what_is_not_begun_soon_is_left_to_the_next_sweep(
    started: Started, worked: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "TOGETHER_S", 0)
    sweep = Asked(lambda: [(export_id, str(export_id)) for export_id in range(6) if export_id not in worked.ended])
    started(sweep=sweep, threads=4, sweep_s=0.02)
    worked.wait_for(*range(6))
    assert sweep.times > 1
    assert sorted(worked.ended) == list(range(6))
