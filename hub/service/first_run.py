"""The first person: set up by whoever has the one-time code that only the terminal showed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from hub.service.context import Hub, Refused, refuse
from hub.service.passwords import checked, hashed, random_code
from hub.service.people import add_first_person, checked_name, person_named
from hub.service.signing_in import begin
from hub.store import Transaction
from hub.store.people_rows import first_run_row, forget_first_run, has_people, set_first_run

GOOD_FOR = timedelta(days=1)


def is_needed(hub: Hub) -> bool:
    """Tell whether nobody can sign in yet."""
    with hub.database.read() as connection:
        return not has_people(connection)


def new_code(hub: Hub) -> str:
    """Make the code that sets up the first person, in place of any earlier one; refuses where there are people."""
    code = random_code()
    with hub.database.write() as connection:
        if has_people(connection):
            raise refuse("not_first", "There are people already. Add another: hub users add NAME")
        set_first_run(connection, _hashed(code), hub.clock() + GOOD_FOR)
    return code


def set_up(hub: Hub, code: str, name: str, password: str, full_name: str = "") -> None:
    """Add the first person, who has access to every company, and use the code up; refuses another code."""
    with hub.database.read() as connection:
        if not _is_good(
            hub, connection, code
        ):  # before a password is hashed, which anyone could keep the hub busy with
            raise _wrong()
    called = checked_name(name)
    kept = hashed(checked(password, called))
    with hub.database.write() as connection:
        if not _is_good(hub, connection, code) or not forget_first_run(connection, _hashed(code)):
            raise _wrong()
        add_first_person(hub, connection, called, kept, full_name=full_name)


def signed_in_first(hub: Hub, name: str, *, address: str, program: str) -> str:
    """Begin the first person's session and return its token."""
    person = person_named(hub, name)
    with hub.database.write() as connection:
        return begin(hub, connection, person.id, address=address, program=program)


def _is_good(hub: Hub, connection: Transaction, code: str) -> bool:
    row = first_run_row(connection)
    known = row is not None and row["until"] > hub.clock() and row["code"] == _hashed(code)
    return known and not has_people(connection)


def _wrong() -> Refused:
    return refuse("code_wrong", "This code is wrong or no longer good.", "Get another in the terminal: hub users first")


def _hashed(code: str) -> str:
    plain = code.strip().upper()
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()
