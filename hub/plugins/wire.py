"""The sockets below a guarded client: no step of a request outlasts its end, and none sends once its client is closed.

The HTTP library's time-outs hold for one read or write each, so a byte a second passes them for ever; here each is cut
to what is left until the end that the transport above has set.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

UNTIL = "hub_until"  # the request extension that holds its end, in seconds of the clock
MAY_SEND = "hub_may_send"  # the request extension that says whether its client is still open
MOST_CONNECTIONS = 4
PIECE = 65_536  # bytes written in one step
KEEP_ALIVE_S = 5  # short, since a journal sent on a connection that the server has just closed is of unknown outcome

_ERRORS: dict[type[BaseException], type[httpx2.TransportError]] = {
    getattr(httpcore2, name): getattr(httpx2, name)
    for name in (
        "ConnectError",
        "ConnectTimeout",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "ReadError",
        "ReadTimeout",
        "RemoteProtocolError",
        "UnsupportedProtocol",
        "WriteError",
        "WriteTimeout",
    )
}


class Wire(httpx2.BaseTransport):
    """HTTP/1.1 over TCP and TLS, without retries, redirects or proxies.

    context: for addresses with TLS; clock: monotonic seconds, as the ends of requests are given in; backend: another
    network, for tests.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None,
        clock: Callable[[], float],
        backend: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self._network = _Network(backend or httpcore2.SyncBackend(), clock)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEEP_ALIVE_S,
            retries=0,
            network_backend=self._network,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request, and return its answer as soon as its headers are there."""
        until = request.extensions[UNTIL]
        with self._network.bounded(until, request.extensions[MAY_SEND]):
            answer = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer, self._network, until),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Network(httpcore2.NetworkBackend):
    """A network whose steps end when the request does that they belong to."""

    def __init__(self, backend: httpcore2.NetworkBackend, clock: Callable[[], float]) -> None:
        self._backend = backend
        self._clock = clock
        self._until = 0.0
        self._may_send: Callable[[], bool] = bool

    @contextmanager
    def bounded(self, until: float, may_send: Callable[[], bool] = bool) -> Iterator[None]:
        """Let what follows end at an instant of the clock, and send only while it may: where nothing is said, not at all.

        Raises the HTTP client's errors, not its engine's.
        """
        self._until = until
        self._may_send = may_send
        try:
            yield
        except tuple(_ERRORS) as error:
            raise _ERRORS[type(error)](str(error)) from error

    def left(self, timeout: float | None, too_late: type[httpcore2.TimeoutException]) -> float:
        """Return how long a step may take."""
        left = self._until - self._clock()
        if left <= 0:
            raise too_late("the request took too long")
        return left if timeout is None else min(timeout, left)

    def left_to_send(self, timeout: float | None, too_late: type[httpcore2.TimeoutException]) -> float:
        """Return how long a step towards the other side may take."""
        if not self._may_send():
            raise too_late("the client is closed")
        return self.left(timeout, too_late)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        timeout = self.left_to_send(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, timeout, local_address, socket_options), self)


class _Stream(httpcore2.NetworkStream):
    """One connection."""

    def __init__(self, stream: httpcore2.NetworkStream, network: _Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            piece = buffer[start : start + PIECE]
            self._stream.write(piece, self._network.left_to_send(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        timeout = self._network.left_to_send(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._network)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Body(httpx2.SyncByteStream):
    """The body of one answer, as it arrives."""

    def __init__(self, answer: httpcore2.Response, network: _Network, until: float) -> None:
        self._answer = answer
        self._network = network
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._answer.iter_stream()
        while True:
            with self._network.bounded(self._until):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def close(self) -> None:
        with self._network.bounded(self._until):
            self._answer.close()
