"""Sessions whose calls run in the thread of the test, and again in a thread of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.plugins import scripted


@pytest.fixture(params=[None, 30], ids=["at_once", "in_time"])
def in_either_thread(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scripted, "WAIT_S", request.param)
    yield
    while scripted.OPENED:
        scripted.OPENED.pop().close()
