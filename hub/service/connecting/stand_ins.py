"""Connections to stand-ins on this machine, whose address changes from one start to the next."""

from __future__ import annotations

from hub.service.connections import connector_of
from hub.service.context import Hub, refuse
from hub.service.network import LOCAL, refuse_elsewhere
from hub.service.scope import CompanyRows, writing
from hub.store import Row
from hub.store.company_rows import change_connection
from hub.store.sign_in_rows import fail_renewal, sign_in_row

__all__ = ["LOCAL", "lead_to"]

STARTED_ANEW = "Its stand-in was started anew, with empty books, and knows no sign-in of before. Connect again."


def lead_to(hub: Hub, company: str, connection: str, base_url: str) -> bool:
    """Have a connection of the environment `local` lead to a stand-in that has just started; return whether that changed it.

    base_url: an address on this machine. Maps and chart stay; a sign-in of before, which this stand-in does not know, is to
    be made again. Raises Refused for another environment and for an address elsewhere.
    """
    address = base_url.rstrip("/")
    with writing(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        if row["environment"] != LOCAL:
            raise refuse("environment_differs", f"{connection} leads to {row['environment']}, not to a stand-in.")
        ended = _end_sign_in(hub, rows, row)
        if str(row["settings"].get("base_url", "")).rstrip("/") == address:
            return ended
        settings = {**row["settings"], "base_url": address}
        found = connector_of(hub, row["connector"])
        refuse_elsewhere(found.addresses(found.settings_from(settings), LOCAL), LOCAL, hub.posting.local_hosts)
        change_connection(rows.connection, rows.company_id, row["id"], {"settings": settings})
        rows.exports.audit("change connection", connection, {"base_url": address}, actor=hub.actor, now=hub.clock())
        return True


def _end_sign_in(hub: Hub, rows: CompanyRows, row: Row) -> bool:
    sign_in = None if row["sign_in_id"] is None else sign_in_row(rows.connection, rows.company_id, row["sign_in_id"])
    if sign_in is None or sign_in["needs_reconnect"]:
        return False
    fail_renewal(rows.connection, sign_in, sign_in["fence"], needs_reconnect=STARTED_ANEW)
    rows.exports.audit("sign-in ended", sign_in["code"], {}, actor=hub.actor, now=hub.clock())
    return True
