"""The engine without a queue."""

import logging

import pytest

from hub.engine import Engine, Inline
from tests.engine.conftest import Worked


def test_a_woken_export_is_worked_on_at_once(worked: Worked) -> None:
    engine: Engine = Inline(worked)
    engine.start()
    engine.wake(7, "1")
    assert worked.ended == [7]
    assert engine.stop(0)


def test_what_the_work_raises_is_logged_and_the_next_export_is_worked_on(
    worked: Worked, caplog: pytest.LogCaptureFixture
) -> None:
    worked.errors[7] = RuntimeError("no")
    engine = Inline(worked)
    with caplog.at_level(logging.ERROR):
        engine.wake(7, "1")
    engine.wake(8, "1")
    assert worked.ended == [7, 8]
    assert "export 7" in caplog.text


def test_what_the_work_wakes_follows_when_it_has_ended_each_export_once() -> None:
    order: list[str] = []

    def work(export_id: int) -> None:
        order.append(f"begins {export_id}")
        if export_id == 1:
            for woken in (2, 3, 2):
                engine.wake(woken, "1")
        order.append(f"ends {export_id}")

    engine = Inline(work)
    engine.wake(1, "1")
    assert order == ["begins 1", "ends 1", "begins 2", "ends 2", "begins 3", "ends 3"]


@pytest.mark.parametrize("partition", ["", " "])
def test_an_empty_partition_is_refused(worked: Worked, partition: str) -> None:
    with pytest.raises(ValueError, match="partition"):
        Inline(worked).wake(7, partition)
    assert worked.began == []
