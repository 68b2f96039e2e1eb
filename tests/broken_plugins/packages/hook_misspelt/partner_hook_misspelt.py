"""Misspells a hook."""

from hub.api import hookimpl


@hookimpl
def hub_conectors() -> list[object]:
    return []
