"""Support staff: who has access to every company, as they manage each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.service.context import Hub, not_found, refuse
from hub.service.heads import remember_each
from hub.service.passwords import random_code
from hub.service.people import add_person, remove_row, set_password
from hub.service.signing_in import end_sessions
from hub.store import Row
from hub.store.people_rows import person_row, person_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """One of support staff; once_until: how long their one-time password is good, None where they have their own."""

    id: int
    name: str
    full_name: str
    signed_in_at: datetime | None
    once_until: datetime | None

    @property
    def shown(self) -> str:
        """What the person is called on screen."""
        return self.full_name or self.name


def support_staff(hub: Hub) -> list[Supporter]:
    """List support staff by name."""
    with hub.database.read() as connection:
        return [_supporter(row) for row in person_rows(connection, support=True)]


def add_supporter(hub: Hub, name: str, full_name: str) -> str:
    """Add somebody to support staff and return their one-time password."""
    code = random_code()
    add_person(hub, name, password=code, full_name=full_name, support=True, once=True)
    return code


def new_password(hub: Hub, person: str) -> str:
    """Give one of support staff a one-time password in place of theirs, end their sessions, and return it."""
    code = random_code()
    set_password(hub, supporter(hub, person).name, code, once=True)
    return code


def sign_out(hub: Hub, person: str) -> None:
    """End every session of one of support staff."""
    end_sessions(hub, supporter(hub, person).name)


def remove_supporter(hub: Hub, person: str) -> None:
    """Remove one of support staff; refuses the last one."""
    found = supporter(hub, person)
    with hub.database.write() as connection:
        row = person_row(connection, found.name)
        if row is None:
            raise not_found("support person", person)
        remove_row(hub, connection, row)
        if not person_rows(connection, support=True):
            raise refuse(
                "last_support",
                f"{found.shown} is the last of support staff: without one, nobody reaches every company.",
                "Add somebody else first.",
            )
    remember_each(hub)


def supporter(hub: Hub, person: str) -> Supporter:
    """Return one of support staff by id; raises NotFound."""
    found = next((each for each in support_staff(hub) if str(each.id) == person), None)
    if found is None:
        raise not_found("support person", person)
    return found


def _supporter(row: Row) -> Supporter:
    names = ("id", "name", "full_name", "signed_in_at", "once_until")
    return Supporter(**{name: row[name] for name in names})
