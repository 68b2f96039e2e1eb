"""Claims the id of the healthy plugin."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("healthy")


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
