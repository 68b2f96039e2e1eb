"""Allows no call at all."""

from partner_healthy import Ledger, info

from hub.api import Limits, hookimpl


class Broken(Ledger):
    info = info("limit_of_no_calls", limits=Limits(calls_per_minute=0))


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
