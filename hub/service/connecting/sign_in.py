"""A customer signs in to their accounting system: through the browser, or with what a stand-in prints."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hub.api import Company, ConnectorError, OAuth2
from hub.plugins.sign_in.grants import Client, Granted, NoGrant
from hub.service.connecting.books_there import another, choose, document, opened, reached
from hub.service.connecting.renewing import lives
from hub.service.connecting.sealed import (
    Tokens,
    closed,
    hashed,
    operators_client,
    proof_of,
    seal_own_client,
    seal_proof,
    seal_tokens,
)
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, refuse
from hub.service.network import LOCAL
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.company_rows import change_connection, company_rows
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import (
    add_sign_in,
    begin_sign_in,
    forget_unused,
    link_connections,
    sign_in_rows,
    take_begun,
)

ANSWERED_WITHIN = timedelta(minutes=15)
TRIED_WITHIN = timedelta(hours=1)
"""How long a sign-in that no connection came to use is kept."""
MOST_ANSWER = 4_096  # characters of one parameter that came back
STATE_BYTES = 32
DECLINED = "access_denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a person came back with; connection: whose sign-in was begun; granted: its tokens; own: a client of its own."""

    connection: str
    way: OAuth2
    granted: Granted
    kept: Mapping[str, str]
    own: Client | None = None
    company_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A sign-in and the companies that it reaches; label: the accounting system's, for people."""

    sign_in_id: int
    companies: Sequence[Company]
    label: str


def begin(hub: Hub, company: str, connection: str, *, browser: str, redirect_url: str) -> str:
    """Return where to send a person to sign in; browser: what only this session of theirs holds.

    redirect_url: where they come back to, exactly as the operator registered it.
    """
    from hub.plugins.sign_in.flow import ask

    books, row = opened(hub, company, connection)
    way = books.way()
    try:
        client = operators_client(hub, row["connector"], row["environment"])
        state = f"{row['company_id']}.{secrets.token_urlsafe(STATE_BYTES)}"
        asked = ask(way, client, redirect_url=redirect_url, state=state)
        with writing(hub, company) as rows:
            now = hub.database.now(rows.connection)
            values = {
                "state": hashed(state),
                "connection_id": row["id"],
                "browser": hashed(browser),
                "redirect_url": redirect_url,
                "proof": seal_proof(hub, rows.company["uuid"], hashed(state), asked.verifier),
                "until": now + ANSWERED_WITHIN,
            }
            begin_sign_in(rows.connection, rows.company_id, values, now=now)
    except VaultClosed as error:
        raise closed(error) from error
    return asked.url


def company_of(hub: Hub, answer: Mapping[str, str]) -> str:
    """Return the company whose sign-in an answer says it is of, empty where it is of none."""
    company_id = answer.get("state", "").partition(".")[0]
    with hub.database.read() as connection:
        codes = {str(row["id"]): str(row["code"]) for row in company_rows(connection)}
    return codes.get(company_id, "")


def finish(hub: Hub, company: str, answer: Mapping[str, str], *, browser: str) -> dict[str, Any]:
    """Connect with what the accounting system sent a person back with, once; answers as sign_in_with does.

    Refuses an answer that this browser did not ask for, that came late or twice, or that says no.
    """
    from hub.plugins.sign_in.flow import exchange

    begun, connection = _begun(hub, company, answer, browser)
    books, row = opened(hub, company, connection)
    way = books.way()
    code = _code(answer, books.label)
    kept = {name: answer[name][:MOST_ANSWER] for name in way.kept if answer.get(name)}
    if len(kept) < len(way.kept):
        raise refuse("sign_in_incomplete", f"{books.label} did not say which company was signed in to. Try again.")

    def granted() -> Granted:
        client = operators_client(hub, row["connector"], row["environment"])
        verifier = proof_of(hub, _uuid(hub, company), begun)
        with hub.posting.sign_in_client(way) as http:
            return exchange(http, way, client, code=code, redirect_url=begun["redirect_url"], verifier=verifier)

    came = Came(connection=connection, way=way, granted=_granted(granted, books.label), kept=kept)
    return _connect(hub, company, came)


def sign_in_with(hub: Hub, company: str, connection: str, line: Mapping[str, str]) -> dict[str, Any]:
    """Connect with what a stand-in prints: client_id, client_secret, refresh_token, company_id, and base_url in `local`.

    Answers with the companies that the sign-in reaches, and the chosen one.
    """
    from hub.plugins.sign_in.flow import renew

    _take_address(hub, company, connection, line)
    books, _ = opened(hub, company, connection)
    way = books.way()
    lacking = [name for name in ("client_id", "refresh_token") if not line.get(name)]
    if lacking:
        raise refuse("sign_in_incomplete", f"What was given has no {' and no '.join(lacking)}.")
    client = Client(id=line["client_id"], secret=line.get("client_secret", ""))

    def granted() -> Granted:
        with hub.posting.sign_in_client(way) as http:
            return renew(http, way, client, line["refresh_token"])

    company_id = line.get("company_id", "")
    kept = {name: line.get(name) or company_id for name in way.kept}
    came = Came(
        connection=connection,
        way=way,
        granted=_granted(granted, books.label),
        kept={name: value for name, value in kept.items() if value},
        own=client,
        company_id=company_id,
    )
    return _connect(hub, company, came)


