"""Brings one id twice."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("id_twice")


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken(), Broken()]
