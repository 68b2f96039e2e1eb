"""Connections to stand-ins on this machine, whose address changes from one start to the next."""

from __future__ import annotations

from hub.service.connections import connector_of
from hub.service.context import Hub, refuse
from hub.service.network import LOCAL, refuse_elsewhere
from hub.service.scope import writing
from hub.store.company_rows import change_connection

__all__ = ["LOCAL", "lead_to"]


def lead_to(hub: Hub, company: str, connection: str, base_url: str) -> bool:
    """Have a connection of the environment `local` lead to an address on this machine; return whether it led elsewhere.

    Its sign-in, maps and chart stay. Raises Refused for another environment and for an address elsewhere.
    """
    address = base_url.rstrip("/")
    with writing(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        if row["environment"] != LOCAL:
            raise refuse("environment_differs", f"{connection} leads to {row['environment']}, not to a stand-in.")
        if str(row["settings"].get("base_url", "")).rstrip("/") == address:
            return False
        settings = {**row["settings"], "base_url": address}
        found = connector_of(hub, row["connector"])
        refuse_elsewhere(found.addresses(found.settings_from(settings), LOCAL), LOCAL, hub.posting.local_hosts)
        change_connection(rows.connection, rows.company_id, row["id"], {"settings": settings})
        rows.exports.audit("change connection", connection, {"base_url": address}, actor=hub.actor, now=hub.clock())
        return True
