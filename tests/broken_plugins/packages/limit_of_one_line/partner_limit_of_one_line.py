"""Takes one line to an entry."""

from partner_healthy import Ledger, info

from hub.api import Limits, hookimpl


class Broken(Ledger):
    info = info("limit_of_one_line", limits=Limits(lines_per_entry=1))


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
