"""Engines on databases of their own, what they did, and the rows in their tables."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from hub.engine import Durable, durable, engine_url, queues
from hub.engine.place import SCHEMA

PATIENCE_S = 30
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For what is the same code and the same SQL on every database."""


class Worked:
    """Work that writes down which export it was given, and can be told to wait or to fail."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.began: list[int] = []
        self.ended: list[int] = []
        self.most_at_once = 0
        self.gates: dict[int, threading.Event] = {}
        self.errors: dict[int, Exception] = {}

    def __call__(self, export_id: int) -> None:
        with self._changed:
            self.began.append(export_id)
            self.most_at_once = max(self.most_at_once, len(self.began) - len(self.ended))
            self._changed.notify_all()
        try:
            if export_id in self.gates:
                assert self.gates[export_id].wait(PATIENCE_S)
            if export_id in self.errors:
                raise self.errors[export_id]
        finally:
            with self._changed:
                self.ended.append(export_id)
                self._changed.notify_all()

    def hold(self, *export_ids: int) -> threading.Event:
        """Make the work of these exports wait until the event is set."""
        gate = threading.Event()
        self.gates.update(dict.fromkeys(export_ids, gate))
        return gate

    def wait_until(self, reached: Callable[["Worked"], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: reached(self), PATIENCE_S), (self.began, self.ended)

    def wait_for(self, *export_ids: int) -> None:
        """Wait until each of these has ended as often as it is named."""
        self.wait_until(lambda worked: Counter(worked.ended) >= Counter(export_ids))


class Asked:
    """A question an engine asks again and again: its answer, and how often it was asked."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._changed = threading.Condition()
        self._answer = answer
        self.times = 0

    def __call__(self) -> Any:
        with self._changed:
            self.times += 1
            self._changed.notify_all()
        return self._answer()

    def wait_for_more(self, times: int) -> None:
        """Wait until it was asked so many times more."""
        with self._changed:
            enough = self.times + times
            assert self._changed.wait_for(lambda: self.times >= enough, PATIENCE_S)


class Rows:
    """The engine's own tables, read and written past the engine."""

    def __init__(self, hub_url: str) -> None:
        self.hub_url = hub_url
        self.engine = create_engine(engine_url(hub_url))
        self._prefix = "" if make_url(hub_url).get_backend_name() == "sqlite" else f"{SCHEMA}."

    def run(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement.replace("{}", self._prefix)), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def statuses(self, kind: str = "export") -> dict[str, str]:
        """The status of each queued piece of work, by its id."""
        found = self.run("SELECT workflow_uuid, status FROM {}workflow_status WHERE name = :kind", kind=f"{kind}s")
        return dict(found)

    def queued_as(self, export_id: int) -> list[str]:
        return [row for row in self.statuses() if row.startswith(f"export/{export_id}/")]

    def take(self, queued_as: str, worker: str) -> None:
        """Have a worker take a piece of work, as one does that is killed at that moment."""
        self.run(
            "UPDATE {}workflow_status SET status = 'PENDING', executor_id = :worker WHERE workflow_uuid = :id",
            worker=worker,
            id=queued_as,
        )


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues are looked at often, so that tests do not wait."""
    for interval in ("POLL_S", "JOBS_POLL_S"):
        monkeypatch.setattr(queues, interval, 0.02)
    monkeypatch.setattr(durable, "JOBS_S", 0.02)


@pytest.fixture
def worked() -> Worked:
    return Worked()


@pytest.fixture
def rows(empty_database_url: str) -> Iterator[Rows]:
    opened = Rows(empty_database_url)
    yield opened
    opened.engine.dispose()


Started = Callable[..., Durable]


@pytest.fixture
def started(empty_database_url: str, worked: Worked) -> Iterator[Started]:
    """Starts engines that are stopped at the end of the test, their work let go."""
    engines: list[Durable] = []

    def start(worker: str = "w1", **options: Any) -> Durable:
        settings = {"work": worked, "sweep": list, "alive": lambda: [worker], **options}
        engines.append(Durable(empty_database_url, worker=worker, **settings))
        engines[-1].start()
        return engines[-1]

    yield start
    for gate in worked.gates.values():
        gate.set()
    for engine in engines:
        assert engine.stop(PATIENCE_S)
