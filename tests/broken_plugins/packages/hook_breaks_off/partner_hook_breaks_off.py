"""Fails half-way through its connectors."""

from collections.abc import Iterator

from partner_healthy import Ledger, info

from hub.api import hookimpl


class Sound(Ledger):
    info = info("hook_breaks_off")


@hookimpl
def hub_connectors() -> Iterator[Ledger]:
    yield Sound()
    raise RuntimeError("the second connector failed")
