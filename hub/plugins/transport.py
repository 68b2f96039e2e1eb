"""What stands between a connector's requests and the network: whom it may ask, and how much of an answer it gets.

httpx2.TransportError
├── ConnectError: nothing was sent
│   ├── HostRefused
│   └── ClientClosed
├── ReadTimeout
│   └── AnswerTooSlow
└── ReadError
    ├── AnswerTooLarge
    └── AnswerUnreadable
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock, Thread, current_thread

import httpx2

from hub.plugins.calls import Raised, call, printable
from hub.plugins.wire import MAY_SEND, UNTIL

log = logging.getLogger(__name__)

MOST_HEADER_BYTES = 65_536
MOST_PATH = 300  # characters that are logged
ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})  # one at a time: several multiply the work
PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]  # scheme, host, port


class HostRefused(httpx2.ConnectError):
    """A request to an address that is not the connection's; nothing was sent."""


class ClientClosed(httpx2.ConnectError):
    """A request on a client that was closed, such as that of a call past its deadline; nothing was sent."""


class AnswerTooSlow(httpx2.ReadTimeout):
    """The request and its answer took longer than one may in all."""


class AnswerTooLarge(httpx2.ReadError):
    """An answer, or its headers, of more bytes than are taken in."""


class AnswerUnreadable(httpx2.ReadError):
    """An answer that is packed in a way that is not unpacked, or broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """One request and its end, for the log: no query, no headers but the request id, no body.

    status: None where no answer came; error: the class of what went wrong, empty where nothing did; request_id: as the
    accounting system named it.
    """

    method: str
    host: str
    path: str
    status: int | None
    error: str
    duration_s: float
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far an answer may go: most_bytes on the wire and again unpacked; longest_s from the first step to the last."""

    most_bytes: int
    longest_s: float


def origin_of(url: httpx2.URL) -> Origin:
    """Return what tells one server from another."""
    return url.scheme, url.host, url.port or PORTS.get(url.scheme)


