"""What every sandbox has behind its counter: a clock, companies' books, faults, limits, and writes that come late."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from hub.testing.clock import Clock
from hub.testing.sandbox.books import Books
from hub.testing.sandbox.faults import Faults
from hub.testing.sandbox.limits import CallLimits


class Desk:
    """The state of one sandbox; not safe for threads: an event loop, or the in-process transport, serves one call at a time."""

    def __init__(self, *, clock: Clock, companies: Iterable[Books], faults: Faults, limits: CallLimits) -> None:
        self.clock = clock
        self.companies = {books.company: books for books in companies}
        self.faults = faults
        self.limits = limits
        self._late: list[tuple[datetime, Callable[[], object]]] = []

    def write_late(self, seconds: float, write: Callable[[], object]) -> None:
        """Do something as soon as so much time has passed, before whatever is asked then."""
        self._late.append((self.clock.now() + timedelta(seconds=seconds), write))
        self._late.sort(key=lambda each: each[0])

    def settle(self) -> None:
        """Do what was due by now."""
        now = self.clock.now()
        while self._late and self._late[0][0] <= now:
            _, write = self._late.pop(0)
            write()

    def books(self, company: str = "") -> Books | None:
        """Return a company's books as of now, the first company's where none is named; None where there is no such one."""
        self.settle()
        return self.companies.get(company) if company else next(iter(self.companies.values()))
