"""Promises to read charts and cannot."""

from partner_healthy import Ledger, info

from hub.api import Capability, hookimpl


class Broken(Ledger):
    info = info("method_promised", capabilities=frozenset({Capability.READ_CHART}))


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
