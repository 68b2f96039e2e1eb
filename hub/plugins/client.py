"""The HTTP client that a connector is handed: whom it may ask, and what an answer may cost."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

import hub
from hub.plugins.calls import Unchecked
from hub.plugins.transport import Bounds, GuardedTransport, HttpCall, Origin, origin_of
from hub.plugins.turns import InTurn
from hub.plugins.wire import Wire

MOST_BYTES = 20_000_000  # of one answer, unpacked
LONGEST_S = 60  # of one request, from its first step to its answer's last byte
TIMEOUTS = httpx2.Timeout(30, connect=10)  # of one step each
ADDRESSES = 1_024  # whose origins are remembered
REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id")

_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_LOGGERS = ("httpx2", "httpcore2")  # they log whole addresses, and headers with the tokens in them


def guarded_client(
    base_url: str,
    *,
    hosts: Iterable[str] = (),
    plain_hosts: Iterable[str] = (),
    transport: httpx2.BaseTransport | None = None,
    turn: Callable[[], bool] | None = None,
    auth: httpx2.Auth | None = None,
    headers: Mapping[str, str] | None = None,
    timeouts: httpx2.Timeout = TIMEOUTS,
    longest_s: float = LONGEST_S,
    most_bytes: int = MOST_BYTES,
    on_call: Callable[[HttpCall], None] | None = None,
    request_ids: Iterable[str] = REQUEST_IDS,
    clock: Callable[[], float] = time.monotonic,
) -> httpx2.Client:
    """Return a client for one session, which closes it: no redirect followed, no retry, no cookie, nothing from the environment.

    base_url: where requests go, empty where a connector names whole addresses; hosts: further ones, as host names, or as
    addresses such as `http://127.0.0.1:8080`; any other is refused before a byte leaves; plain_hosts: other
    machines that may be asked without TLS. auth, headers: of every request.
    timeouts: of each step; longest_s: of one request in all; most_bytes: of one answer. on_call: told of each request at
    its end, from the thread that made it; request_ids: names of headers with an answer's request id.
    turn: waits for each request's turn and says whether it came. transport: another way to send than sockets.
    clock: monotonic seconds.
    Raises ValueError for an address without TLS on another machine. What goes wrong are errors of httpx2
    (hub.plugins.transport lists them).
    """
    origins = frozenset(_origin(address) for address in (base_url, *hosts) if address)
    _keep_quiet()
    guarded = GuardedTransport(
        _wire(origins, clock, frozenset(plain_hosts)) if transport is None else transport,
        Bounds(most_bytes=most_bytes, longest_s=longest_s),
        origins=origins,
        clock=clock,
        request_ids=tuple(request_ids),
        on_call=on_call,
    )
    return StayingClient(
        base_url=base_url,
        auth=auth,
        headers={"User-Agent": f"inventory-hub/{hub.__version__}", "Accept-Encoding": "gzip", **(headers or {})},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        timeout=timeouts,
        trust_env=False,
        # The turn comes first: what waited for it until its client was closed is not sent.
        transport=guarded if turn is None else InTurn(guarded, turn),
    )


class StayingClient(httpx2.Client):
    """A client that follows no redirect, even where it is asked to."""

    def send(self, request: httpx2.Request, **options: Unchecked) -> httpx2.Response:
        return super().send(request, **{**options, "follow_redirects": False})


@lru_cache(maxsize=ADDRESSES)
def _origin(address: str) -> Origin:
    return origin_of(httpx2.URL(address if "://" in address else f"https://{address}"))


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    return host in _HERE


def _wire(origins: frozenset[Origin], clock: Callable[[], float], plain_hosts: frozenset[str]) -> Wire:
    for scheme, host, _ in origins:
        if scheme != "https" and not is_here(host) and host not in plain_hosts:
            raise ValueError(f"{scheme}://{host} is on another machine, and only https may go there")
    return Wire(_context() if any(scheme == "https" for scheme, *_ in origins) else None, clock)


@cache
def _context() -> ssl.SSLContext:
    """One for all clients: it takes 50 ms to make, and verifies certificates and names."""
    return httpx2.create_ssl_context(trust_env=False)


def _keep_quiet() -> None:
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
