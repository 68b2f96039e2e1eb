"""Cannot open a session."""

from partner_healthy import info as healthy_info

from hub.api import hookimpl


class Broken:
    info = healthy_info("method_missing")

    def label(self, settings: object) -> str:
        return "Ledgerly"


@hookimpl
def hub_connectors() -> list[object]:
    return [Broken()]
