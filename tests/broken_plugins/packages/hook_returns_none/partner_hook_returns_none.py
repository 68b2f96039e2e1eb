"""Forgets to return its connectors."""

from hub.api import hookimpl


@hookimpl
def hub_connectors() -> None:
    pass
