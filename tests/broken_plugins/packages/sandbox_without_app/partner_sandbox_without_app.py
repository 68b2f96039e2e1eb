"""Brings a stand-in that does nothing."""

from hub.api import hookimpl


class Broken:
    connector_id = "healthy"


@hookimpl
def hub_sandboxes() -> list[object]:
    return [Broken()]
