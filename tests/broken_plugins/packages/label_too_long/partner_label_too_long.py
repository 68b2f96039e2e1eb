"""Returns a label that no title can hold."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("label_too_long")

    def label(self, settings: object) -> str:
        return "Ledgerly " * 10


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
