"""Following something that moves by itself: a stream of server-sent events that tells the page whenever it has moved on.

A stream holds no worker thread between two looks, is one of a bounded number, and ends by itself: when what it follows
has come to rest, when its person may no longer see it, when the app stops, and after a while in any case; a browser then
asks again, as long as the page is open.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

MOST_STREAMS = 200
"""Of one process at a time; who comes later is told so, and their page looks again by itself."""
LOOK_S, ALIVE_S, LONGEST_S = 1, 15, 300
"""Between two looks; between two signs that the stream still stands; and how long one lasts."""
AGAIN_MS = 2_000
"""After which a browser asks again when a stream has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where something stands. mark: changes whenever it moves; moving: whether it still moves by itself."""

    mark: str
    moving: bool


Look = Callable[[], Standing | None]
"""Tells where something stands, None to whoever may not see it any more; called in a thread."""


class Streams:
    """The streams of one app that are open."""

    def __init__(self) -> None:
        self.open = 0

    @property
    def full(self) -> bool:
        """Whether there are as many as there may be."""
        return self.open >= MOST_STREAMS

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count a stream as long as it is open."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1


def follow(streams: Streams, look: Look, seen: str, stopping: Callable[[], bool]) -> Response:
    """Answer with a stream of what `look` tells; seen: the mark that the browser knows already."""
    if streams.full:
        return PlainTextResponse("Too many pages are followed at once.", 503, {"retry-after": "10"})
    return _Stream(streams, _events(look, seen, stopping))


class _Stream(StreamingResponse):
    """Events as they happen, counted while they are sent, whatever ends them."""

    def __init__(self, streams: Streams, events: AsyncIterator[str]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until there are no more, or nobody listens."""
        with self._streams.one_more():
            await super().__call__(scope, receive, send)


async def _events(look: Look, seen: str, stopping: Callable[[], bool]) -> AsyncIterator[str]:
    yield f"retry: {AGAIN_MS}\n\n"
    began = told = time.monotonic()
    while not stopping() and time.monotonic() - began < LONGEST_S:
        found = await run_in_threadpool(look)
        if found is None:
            yield "event: gone\ndata: \n\n"
            return
        if found.mark != seen or not found.moving:
            seen, told = found.mark, time.monotonic()
            yield f"id: {found.mark}\nevent: {'moved' if found.moving else 'rest'}\ndata: \n\n"
        if not found.moving:
            return
        if time.monotonic() - told > ALIVE_S:
            told = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_S)
