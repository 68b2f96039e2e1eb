"""The way in and out, which both transports share: how many calls at once, and what goes wrong before and after the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from starlette.responses import Response

from hub.testing.sandbox import READ, WRITE, AnswerLost, Desk, MovableClock
from hub_netsuite.sandbox.refusals import Fault, Refused

AT_ONCE = 5
SLOW_S = 30
GATEWAY = (
    "<html><head><title>503 Service Unavailable</title></head><body>The server is temporarily unable.</body></html>"
)
FAULTS = (
    "after_submit_failed",
    "after_submit_failed_lower",
    "changed_amounts",
    "concurrency",
    "garbage",
    "gateway_shape",
    "late_commit",
    "lost_answer",
    "lost_request",
    "server_error_after",
    "server_error_before",
    "slow",
    "throttle",
    "unexpected_error",
    "warn",
)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Trouble(Exception):
    """What a planned fault answers with: `concurrency`, `throttle` or `unexpected`."""

    name: str


class Way:
    """Lets calls in: at most five at once, of both transports together."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._under_way = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a call among those under way."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def come(self, *, writes: bool) -> Response | None:
        """Do what was planned for the way there; return an answer that comes from before the server.

        Raises AnswerLost and Trouble.
        """
        faults, call = self._desk.faults, WRITE if writes else READ
        slow = faults.take("slow", call)
        if slow is not None:
            await self._pause(slow.seconds or SLOW_S)
        if faults.take("lost_request", call):
            raise AnswerLost
        if faults.take("gateway_shape", call):
            return Response(GATEWAY, 503, media_type="text/html")
        if faults.take("throttle", call):
            raise Trouble("throttle")
        crowded = self._desk.limits.on and self._under_way > AT_ONCE
        if crowded or faults.take("concurrency", call):
            raise Trouble("concurrency")
        return None

    def work(self, do: Callable[[], Answer], *, writes: bool) -> Answer:
        """Do the work, late or not where that was planned, and return what it answers; raises AnswerLost and Trouble."""
        faults, call = self._desk.faults, WRITE if writes else READ
        if faults.take("server_error_before", call):
            raise Trouble("unexpected")
        late = faults.take("late_commit", call)
        if late is not None:
            self._desk.write_late(late.seconds, lambda: _silently(do))
            raise AnswerLost
        answer = do()
        if faults.take("lost_answer", call):
            raise AnswerLost
        if faults.take("server_error_after", call):
            raise Trouble("unexpected")
        return answer

    def spoilt(self, *, writes: bool) -> Response | None:
        """Return what comes instead of the answer where that was planned."""
        garbage = self._desk.faults.take("garbage", WRITE if writes else READ)
        return Response(garbage.body or GATEWAY, 200, media_type="text/html") if garbage else None

    async def _pause(self, slow_s: float) -> None:
        """Take a while: as long as it says where the machine's clock runs, else the test's clock moves on."""
        if isinstance(self._desk.clock, MovableClock):
            await asyncio.sleep(slow_s)
        else:
            self._desk.clock.advance(slow_s)


def _silently(do: Callable[[], object]) -> None:
    with suppress(Fault, Refused):  # its caller has gone
        do()
