"""Returns a number instead of connectors."""

from hub.api import hookimpl


@hookimpl
def hub_connectors() -> int:
    return 1
