"""Returns a number for its label."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("label_a_number")

    def label(self, settings: object) -> str:
        return 7  # type: ignore[return-value]


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
