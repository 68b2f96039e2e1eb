"""Disconnecting: the access is taken back at the accounting system where it can be, and forgotten here; maps stay."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from hub.api import ConnectorError
from hub.service.connecting.books_there import opened
from hub.service.connecting.sealed import client_of_sign_in, tokens_of
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, refuse
from hub.service.scope import reading, writing
from hub.store import Row
from hub.store.chart_rows import is_in_use
from hub.store.company_rows import change_connection
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import forget_unused, link_connections, users_of


def disconnect(hub: Hub, company: str, connection: str) -> dict[str, Any]:
    """Disconnect a connection; revoked: whether the accounting system said that it took the access back.

    A sign-in that other connections use stays, for them; shared_with: their names. The connection stays that of its books,
    unless nothing is mapped or exported there.
    """
    books, row = opened(hub, company, connection)
    sign_in = books.sign_in
    if sign_in is None:
        raise refuse("not_connected", f"{connection} is not connected to {books.label}.")
    with writing(hub, company) as rows:
        others = [each["name"] for each in users_of(rows.connection, rows.company_id, sign_in["id"])]
        others.remove(row["name"])
        link_connections(rows.connection, rows.company_id, [row["id"]], None)
        if not others:
            before = sign_in["signed_in_at"]
            forget_unused(rows.connection, rows.company_id, before=before, sign_ins=[sign_in["id"]])
        if not is_in_use(rows.connection, rows.company_id, row["id"]):
            free = {"books": str(uuid4()), "books_name": row["name"], "chosen_at": None}
            change_connection(rows.connection, rows.company_id, row["id"], free)
        detail = {"sign_in": sign_in["code"]}
        rows.exports.audit("disconnect", row["name"], detail, actor=hub.actor, now=hub.clock())
    revoked = not others and _revoked(hub, company, books, sign_in)
    return {"connection": row["name"], "label": books.label, "revoked": revoked, "shared_with": others}


def _revoked(hub: Hub, company: str, books: OpenBooks, sign_in: Row) -> bool:
    """Take the access back there; where that cannot be done, it ends by itself, as nobody has its tokens any more."""
    from hub.plugins.sign_in.flow import revoke

    try:
        way = books.way()
        if not way.revoke_url or way.token_url != sign_in["token_url"]:
            return False
        with reading(hub, company) as rows:
            uuid = rows.company["uuid"]
        client, tokens = client_of_sign_in(hub, uuid, sign_in), tokens_of(hub, uuid, sign_in)
        with hub.posting.sign_in_client(way) as http:
            return revoke(http, way, client, tokens.refresh)
    except (VaultClosed, Refused, ConnectorError):
        return False