class GuardedTransport(httpx2.BaseTransport):
    """Sends through another transport, within bounds; it may be closed from any thread, even while another uses it.

    origins: those that may be asked; request_ids: names of headers that may hold an answer's request id; on_call: told of
    each request at its end.
    """

    def __init__(
        self,
        inner: httpx2.BaseTransport,
        bounds: Bounds,
        *,
        origins: frozenset[Origin],
        clock: Callable[[], float],
        request_ids: tuple[str, ...],
        on_call: Callable[[HttpCall], None] | None,
    ) -> None:
        self._inner = inner
        self._bounds = bounds
        self._origins = origins
        self._clock = clock
        self._request_ids = request_ids
        self._on_call = on_call
        self._lock = Lock()
        self._busy: dict[Exchange, Thread] = {}
        self._closed = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and return its answer, whose body is read within the bounds."""
        if origin_of(request.url) not in self._origins:
            raise HostRefused(f"{printable(request.url.host, MOST_PATH)} is none of this connection's hosts")
        exchange = Exchange(request, self._bounds, self._clock, self._ended)
        with self._lock:
            if self._closed:
                raise ClientClosed("the client is closed")
            self._busy[exchange] = current_thread()
        request.extensions |= {UNTIL: exchange.until, MAY_SEND: lambda: not self._closed}
        try:
            return exchange.guarded(self._inner.handle_request(request))
        except BaseException as error:
            exchange.end(error)
            raise

    def close(self) -> None:
        """Send nothing more, and close the inner transport, at once or when the thread that is using it is done.

        A socket that is closed below a thread reading from it may be another's by the time it reads on.
        """
        with self._lock:
            self._closed = True
            in_use = any(thread is not current_thread() and thread.is_alive() for thread in self._busy.values())
        if not in_use:
            self._inner.close()

    def _ended(self, exchange: Exchange) -> None:
        with self._lock:
            self._busy.pop(exchange, None)
            last = self._closed and not self._busy
        if last:
            self._inner.close()
        self._tell(exchange)

    def _tell(self, exchange: Exchange) -> None:
        on_call = self._on_call
        if on_call is None:
            return
        told = call(lambda: on_call(exchange.summary(self._request_ids)))
        if isinstance(told, Raised):
            log.error("a call was not logged", exc_info=told.error)


class Exchange:
    """One request and its answer; until: when it must be over, in seconds of the clock."""

    def __init__(
        self,
        request: httpx2.Request,
        bounds: Bounds,
        clock: Callable[[], float],
        on_end: Callable[[Exchange], None],
    ) -> None:
        self._request = request
        self._bounds = bounds
        self._clock = clock
        self._on_end = on_end
        self._started = clock()
        self.until = self._started + bounds.longest_s
        self._answer: httpx2.Response | None = None
        self._error: BaseException | None = None
        self._ended: float | None = None

    def guarded(self, answer: httpx2.Response) -> httpx2.Response:
        """Return the same answer, unpacked as it is read, and read within the bounds."""
        self._answer = answer
        self._refuse_late()
        size = sum(len(name) + len(value) for name, value in answer.headers.raw)
        if size > MOST_HEADER_BYTES:
            raise AnswerTooLarge(f"the answer's headers have more than {MOST_HEADER_BYTES:,} bytes")
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding not in ENCODINGS:
            raise AnswerUnreadable(f"the answer is packed as {printable(encoding, MOST_PATH)}")
        arriving = answer.stream
        if not isinstance(arriving, httpx2.SyncByteStream):
            raise TypeError("the inner transport answers asynchronously")
        answer.stream = _Stream(self._counted(arriving), arriving.close)
        return httpx2.Response(
            status_code=answer.status_code,
            headers=[(name, value) for name, value in answer.headers.raw if not (encoding and _of_packing(name))],
            stream=_Stream(self._unpacked(answer), self.end),
            extensions=answer.extensions,
        )

    def end(self, error: BaseException | None = None) -> None:
        """Let go of the answer, and tell that the request is over, once."""
        if self._ended is not None:
            return
        self._ended = self._clock()
        self._error = self._error or error
        try:
            if self._answer is not None:
                self._answer.close()
        finally:
            self._on_end(self)

    def summary(self, request_ids: tuple[str, ...]) -> HttpCall:
        """Return what is logged of it."""
        url, answer = self._request.url, self._answer
        headers = httpx2.Headers() if answer is None else answer.headers
        named = next((headers[name] for name in request_ids if name in headers), "")
        return HttpCall(
            method=self._request.method,
            host=url.host,
            path=printable(url.path, MOST_PATH),
            status=None if answer is None else answer.status_code,
            error="" if self._error is None else type(self._error).__name__,
            duration_s=(self._ended or self._clock()) - self._started,
            request_id=printable(named, MOST_PATH),
        )

    def _counted(self, pieces: httpx2.SyncByteStream) -> Iterator[bytes]:
        """What arrives; answers that unpack to nothing are bounded here."""
        size = 0
        for piece in pieces:
            size += len(piece)
            self._refuse_late()
            self._refuse_large(size)
            yield piece

    def _unpacked(self, answer: httpx2.Response) -> Iterator[bytes]:
        """What it means, unpacked a megabyte at a time by the HTTP library."""
        size = 0
        try:
            for piece in answer.iter_bytes():
                size += len(piece)
                self._refuse_late()
                self._refuse_large(size)
                yield piece
        except httpx2.DecodingError as error:
            self._error = AnswerUnreadable("the answer cannot be unpacked")
            raise self._error from error
        except Exception as error:
            self._error = error
            raise

    def _refuse_late(self) -> None:
        if self._clock() > self.until:
            raise AnswerTooSlow(f"the answer took longer than {self._bounds.longest_s:g} s")

    def _refuse_large(self, size: int) -> None:
        if size > self._bounds.most_bytes:
            raise AnswerTooLarge(f"the answer has more than {self._bounds.most_bytes:,} bytes")


class _Stream(httpx2.SyncByteStream):
    """Bytes as they come, and what closes them."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], None]) -> None:
        self._pieces = pieces
        self._close = close

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        self._close()


def _of_packing(name: bytes) -> bool:
    return name.lower() in (b"content-encoding", b"content-length")
