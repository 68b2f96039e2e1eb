"""Does not take the settings."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("method_takes_nothing")

    def label(self) -> str:  # type: ignore[override]
        return "Ledgerly"


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
