"""What the operator decides about installed plugins: whom to trust, and what is not even loaded. It holds from the next start."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.plugins.discovery import Candidate, installed
from hub.plugins.trust import Blocked, Checked, Trusted, fingerprint, is_own, write_trust
from hub.service.context import Hub, not_found, refuse
from hub.service.environment import trust_of

RESTART = "It holds from the next start of the web app and of each worker."


def trust(hub: Hub, name: str) -> dict[str, Any]:
    """Trust a distribution, named by itself or by a plugin of it, as its files stand now; return what was decided."""
    several = _meant(name)
    first = several[0]
    if all(map(is_own, several)):
        raise refuse("plugin_own", f"{name} comes with the hub and is trusted with it.")
    now = trust_of(hub.home)
    told = Trusted(fingerprint=fingerprint(first), version=first.origin.version, by=hub.actor, at=hub.clock())
    write_trust(hub.home, replace(now, trusted={**now.trusted, first.origin.distribution: told}))
    return _decided(hub, several, "trusted")


def distrust(hub: Hub, name: str) -> dict[str, Any]:
    """Trust a distribution no longer; return what was decided."""
    now, asked = trust_of(hub.home), _normal(name)
    distribution = asked if asked in now.trusted else _meant(name)[0].origin.distribution
    if distribution not in now.trusted:
        raise refuse("plugin_not_trusted", f"{name} is not trusted here.", "See: hub plugins")
    write_trust(
        hub.home, replace(now, trusted={each: told for each, told in now.trusted.items() if each != distribution})
    )
    return {"distribution": distribution, "plugins": [], "decided": "distrusted", "by": hub.actor}


def block(hub: Hub, name: str) -> dict[str, Any]:
    """Block a plugin, or all of a distribution, so that it is not even imported; return what was decided."""
    several, now = _meant(name), trust_of(hub.home)
    told = Blocked(by=hub.actor, at=hub.clock())
    write_trust(hub.home, replace(now, blocked={**now.blocked, **{each.origin.name: told for each in several}}))
    return _decided(hub, several, "blocked")


def unblock(hub: Hub, name: str) -> dict[str, Any]:
    """Let a blocked plugin be loaded again; return what was decided."""
    now = trust_of(hub.home)
    names = [name] if name in now.blocked else [each.origin.name for each in _meant(name)]
    if not now.blocked.keys() & set(names):
        raise refuse("plugin_not_blocked", f"{name} is not blocked here.", "See: hub plugins")
    write_trust(hub.home, replace(now, blocked={each: told for each, told in now.blocked.items() if each not in names}))
    return {"distribution": "", "plugins": names, "decided": "unblocked", "by": hub.actor}


def record_level(home: Path, name: str, level: str, *, at: datetime) -> None:
    """Keep in a home the level that a plugin earned as its files stand now."""
    now = trust_of(home)
    told = Checked(level=level, fingerprint=fingerprint(_meant(name)[0]), at=at)
    write_trust(home, replace(now, checked={**now.checked, name: told}))


def _meant(name: str) -> list[Candidate]:
    """Return the plugins that a name means: one of that name, else all of the distribution; nothing is imported."""
    candidates = [each for each in installed() if isinstance(each, Candidate)]
    named = [each for each in candidates if each.origin.name == name]
    found = named or [each for each in candidates if each.origin.distribution == _normal(name)]
    if not found:
        known = {each.origin.name for each in candidates} | {each.origin.distribution for each in candidates}
        raise not_found("installed plugin", name, sorted(known))
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _decided(hub: Hub, several: list[Candidate], decided: str) -> dict[str, Any]:
    first = several[0].origin
    return {
        "distribution": first.distribution,
        "plugins": [each.origin.name for each in several],
        "decided": decided,
        "by": hub.actor,
    }
