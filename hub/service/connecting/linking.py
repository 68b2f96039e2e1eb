"""A sign-in that was just made is saved, tried, and used by its connection where it reaches the connection's books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hub.api import Company, ConnectorError
from hub.plugins.sign_in.grants import Granted
from hub.service.connecting.books_there import another, choose, document, reached
from hub.service.connecting.renewing import lives
from hub.service.connecting.sealed import Tokens, closed, seal_own, seal_tokens
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import add_sign_in, forget_unused, link_connections, sign_in_rows

TRIED_WITHIN = timedelta(hours=1)
"""How long a sign-in that no connection came to use is kept."""
CONNECT, TYPE_IN = "connect", "type in secrets"
"""What the audit trail calls the two ways to a sign-in."""

Untried = Callable[[OpenBooks, Row, ConnectorError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a person came with.

    connection: whose sign-in it is; token_url: what it is bound to; granted: its tokens, None before there are any; own: what
    only this sign-in has; kept: what the callback carried; company_id: the company that is meant, empty where any may be.
    """

    connection: str
    token_url: str
    granted: Granted | None = None
    own: Mapping[str, str] = field(default_factory=dict, repr=False)
    kept: Mapping[str, str] = field(default_factory=dict)
    company_id: str = ""
    action: str = CONNECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A sign-in and the companies that it reaches; label: the accounting system's, for people."""

    sign_in_id: int
    companies: Sequence[Company]
    label: str
    action: str = CONNECT


def connect(hub: Hub, company: str, came: Came, *, untried: Untried | None = None) -> dict[str, Any]:
    """Save a sign-in, ask which companies it reaches, and have the connection use it where its own is among them.

    untried: told why the accounting system could not be asked; the connection, which belongs to no company yet, uses the
    sign-in then as well. Without it, nothing was changed where this raises Refused or ConnectorError.
    """
    sign_in_id = _saved(hub, company, came)
    try:
        with reading(hub, company) as rows:
            row = rows.connection_row(rows.books(came.connection).name)
            books = OpenBooks(hub, row, rows, sign_in_id=sign_in_id)
        found = _companies(books, row, untried)
        with writing(hub, company) as rows:
            reach = Reach(sign_in_id=sign_in_id, companies=found, label=books.label, action=came.action)
            return link(hub, rows, came.connection, reach, company_id=came.company_id)
    except (Refused, ConnectorError):
        with writing(hub, company) as rows:
            before = hub.database.now(rows.connection) - TRIED_WITHIN
            forget_unused(rows.connection, rows.company_id, before=before, sign_ins=[sign_in_id])
        raise


def _companies(books: OpenBooks, row: Row, untried: Untried | None) -> Sequence[Company]:
    try:
        with books.session() as session:
            return session.companies()
    except ConnectorError as error:
        if untried is None:
            raise
        untried(books, row, error)
        return ()


def _saved(hub: Hub, company: str, came: Came) -> int:
    """Save tokens before they are used; no connection uses them yet."""
    with writing(hub, company) as rows:
        uuid, now = rows.company["uuid"], hub.database.now(rows.connection)
        row = rows.connection_row(rows.books(came.connection).name)
        place = {
            "code": uuid4().hex,
            "connector": row["connector"],
            "environment": row["environment"],
            "token_url": came.token_url,
        }
        values = {
            **place,
            **_sealed(hub, uuid, place, came),
            **({"issued_at": now} if came.granted is None else lives(came.granted, now)),
            "kept": dict(came.kept),
            "version": 1,
            "fence": 0,
            "lease_holder": "",
            "needs_reconnect": "",
            "signed_in_by": hub.actor,
            "signed_in_at": now,
        }
        return add_sign_in(rows.connection, rows.company_id, values)


def _sealed(hub: Hub, uuid: str, place: Mapping[str, str], came: Came) -> dict[str, str]:
    sealed = {"client": "", "tokens": ""}
    try:
        if came.own:
            sealed["client"] = seal_own(hub, uuid, place, came.own)
        if came.granted is not None:
            tokens = Tokens(access=came.granted.access, refresh=came.granted.refresh)
            sealed["tokens"] = seal_tokens(hub, uuid, place, tokens)
    except VaultClosed as error:
        raise closed(error) from error
    return sealed


def link(hub: Hub, rows: CompanyRows, connection: str, reach: Reach, *, company_id: str = "") -> dict[str, Any]:
    """Have a connection use a sign-in that reaches its books, and with it those that shared its old one or need a new one."""
    sign_in_id, found, label = reach.sign_in_id, reach.companies, reach.label
    row = rows.connection_row(rows.books(connection).name)
    ids = {each.id for each in found}
    if row["chosen_at"] is not None and row["books"] not in ids:
        raise another(row, found, label)
    chosen = _chosen(row, found, company_id, label) if found else None
    known = sign_in_rows(rows.connection, rows.company_id)
    siblings = [
        each
        for each in rows.connections()
        if each["chosen_at"] is not None
        and each["books"] in ids
        and each["sign_in_id"] in known
        and (each["sign_in_id"] == row["sign_in_id"] or known[each["sign_in_id"]]["needs_reconnect"])
        and _same_place(known[each["sign_in_id"]], known[sign_in_id])
    ]
    users = [row, *siblings]
    link_connections(rows.connection, rows.company_id, [each["id"] for each in users], sign_in_id)
    before = {each["sign_in_id"] for each in users if each["sign_in_id"] is not None}
    tried = hub.database.now(rows.connection) - TRIED_WITHIN
    forget_unused(rows.connection, rows.company_id, before=tried, sign_ins=before)
    detail = {"sign_in": known[sign_in_id]["code"], "reaches": len(found)}
    rows.exports.audit(reach.action, row["name"], detail, actor=hub.actor, now=hub.clock())
    if chosen is not None:
        choose(hub, rows, row, chosen)
    return {
        "connection": row["name"],
        "label": label,
        "companies": [document(each, chosen=each == chosen) for each in found],
        "chosen": None if chosen is None else document(chosen, chosen=True),
    }


def _chosen(row: Row, found: Sequence[Company], company_id: str, label: str) -> Company | None:
    """Return the company that the connection posts to: its own, the one asked for, or the only one; None: to be chosen."""
    wanted = row["books"] if row["chosen_at"] is not None else company_id
    if wanted:
        if company_id and company_id != wanted:
            raise another(row, [reached(found, company_id, label)], label)
        return reached(found, wanted, label)
    return found[0] if len(found) == 1 else None


def _same_place(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in ("connector", "environment", "token_url"))
