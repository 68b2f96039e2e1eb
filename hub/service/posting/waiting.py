"""Wait for an export to come to rest, here or in the hands of a worker."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from hub.service.context import Hub
from hub.service.freezing import show_export
from hub.service.posting.working import work
from hub.service.scope import reading

MOVING = frozenset({"FROZEN", "SENDING", "UNKNOWN"})
LOOKS_PER_S = 4


def wait_for(hub: Hub, company: str, made: dict[str, Any], patience_s: float) -> dict[str, Any]:
    """Return an export once it rests or needs a person, or as it is when patience ends (seconds)."""
    until = time.monotonic() + patience_s
    while is_moving(made) and time.monotonic() < until:
        hub.posting.sleep(1 / LOOKS_PER_S)
        if hub.posting.wake is None:
            with reading(hub, company) as rows:
                export = rows.exports.by_code(made["export"])
            assert export is not None
            work(hub, export["id"])
        made = show_export(hub, company, made["export"])
    return made


def is_moving(made: Mapping[str, Any]) -> bool:
    """Whether an export goes on by itself."""
    return made["state"] in MOVING and not any(problem["blocking"] for problem in made["problems"])
