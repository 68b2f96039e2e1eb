"""A customer signs in to their accounting system: through the browser, or with what a stand-in prints."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from hub.plugins.sign_in.grants import Client, Granted, NoGrant
from hub.service.connecting.books_there import opened
from hub.service.connecting.linking import Came, Reach, connect, link
from hub.service.connecting.sealed import closed, hashed, operators_client, proof_of, seal_proof
from hub.service.connecting.typed_in import asks_secrets, type_line_in
from hub.service.context import Hub, refuse
from hub.service.network import LOCAL
from hub.service.scope import reading, writing
from hub.store import Row
from hub.store.company_rows import change_connection, company_rows
from hub.store.key_ring import VaultClosed
from hub.store.sign_in_rows import begin_sign_in, take_begun

ANSWERED_WITHIN = timedelta(minutes=15)
MOST_ANSWER = 4_096  # characters of one parameter that came back
STATE_BYTES = 32
DECLINED = "access_denied"


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

    came = Came(connection=connection, token_url=way.token_url, granted=_granted(granted, books.label), kept=kept)
    return connect(hub, company, came)


def sign_in_with(hub: Hub, company: str, connection: str, line: Mapping[str, str]) -> dict[str, Any]:
    """Connect with what a stand-in prints: client_id, client_secret, refresh_token, company_id, and base_url in `local`.

    Where secrets are typed in, what it prints has their names. Answers with the companies that the sign-in reaches, and the
    chosen one.
    """
    from hub.plugins.sign_in.flow import renew

    _take_address(hub, company, connection, line)
    books, _ = opened(hub, company, connection)
    if asks_secrets(books.asked()[0]):
        return type_line_in(hub, company, connection, line)
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
        token_url=way.token_url,
        granted=_granted(granted, books.label),
        own={"id": client.id, "secret": client.secret},
        kept={name: value for name, value in kept.items() if value},
        company_id=company_id,
    )
    return connect(hub, company, came)


def share(hub: Hub, company: str, connection: str, other: str) -> dict[str, Any]:
    """Have a connection use the sign-in of another one to the same accounting system; answers as sign_in_with does."""
    (books, row), (others, theirs) = opened(hub, company, connection), opened(hub, company, other)
    same = all(row[name] == theirs[name] for name in ("connector", "environment"))
    if others.sign_in is None or not same or books.asked()[1] != others.sign_in["token_url"]:
        raise refuse("sign_in_differs", f"{other} has no sign-in that {connection} could use as well.")
    with others.session() as session:
        found = session.companies()
    with writing(hub, company) as rows:
        reach = Reach(sign_in_id=others.sign_in["id"], companies=found, label=books.label)
        return link(hub, rows, connection, reach)


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


def _uuid(hub: Hub, company: str) -> str:
    with reading(hub, company) as rows:
        return str(rows.company["uuid"])
