"""Answers later."""

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Broken(Ledger):
    info = info("method_asynchronous")

    async def label(self, settings: object) -> str:  # type: ignore[override]
        return "Ledgerly"


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
