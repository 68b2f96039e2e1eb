"""Claims a capability that the contract does not know."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("capability_unknown", capabilities=frozenset({"teleport"}))


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
