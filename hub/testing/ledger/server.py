"""The ledger over a real socket."""

from __future__ import annotations

import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import responses
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from hub.testing.ledger.ledger import FakeLedger

HOST = "127.0.0.1"
POLL_S = 0.05
MOST_WAITING = 256  # connections that are not accepted yet
_OURS = frozenset({"connection", "transfer-encoding", "content-length"})


@contextmanager
def serve(ledger: FakeLedger, port: int = 0, *, transport: httpx2.BaseTransport | None = None) -> Iterator[str]:
    """Answer on a socket of this machine, from threads, and yield the base address.

    port: 0 for any free one; transport: what answers instead of the ledger itself, such as a LossyTransport around its
    transport. Where that raises an error of httpx2, the connection is closed without an answer.
    """
    with _Server((HOST, port), _Handler) as server:
        server.transport = transport or ledger.transport()
        thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_WAITING
    transport: httpx2.BaseTransport

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about callers that went away, as killed ones do."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept alive over several requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""

    def _answer(self) -> None:
        try:
            with closing(self.server.transport.handle_request(self._request())) as response:
                self._send(response)
        except (httpx2.TransportError, OSError):
            self.close_connection = True

    def _request(self) -> httpx2.Request:
        length = int(self.headers.get("Content-Length") or 0)
        return httpx2.Request(
            self.command,
            f"http://{HOST}:{self.server.server_address[1]}{self.path}",
            headers=list(self.headers.items()),
            content=self.rfile.read(length),
        )

    def _send(self, response: httpx2.Response) -> None:
        """Send the raw body piece by piece; its end is told by its length where known, else by closing."""
        stream = response.stream
        assert isinstance(stream, httpx2.SyncByteStream)  # a synchronous transport's
        length = response.headers.get("content-length")
        if length is None:
            self.close_connection = True
        waiting = self._head(response, length)
        for piece in stream:
            self.wfile.write(waiting + piece)
            waiting = b""
        if waiting:
            self.wfile.write(waiting)

    def _head(self, response: httpx2.Response, length: str | None) -> bytes:
        status = response.status_code
        lines = [f"HTTP/1.1 {status} {responses.get(status, '')}".encode()]
        lines += [name + b": " + value for name, value in response.headers.raw if name.decode().lower() not in _OURS]
        lines.append(f"Content-Length: {length}".encode() if length is not None else b"Connection: close")
        return b"\r\n".join([*lines, b"", b""])
