"""Suggestions for what is not mapped yet in a connection, and accepting those that are sure enough."""

from __future__ import annotations

from collections.abc import Mapping

from hub.service.context import Hub
from hub.service.maps import account_maps
from hub.service.saving import added_map, save_edits
from hub.service.setup_suggestions import SURE_ENOUGH, Suggestion, suggestions


def suggested_maps(hub: Hub, company: str, connection: str) -> Mapping[str, Suggestion]:
    """Return what is suggested for each GL Account (by number) that is not mapped in a connection. Raises NotFound."""
    maps = account_maps(hub, company, connection)
    unmapped = [gl for number, gl in maps.gl_accounts.items() if number not in maps.mapped]
    return suggestions(unmapped, maps.chart, mapped=maps.mapped, known=maps.gl_accounts)


def accept_suggestions(hub: Hub, company: str, connection: str, limit: int = SURE_ENOUGH) -> list[str]:
    """Map each GL Account whose suggestion is at least so sure, in per cent; return their numbers. Raises Refused.

    Nothing is mapped where one of them was mapped meanwhile.
    """
    sure = {number: each for number, each in suggested_maps(hub, company, connection).items() if each.sure >= limit}
    edits = [added_map(connection, number, each.account) for number, each in sure.items()]
    if edits:
        save_edits(hub, company, "account-map", edits)
    return list(sure)
