"""A gate before Tryton that keeps a request for ever: before it arrives, or when its answer would leave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

PATIENCE_S = 60
PASSED_ON = ("Authorization", "X-Tryton-Context", "Accept-Language", "Content-Type")


@dataclass
class Gate:
    """base_url: where it listens; kept: set as soon as the planned request is kept here."""

    base_url: str = ""
    kept: threading.Event = field(default_factory=threading.Event)
    _ends_with: str = ""
    _arrived: bool = False
    _opens: threading.Event = field(default_factory=threading.Event)

    def keep(self, ends_with: str, *, arrived: bool) -> None:
        """Keep the next request that writes to an address with this end. arrived: after Tryton has done its work."""
        self._ends_with, self._arrived = ends_with, arrived
        self.kept.clear()
        self._opens.clear()

    def open(self) -> None:
        """Let go of the request that is kept, which nobody waits for any more, and of all to come."""
        self._ends_with = ""
        self._opens.set()

    def waits(self, method: str, path: str, *, arrived: bool) -> bool:
        """Keep a request here where it is the planned one, and say whether it was."""
        planned = bool(self._ends_with) and method == "POST" and path.endswith(self._ends_with)
        if not planned or arrived is not self._arrived:
            return False
        self.kept.set()
        return self._opens.wait(PATIENCE_S)


@contextmanager
def gate(server: str) -> Iterator[Gate]:
    """Listen on a free port of this machine, and pass requests on to a server."""
    made = Gate()
    client = httpx2.Client(base_url=server, timeout=PATIENCE_S)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on(b"")

        def do_POST(self) -> None:
            self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _pass_on(self, body: bytes) -> None:
            path = self.path.partition("?")[0]
            if made.waits(self.command, path, arrived=False):
                return
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            answer = client.request(self.command, self.path, content=body, headers=headers)
            if made.waits(self.command, path, arrived=True):
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening, client:
        made.base_url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.open()
            listening.shutdown()
            thread.join()
