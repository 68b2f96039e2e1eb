"""Cannot name its accounting system."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("label_raises")

    def label(self, settings: object) -> str:
        raise KeyError("layout")


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
