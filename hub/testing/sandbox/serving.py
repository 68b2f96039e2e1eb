"""A sandbox on a socket of this machine, for clients that nobody here wrote."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.api import Asgi

HOST = "127.0.0.1"
POLL_S = 0.01
LONGEST_START_S = 20


@contextmanager
def serve_app(make: Callable[[str], Asgi], port: int = 0) -> Iterator[str]:
    """Serve the app that is made for its base address, from a thread, and yield the address; port: 0 for any free one.

    Raises OSError where the port is taken, and RuntimeError where the server does not start.
    """
    import uvicorn

    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        base_url = f"http://{HOST}:{listening.getsockname()[1]}"
        config = uvicorn.Config(make(base_url), log_level="warning", access_log=False, lifespan="off", loop="asyncio")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield base_url
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


def _wait_for(server: object, thread: threading.Thread) -> None:
    until = time.monotonic() + LONGEST_START_S
    while not getattr(server, "started", False):
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the sandbox's server did not start")
        time.sleep(POLL_S)
