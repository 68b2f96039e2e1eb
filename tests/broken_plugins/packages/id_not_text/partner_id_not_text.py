"""Has a number for its id."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info(7)  # type: ignore[arg-type]


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