def share(hub: Hub, company: str, connection: str, other: str) -> dict[str, Any]:
    """Have a connection use the sign-in of another one to the same accounting system; answers as sign_in_with does."""
    (books, row), (others, theirs) = opened(hub, company, connection), opened(hub, company, other)
    same = all(row[name] == theirs[name] for name in ("connector", "environment"))
    if others.sign_in is None or not same or books.way().token_url != others.sign_in["token_url"]:
        raise refuse("sign_in_differs", f"{other} has no sign-in that {connection} could use as well.")
    with others.session() as session:
        found = session.companies()
    with writing(hub, company) as rows:
        reach = Reach(sign_in_id=others.sign_in["id"], companies=found, label=books.label)
        return _link(hub, rows, connection, reach)


def _begun(hub: Hub, company: str, answer: Mapping[str, str], browser: str) -> tuple[Row, str]:
    """Return the sign-in that an answer is for, and its connection; whatever it says, it cannot be answered again."""
    with hub.database.write() as connection:
        now = hub.database.now(connection)
        company_id = next((row["id"] for row in company_rows(connection) if row["code"] == company), 0)
        row = take_begun(connection, company_id, hashed(answer.get("state", "")))
    if row is None or row["until"] <= now or row["browser"] != hashed(browser):
        raise refuse(
            "sign_in_stale",
            "This sign-in was not begun in this browser, is more than 15 minutes old, or was answered already. "
            "Nothing was changed.",
            "Begin it again: Accounting > Setup > Connections.",
        )
    with reading(hub, company) as rows:
        return row, rows.ids.connection_names[row["connection_id"]]


def _code(answer: Mapping[str, str], label: str) -> str:
    if answer.get("error") == DECLINED:
        raise refuse("sign_in_declined", f"The connection was declined in {label}. Nothing was changed.")
    code = answer.get("code", "")
    if not code or len(code) > MOST_ANSWER or answer.get("error"):
        raise refuse("sign_in_failed", f"{label} did not let the hub in. Nothing was changed.", "Try again.")
    return code


def _granted(work: Callable[[], Granted], label: str) -> Granted:
    try:
        return work()
    except VaultClosed as error:
        raise closed(error) from error
    except NoGrant as error:
        raise refuse("sign_in_failed", f"{label} did not accept the sign-in: {error}", "Try again.") from error


def _connect(hub: Hub, company: str, came: Came) -> dict[str, Any]:
    """Save a sign-in, ask which companies it reaches, and have the connection use it where its own is among them."""
    sign_in_id = _saved(hub, company, came)
    try:
        with reading(hub, company) as rows:
            row = rows.connection_row(rows.books(came.connection).name)
            books = OpenBooks(hub, row, rows, sign_in_id=sign_in_id)
        with books.session() as session:
            found = session.companies()
        with writing(hub, company) as rows:
            reach = Reach(sign_in_id=sign_in_id, companies=found, label=books.label)
            return _link(hub, rows, came.connection, reach, company_id=came.company_id)
    except (Refused, ConnectorError):
        with writing(hub, company) as rows:
            before = hub.database.now(rows.connection) - TRIED_WITHIN
            forget_unused(rows.connection, rows.company_id, before=before, sign_ins=[sign_in_id])
        raise


def _saved(hub: Hub, company: str, came: Came) -> int:
    """Save tokens before they are used; no connection uses them yet."""
    with writing(hub, company) as rows:
        uuid, now = rows.company["uuid"], hub.database.now(rows.connection)
        row = rows.connection_row(rows.books(came.connection).name)
        place = {
            "code": uuid4().hex,
            "connector": row["connector"],
            "environment": row["environment"],
            "token_url": came.way.token_url,
        }
        try:
            sealed = {
                "client": "" if came.own is None else seal_own_client(hub, uuid, place, came.own),
                "tokens": seal_tokens(
                    hub, uuid, place, Tokens(access=came.granted.access, refresh=came.granted.refresh)
                ),
            }
        except VaultClosed as error:
            raise closed(error) from error
        values = {
            **place,
            **sealed,
            **lives(came.granted, now),
            "kept": dict(came.kept),
            "version": 1,
            "fence": 0,
            "lease_holder": "",
            "needs_reconnect": "",
            "signed_in_by": hub.actor,
            "signed_in_at": now,
        }
        return add_sign_in(rows.connection, rows.company_id, values)


def _link(hub: Hub, rows: CompanyRows, connection: str, reach: Reach, *, company_id: str = "") -> dict[str, Any]:
    """Have a connection use a sign-in that reaches its books, and with it those that shared its old one or need a new one."""
    sign_in_id, found, label = reach.sign_in_id, reach.companies, reach.label
    row = rows.connection_row(rows.books(connection).name)
    ids = {each.id for each in found}
    if row["chosen_at"] is not None and row["books"] not in ids:
        raise another(row, found, label)
    chosen = _chosen(row, found, company_id, label)
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
    rows.exports.audit("connect", row["name"], detail, actor=hub.actor, now=hub.clock())
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


def _take_address(hub: Hub, company: str, connection: str, line: Mapping[str, str]) -> None:
    """Have a connection to a stand-in lead where the stand-in says it is, unless it leads elsewhere already."""
    address = line.get("base_url", "").rstrip("/")
    if not address:
        return
    with writing(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        if row["environment"] != LOCAL:
            return
        there = str(row["settings"].get("base_url", "")).rstrip("/")
        if there and there != address:
            raise refuse(
                "address_differs",
                f"{connection} leads to {there}, and what was given is of {address}.",
                "Give that one's.",
            )
        if not there:
            settings = {**row["settings"], "base_url": address}
            change_connection(rows.connection, rows.company_id, row["id"], {"settings": settings})


def _same_place(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in ("connector", "environment", "token_url"))


def _uuid(hub: Hub, company: str) -> str:
    with reading(hub, company) as rows:
        return str(rows.company["uuid"])
