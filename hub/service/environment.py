"""What the operator sets in the environment: how this process posts, and where the keys of its secrets are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from hub.domain.posting import Rules, Timing
from hub.service.context import KEY_FILE, Posting
from hub.service.network import client_of, sign_in_client_of
from hub.store.key_ring import KeyRing


def posting_of(timing: Timing, environment: Mapping[str, str]) -> Posting:
    """Return how a process posts: with deadlines and a guarded network.

    In connections' environment `local` it reaches this machine, and those that HUB_LOCAL_HOSTS names.
    """
    named = environment.get("HUB_LOCAL_HOSTS", "").replace(",", " ").split()
    local_hosts = frozenset(host.casefold() for host in named)
    return Posting(
        rules=Rules(timing),
        network=partial(client_of, longest_s=timing.call_s * 2 / 3, local_hosts=local_hosts),
        sign_in_client=partial(sign_in_client_of, local_hosts=local_hosts),
        local_hosts=local_hosts,
    )


def key_ring_of(environment: Mapping[str, str], home: Path) -> KeyRing:
    """Return the keys of secrets: those in HUB_KEY, else in HUB_KEY_FILE, else in the file vault.keys of the home."""
    file = Path(environment.get("HUB_KEY_FILE") or home / KEY_FILE)
    return KeyRing(file, given=environment.get("HUB_KEY", ""))


def actor() -> str:
    """Return who runs this process, for the audit trail."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
