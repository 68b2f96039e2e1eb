"""Signing in and out: sessions that end, can be ended, and cannot be guessed; tries that are counted."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.passwords import is_right
from hub.service.people import Person, checked_name, persons, set_password
from hub.store import Transaction
from hub.store.people_rows import (
    add_signed_in,
    change_person,
    count_try,
    end_sign_ins,
    end_signed_in,
    forget_ended,
    forget_tries,
    person_row,
    seen,
    signed_in_row,
    signed_in_rows,
)

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)
"""How finely it is kept when a session was used last, so that not every page writes."""
TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS = 10, 50
TRIES_FORGOTTEN = timedelta(minutes=15)
LONGEST_PROGRAM = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in that is good now."""

    id: int
    person: Person


def sign_in(hub: Hub, name: str, password: str, *, address: str, program: str) -> str:
    """Sign a person in and return the token that their browser keeps: 256 random bits.

    Tries are counted before the password is looked at, by account and by address, in the database. Refuses with
    `sign_in_wrong` (whatever is wrong) or `sign_in_often`.
    """
    called = _called(name)
    account, origin = _subject("account", called), _subject("address", address)
    with hub.database.write() as connection:
        refusal = _refusal(hub, connection, account, origin)
    if refusal is not None:
        raise refusal
    with hub.database.read() as connection:
        person = person_row(connection, called)
    if not is_right(password, person["password"] if person else None) or person is None:
        raise refuse("sign_in_wrong", "The name or the password is wrong.", "Try again; capital letters matter.")
    if person["once_until"] is not None and person["once_until"] <= hub.clock():
        raise refuse(
            "password_expired", "This one-time password is no longer good.", "Ask whoever gave it to you for another."
        )
    with hub.database.write() as connection:
        forget_tries(connection, account)
        return begin(hub, connection, person["id"], address=address, program=program)


def begin(hub: Hub, connection: Transaction, person_id: int, *, address: str, program: str) -> str:
    """Begin a session of a person and return its token; sessions that ended are forgotten."""
    now = hub.clock()
    forget_ended(connection, before=now, idle_since=now - IDLE)
    change_person(connection, person_id, {"signed_in_at": now})
    token = secrets.token_urlsafe(32)
    values = {
        "token": _hashed(token),
        "person_id": person_id,
        "started_at": now,
        "seen_at": now,
        "ends_at": now + LASTS,
        "address": address,
        "program": "".join(filter(str.isprintable, program))[:LONGEST_PROGRAM],
    }
    add_signed_in(connection, values)
    return token


def session_of(hub: Hub, token: str, *, used: bool = True) -> Session | None:
    """Return the session of a token, None where there is none or it has ended.

    used: by its person, which puts off its end; a page that follows something by itself is no such use.
    """
    now = hub.clock()
    with hub.database.read() as connection:
        row = signed_in_row(connection, _hashed(token))
        if row is None or row["ends_at"] <= now or row["seen_at"] + IDLE <= now:
            return None
        session = Session(id=row["session_id"], person=persons(connection, [row])[0])
    if used and row["seen_at"] + SEEN_EVERY <= now:
        with hub.database.write() as connection:
            seen(connection, session.id, now)
    return session


def sign_out(hub: Hub, token: str) -> None:
    """End the session of a token."""
    with hub.database.write() as connection:
        end_signed_in(connection, _hashed(token))


def sessions(hub: Hub, name: str) -> list[dict[str, Any]]:
    """List a person's sessions, the one used last first: id, started_at, seen_at, ends_at, address, program."""
    now = hub.clock()
    with hub.database.read() as connection:
        rows = signed_in_rows(connection, _person_id(connection, name))
    good = (row for row in rows if row["ends_at"] > now and row["seen_at"] + IDLE > now)
    return [
        {shown: row[shown] for shown in ("id", "started_at", "seen_at", "ends_at", "address", "program")}
        for row in good
    ]


def end_sessions(hub: Hub, name: str, session_id: int | None = None, *, but: int | None = None) -> None:
    """End one of a person's sessions, or all of them but one."""
    with hub.database.write() as connection:
        ended = end_sign_ins(connection, _person_id(connection, name), session_id, but=but)
    if session_id is not None and not ended:
        raise not_found("session", str(session_id))


def change_password(hub: Hub, session: Session, current: str, new: str, *, address: str) -> None:
    """Give the one signed in another password and end their other sessions; the current one must be right."""
    account, origin = _subject("account", session.person.name), _subject("address", address)
    with hub.database.write() as connection:
        refusal = _refusal(hub, connection, account, origin)
    if refusal is not None:
        raise refusal
    with hub.database.read() as connection:
        person = person_row(connection, session.person.name)
    if not is_right(current, person["password"] if person else None):
        raise refuse("sign_in_wrong", "The current password is wrong.")
    with hub.database.write() as connection:
        forget_tries(connection, account)
    set_password(hub, session.person.name, new, keep_session=session.id)


def choose_password(hub: Hub, session: Session, new: str) -> None:
    """Give the one who signed in with a one-time password their own; refuses the same again, and where it is their own."""
    with hub.database.read() as connection:
        person = person_row(connection, session.person.name)
    if person is None or person["once_until"] is None:
        raise refuse("not_once", "You have a password of your own. To change it, type the current one too.")
    if is_right(new, person["password"]):
        raise refuse("password_same", "This is the one-time password. Choose another.", "A few words make a good one.")
    set_password(hub, session.person.name, new, keep_session=session.id)


def _called(name: str) -> str:
    try:
        return checked_name(name)
    except Refused:
        return "no body"  # whose name would be refused


def _refusal(hub: Hub, connection: Transaction, account: str, origin: str) -> Refused | None:
    """Count a try and return why it is one too many; None where it is not. The count stays either way."""
    now = hub.clock()
    kept: dict[str, Any] = {"now": now, "until": now + TRIES_FORGOTTEN}
    counted = (
        (count_try(connection, account, **kept), TRIES_OF_ACCOUNT),
        (count_try(connection, origin, **kept), TRIES_OF_ADDRESS),
    )
    ends = [datetime.fromisoformat(row["until"]) for row, most in counted if row["tries"] > most]
    if not ends:
        return None
    minutes = -(-int((max(ends) - now).total_seconds()) // 60) or 1
    return refuse(
        "sign_in_often",
        f"Too many tries to sign in. The next one is possible in {minutes} minute{'s' if minutes > 1 else ''}.",
        "If you do not know your password, ask an administrator of your company, or support, for a new one.",
    )


def _person_id(connection: Transaction, name: str) -> int:
    person = person_row(connection, checked_name(name))
    if person is None:
        raise not_found("person", name)
    return int(person["id"])


def _subject(kind: str, text: str) -> str:
    return f"{kind} {_hashed(text)}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
