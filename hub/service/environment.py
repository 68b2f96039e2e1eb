"""What the operator sets in the environment: how this process posts, and where the keys of its secrets are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from hub.domain.posting import Rules, Timing
from hub.plugins import Registry, load
from hub.plugins.trust import Trust, TrustUnreadable, read_trust
from hub.service.context import KEY_FILE, Posting, refuse
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


@contextmanager
def loaded_plugins(environment: Mapping[str, str], home: Path, timing: Timing) -> Iterator[Registry]:
    """Load the plugins of a home, those that its operator has not trusted in processes that end with it.

    Refuses where it cannot be read whom the operator trusts.
    """
    from hub.plugins.contained.process import Containment
    from hub.plugins.loading import Policy

    trust = trust_of(home)
    # A call ends a little before its thread is given up, so that what is told is how the plugin's process ended.
    containment = Containment(call_s=timing.call_s * 19 / 20, away_from=(home, *_own_files(environment)))
    registry = load(policy=Policy(trust=trust, containment=containment))
    try:
        yield registry
    finally:
        registry.close()


def trust_of(home: Path) -> Trust:
    """Return whom the operator of a home trusts; refuses where that cannot be read."""
    try:
        return read_trust(home)
    except TrustUnreadable as error:
        raise refuse("trust_unreadable", str(error)) from error


def _own_files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the files that the operator keeps outside the home: no contained plugin may read them."""
    for name in ("HUB_KEY_FILE", "HUB_AUDIT_KEY_FILE"):
        if environment.get(name):
            yield Path(environment[name])
    _, sqlite, file = environment.get("HUB_DATABASE_URL", "").partition("sqlite:///")
    if sqlite:
        yield from (Path(f"{unquote(file)}{end}") for end in ("", "-wal", "-shm", "-journal"))


def actor() -> str:
    """Return who runs this process, for the audit trail."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
