"""Is written for another version of the contract."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("api_too_new", api=2)


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
