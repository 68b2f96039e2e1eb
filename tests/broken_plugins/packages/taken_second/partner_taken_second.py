"""Claims an id that another claims too."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("taken")


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
