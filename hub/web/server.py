"""Serving the app on this machine: a thread of its own, so that the process can work and wait for its end meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from hub.web.app import create_app
from hub.web.options import WebOptions
from hub.web.rendering import warm

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from hub.service.context import Hub

HOST = "127.0.0.1"
GRACE_S = 5
"""How long requests under way may take once it is told to stop."""


class PortTaken(Exception):
    """Something else listens there."""


class Served:
    """An ASGI app on a port of this machine, in a thread of its own; port 0 takes a free one."""

    def __init__(self, port: int, make: Callable[[str], ASGIApp], *, proxy_headers: bool = False) -> None:
        """Take the port and make the app, given its address; raises PortTaken."""
        self._socket = listening(port)
        with ExitStack() as failed:
            failed.callback(self._socket.close)
            app = make(self.address)
            failed.pop_all()
        config = uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=proxy_headers,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._server.should_exit

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing new, and let what is under way end."""
        self._server.should_exit = True
        self._thread.join(GRACE_S + 2)
        self._socket.close()


class Server:
    """The app of a hub on a port of this machine; port 0 takes a free one."""

    def __init__(self, hub: Hub, options: WebOptions, port: int) -> None:
        """Take the port; raises PortTaken."""
        told = replace(options, stopping=lambda: self._served.stopping)
        self._served = Served(port, lambda _: create_app(hub, told), proxy_headers=bool(options.public_url))
        self.address = self._served.address

    def start(self) -> None:
        """Answer from now on; pages that nobody has seen yet are made ready meanwhile."""
        warm("sign_in.html")
        self._served.start()
        Thread(target=warm, name="templates", daemon=True).start()

    def stop(self) -> None:
        """Take nothing new, and let what is under way end."""
        self._served.stop()


def listening(port: int) -> socket.socket:
    """Listen on a port of this machine, 0 a free one; raises PortTaken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise PortTaken(f"Port {port} cannot be used: {error.strerror}.") from error
    return listener
