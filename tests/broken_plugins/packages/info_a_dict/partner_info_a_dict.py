"""Describes itself with a dict."""

from hub.api import hookimpl


class Broken:
    def __init__(self) -> None:
        self.info = {"id": "info_a_dict"}


@hookimpl
def hub_connectors() -> list[object]:
    return [Broken()]
