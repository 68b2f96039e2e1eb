"""Fails in its hook."""

from hub.api import hookimpl


@hookimpl
def hub_connectors() -> list[object]:
    raise LookupError("no key file")
