"""The HTTP clients of connections and of their sign-ins: guarded, bound to their own addresses, in `local` to this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.api import ClientAssertion, NoSignIn, OAuth2, SecretFields
from hub.service.context import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from hub.api import Addresses, Connection
    from hub.service.context import Route

LOCAL = "local"
"""The environment whose addresses are a stand-in's on this machine."""
SIGN_IN_S = 20
"""One call to a sign-in's own addresses, in all."""


def client_of(
    _connection: Connection, route: Route, *, longest_s: float, local_hosts: frozenset[str] = frozenset()
) -> httpx2.Client | None:
    """Return the client of a connection on its route, None where it has no addresses.

    longest_s: of one request in all, less than a guarded call may take, so that its own time-out is what is told;
    local_hosts: other machines that may be asked without TLS.
    """
    addresses = route.addresses
    if addresses is None:
        return None
    import httpx2

    from hub.plugins.client import REQUEST_IDS, guarded_client

    return guarded_client(
        addresses.base_url,
        hosts=addresses.hosts,
        plain_hosts=local_hosts,
        turn=route.turn,
        auth=route.signing,
        longest_s=longest_s,
        timeouts=httpx2.Timeout(longest_s / 2),
        request_ids=(*addresses.request_ids, *REQUEST_IDS),
    )


def sign_in_client_of(way: OAuth2 | ClientAssertion, *, local_hosts: frozenset[str] = frozenset()) -> httpx2.Client:
    """Return the client of a sign-in's own addresses: where codes and refresh tokens go, and nothing else does."""
    import httpx2

    from hub.plugins.client import guarded_client

    return guarded_client(
        way.token_url,
        hosts=filter(None, (way.revoke_url,) if isinstance(way, OAuth2) else ()),
        plain_hosts=local_hosts,
        longest_s=SIGN_IN_S,
        timeouts=httpx2.Timeout(SIGN_IN_S / 2),
    )


def refuse_elsewhere(addresses: Addresses | None, environment: str, local_hosts: frozenset[str]) -> None:
    """Refuse addresses of the environment `local` that are not on this machine, nor on one that the operator allows."""
    if addresses is None or environment != LOCAL:
        return
    import httpx2

    from hub.plugins.client import is_here

    for address in _all(addresses):
        host = httpx2.URL(address if "://" in address else f"https://{address}").host
        if not is_here(host) and host not in local_hosts:
            raise refuse(
                "address_not_local",
                f"In the environment {LOCAL} everything is on this machine, and {host} is not.",
                "Use an address such as http://127.0.0.1:9001; an operator may allow others with HUB_LOCAL_HOSTS.",
            )


def _all(addresses: Addresses) -> Iterator[str]:
    yield addresses.base_url
    yield from addresses.hosts
    way = addresses.sign_in
    if isinstance(way, OAuth2):
        yield from filter(None, (way.authorize_url, way.token_url, way.revoke_url))
    if isinstance(way, ClientAssertion):
        yield way.token_url


def place_of(addresses: Addresses | None) -> str:
    """Return what a sign-in there is bound to, empty where there is none: the only address that its secrets are sent to.

    For secrets that are typed in, also which are asked for: where others are needed, those of before do not do.
    """
    way = NoSignIn() if addresses is None else addresses.sign_in
    if addresses is None or isinstance(way, NoSignIn):
        return ""
    if isinstance(way, SecretFields):
        needed = (name for name, each in way.model.model_fields.items() if each.is_required())
        return f"{addresses.base_url}#{','.join(sorted(needed))}"
    return way.token_url
