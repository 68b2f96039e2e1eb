"""A client for a program of somebody else's choosing: it reaches nothing that is not open to the whole internet."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

import httpcore2
import httpx2

from hub.plugins.client import guarded_client
from hub.plugins.wire import Wire

MOST_BYTES = 64_000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 one, which is what counts."""

Resolve = Callable[[str], Sequence[str]]


class AddressRefused(Exception):
    """An address that must not be called; nothing was sent."""


def outward_client(url: str, *, hosts: frozenset[str], resolve: Resolve, longest_s: float) -> httpx2.Client:
    """Return a client for one address; hosts: those that may be on a private network, or be reached without TLS.

    The name is looked up once for each connection, and what was looked at is what is called. Raises AddressRefused.
    """
    check_address(url, hosts)
    backend = _PublicOnly(hosts, resolve)
    context = httpx2.create_ssl_context(trust_env=False)
    return guarded_client(
        url,
        transport=_Telling(Wire(context, time.monotonic, backend), backend),
        timeouts=httpx2.Timeout(longest_s / 2),
        longest_s=longest_s,
        most_bytes=MOST_BYTES,
    )


def check_address(url: str, hosts: frozenset[str]) -> str:
    """Return the host of an address that may be called, as far as the address itself says; raises AddressRefused."""
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise AddressRefused("It is not an address such as https://program.example.com/alarms.") from error
    host = parts.host.casefold()
    if parts.scheme != "https" and not (parts.scheme == "http" and host in hosts):
        raise AddressRefused("Only addresses with https are called.")
    if not host or parts.userinfo or parts.fragment:
        raise AddressRefused("It is not an address such as https://program.example.com/alarms.")
    if host not in hosts and _is_number(host) and not is_public(host):
        _refuse(host)
    return host


def check_host(host: str, hosts: frozenset[str], resolve: Resolve) -> list[str]:
    """Return the IP addresses of a host that may be called; raises AddressRefused where it, or one of them, may not."""
    try:
        found = list(resolve(host))
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"There is no host {host}.") from error
    if not found:
        raise AddressRefused(f"There is no host {host}.")
    if host.casefold() not in hosts and not all(is_public(each) for each in found):
        _refuse(host)
    return found


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole internet: no machine of a private network, nor this one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _refuse(host: str) -> NoReturn:
    raise AddressRefused(f"{host} is on a private network. An operator may allow it with HUB_WEBHOOK_HOSTS.")


class _PublicOnly(httpcore2.NetworkBackend):
    """Connects to hosts whose every address is public; refused: why the last one was not connected to."""

    def __init__(self, hosts: frozenset[str], resolve: Resolve) -> None:
        self._hosts = hosts
        self._resolve = resolve
        self._inner = httpcore2.SyncBackend()
        self.refused: AddressRefused | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = check_host(host, self._hosts, self._resolve)
        except AddressRefused as error:
            self.refused = error
            raise httpcore2.ConnectError(str(error)) from error
        return self._inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)


class _Telling(httpx2.BaseTransport):
    """Sends through another transport, and says why an address was refused."""

    def __init__(self, inner: httpx2.BaseTransport, backend: _PublicOnly) -> None:
        self._inner = inner
        self._backend = backend

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return self._inner.handle_request(request)
        except httpx2.ConnectError as error:
            if self._backend.refused is not None:
                raise self._backend.refused from error
            raise

    def close(self) -> None:
        self._inner.close()
