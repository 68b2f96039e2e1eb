"""Returns a label of two lines."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("label_of_two_lines")

    def label(self, settings: object) -> str:
        return "Ledgerly\nOnline"


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
