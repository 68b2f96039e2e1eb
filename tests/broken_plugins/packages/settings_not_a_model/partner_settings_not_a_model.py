"""Has settings that are no pydantic model."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("settings_not_a_model", settings=dict)


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
