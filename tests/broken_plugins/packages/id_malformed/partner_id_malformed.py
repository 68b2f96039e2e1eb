"""Has an id that is none."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("Id-Malformed")


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
