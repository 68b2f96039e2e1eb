"""People: who may sign in, and what they may do in which company."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.domain.access import EVERYTHING, Access, Feature, Role
from hub.service.context import Hub, not_found, refuse
from hub.service.heads import remember_each
from hub.service.passwords import checked, hashed
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row, Transaction
from hub.store.audit import append_to_each
from hub.store.people_rows import (
    add_person_row,
    change_person,
    end_sign_ins,
    membership_rows,
    person_row,
    person_rows,
    remove_membership,
    remove_person_row,
    set_membership,
)

LONGEST_NAME = 100
ONCE_GOOD_FOR = timedelta(days=3)
"""How long a one-time password waits for the person's own."""
GIVE, TAKE, REMOVE = "give access", "take access", "remove person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who signs in; access: by company code; support: has access to every company.

    once: they signed in with a one-time password and have not chosen their own yet.
    """

    id: int
    name: str
    full_name: str
    support: bool
    once: bool = False
    access: Mapping[str, Access] = field(default_factory=dict)

    def access_to(self, company: str) -> Access | None:
        """Return this person's access to a company, None where they have none."""
        return EVERYTHING if self.support else self.access.get(company)

    @property
    def shown(self) -> str:
        """What the person is called on screen."""
        return self.full_name or self.name


def people(hub: Hub, company: str | None = None) -> list[dict[str, Any]]:
    """List everyone, or those with access to one company, by name, with their access to it or to each company."""
    if company is None:
        with hub.database.read() as connection:
            return [_document(person) for person in persons(connection, person_rows(connection))]
    with reading(hub, company) as rows:
        members = persons(rows.connection, person_rows(rows.connection, rows.company_id))
        return [_document(person, company) for person in members]


def persons(connection: Transaction, rows: Sequence[Row]) -> list[Person]:
    """Return people, each with their access to companies."""
    access: dict[int, dict[str, Access]] = {row["id"]: {} for row in rows}
    for each in membership_rows(connection, list(access)):
        access[each["person_id"]][each["company"]] = access_of(each)
    return [
        Person(
            id=row["id"],
            name=row["name"],
            full_name=row["full_name"],
            support=row["support"],
            once=row["once_until"] is not None,
            access=access[row["id"]],
        )
        for row in rows
    ]


def access_of(membership: Row) -> Access:
    """Return the access that a membership gives."""
    sites, exports = (
        None if membership[name] is None else frozenset(membership[name]) for name in ("sites", "exports")
    )
    off = frozenset(map(Feature, membership["switched_off"]))
    return Access(role=Role(membership["role"]), sites=sites, exports=exports, without=off)


def add_person(
    hub: Hub, name: str, *, password: str, full_name: str = "", support: bool = False, once: bool = False
) -> None:
    """Add a person who can sign in; refuses a name that is taken and a password that is easy to guess.

    once: the password is good for three days, until the person has chosen their own.
    """
    called = checked_name(name)
    kept = hashed(checked(password, called))
    with hub.database.write() as connection:
        if person_row(connection, called) is not None:
            raise refuse("person_exists", f"There is already a person {called}.")
        add_row(hub, connection, called, kept, full_name=full_name, support=support, once=once)
    remember_each(hub)


def add_first_person(hub: Hub, connection: Transaction, name: str, password: str, *, full_name: str) -> None:
    """Add the first person, who has access to every company; name and password (its hash) are checked."""
    add_row(hub, connection, name, password, full_name=full_name, support=True)


def give_access(hub: Hub, company: str, name: str, role: Role, sites: Sequence[str] | None = None) -> None:
    """Give a person access to a company, in place of what they had; sites: codes, None for all."""
    with writing(hub, company) as rows:
        access = Access(role=role, sites=None if sites is None else frozenset(sites))
        put_access(hub, rows, _person(rows.connection, name), access)


def put_access(hub: Hub, rows: CompanyRows, person: Row, access: Access) -> None:
    """Give a person access in place of what they had, and record both; refuses what is no access."""
    _check_access(rows, access)
    held = membership_of(rows, person["id"])
    before = access_told(access_of(held)) if held is not None else {}
    after = access_told(access)
    changed = {name for name in after if before.get(name) != after[name]}
    if not changed:
        return
    values = {
        "role": access.role.value,
        "sites": None if access.sites is None else sorted(access.sites),
        "exports": None if access.exports is None else sorted(access.exports),
        "switched_off": sorted(access.without),
    }
    set_membership(rows.connection, rows.company_id, person["id"], values)
    told = {name: before[name] for name in before if name in changed}, {name: after[name] for name in changed}
    change = {"row": {"person": person["name"]}, "before": told[0], "after": told[1]}
    audit(hub, rows, GIVE, person["name"], {"changes": [change]})


def access_told(access: Access) -> dict[str, str]:
    """Return an access as the audit trail keeps it."""
    return {
        "role": access.role.value,
        "sites": "all" if access.sites is None else ", ".join(sorted(access.sites)),
        "exports": "all" if access.exports is None else ", ".join(sorted(access.exports)),
        "switched_off": ", ".join(sorted(access.without)),
    }


def membership_of(rows: CompanyRows, person_id: int) -> Row | None:
    """Return a person's membership of the company, None where they have none."""
    held = membership_rows(rows.connection, [person_id])
    return next((each for each in held if each["company_id"] == rows.company_id), None)


def take_access(hub: Hub, company: str, name: str) -> None:
    """Take a person's access to a company away."""
    with writing(hub, company) as rows:
        person = _person(rows.connection, name)
        held = membership_of(rows, person["id"])
        if held is None:
            raise not_found("person with access", person["name"])
        drop_access(hub, rows, person, held)


def drop_access(hub: Hub, rows: CompanyRows, person: Row, held: Row) -> None:
    """Take a person's membership away, and record what it was."""
    remove_membership(rows.connection, rows.company_id, person["id"])
    change = {"row": {"person": person["name"]}, "before": access_told(access_of(held)), "after": {}}
    audit(hub, rows, TAKE, person["name"], {"changes": [change]})


def set_password(hub: Hub, name: str, password: str, *, keep_session: int | None = None, once: bool = False) -> None:
    """Give a person another password and end their sign-ins, but for one that is kept; once: as add_person has it."""
    called = checked_name(name)
    kept = hashed(checked(password, called))
    with hub.database.write() as connection:
        person = _person(connection, called)
        put_password(hub, connection, person, kept, keep_session=keep_session, once=once)
        tell_companies(hub, connection, person, "one-time password" if once else "change password")
    remember_each(hub)


def put_password(
    hub: Hub, connection: Transaction, person: Row, kept: str, *, keep_session: int | None = None, once: bool = False
) -> None:
    """Keep a password's hash in place of the one before, and end the person's sign-ins, but for one that is kept."""
    now = hub.clock()
    until = now + ONCE_GOOD_FOR if once else None
    change_person(connection, person["id"], {"password": kept, "password_at": now, "once_until": until})
    end_sign_ins(connection, person["id"], but=keep_session)


def remove_person(hub: Hub, name: str) -> None:
    """Remove a person with all their access; what they did stays in the audit trails."""
    with hub.database.write() as connection:
        remove_row(hub, connection, _person(connection, name))
    remember_each(hub)


def remove_row(hub: Hub, connection: Transaction, person: Row) -> None:
    """Remove a person with all their access, and record it with each company."""
    tell_companies(hub, connection, person, REMOVE)
    for each in membership_rows(connection, [person["id"]]):
        remove_membership(connection, each["company_id"], person["id"])
    remove_person_row(connection, person["id"])


def checked_name(name: str) -> str:
    """Return a sign-in name as it is kept, in small letters; refuses what is none."""
    called = unicodedata.normalize("NFKC", name).strip().casefold()
    if not called or len(called) > LONGEST_NAME or not called.isprintable() or any(map(str.isspace, called)):
        raise refuse(
            "name_invalid", f"A sign-in name is an e-mail address or up to {LONGEST_NAME} characters without spaces."
        )
    return called


def add_row(
    hub: Hub,
    connection: Transaction,
    name: str,
    password: str,
    *,
    full_name: str,
    support: bool = False,
    once: bool = False,
) -> Row:
    """Add a person whose name and password (its hash) are checked, and return their row."""
    now = hub.clock()
    row = {
        "name": name,
        "full_name": _checked_full_name(full_name),
        "password": password,
        "password_at": now,
        "support": support,
        "added_at": now,
        "once_until": now + ONCE_GOOD_FOR if once else None,
    }
    add_person_row(connection, row)
    person = _person(connection, name)
    if support:
        tell_companies(hub, connection, person, "add support")
    return person


def _check_access(rows: CompanyRows, access: Access) -> None:
    if access.role is Role.SUPPORT:
        raise refuse("role_invalid", "Support is for every company and is given when a person is added.")
    unknown = sorted({*(access.sites or ()), *(access.exports or ())} - set(rows.ids.sites))
    if unknown:
        raise not_found("site", unknown[0], sorted(rows.ids.sites))
    if access.sites is not None and not access.sites:
        raise refuse("sites_missing", "Choose at least one site, or all.")
    unseen = sorted(site for site in access.exports or () if not access.sees([site]))
    if unseen:
        raise refuse("site_unseen", f"Site {unseen[0]} would be exported and not seen.", "Tick it to be seen too.")


def _checked_full_name(full_name: str) -> str:
    called = full_name.strip()
    if len(called) > LONGEST_NAME or not called.isprintable():
        raise refuse("name_invalid", f"A person's name has up to {LONGEST_NAME} printable characters.")
    return called


def _person(connection: Transaction, name: str) -> Row:
    person = person_row(connection, checked_name(name))
    if person is None:
        raise not_found("person", name)
    return person


def audit(hub: Hub, rows: CompanyRows, action: str, subject: str, detail: dict[str, Any]) -> None:
    """Record what was done about a person in the company's trail. detail: JSON's own types."""
    rows.exports.audit(action, subject, detail, actor=hub.actor, now=hub.clock())


def tell_companies(hub: Hub, connection: Transaction, person: Row, action: str) -> None:
    """Record what concerns a person in the trail of each company that they have access to: of support, of every one."""
    held = membership_rows(connection, [person["id"]])
    companies: Collection[int] | None = None if person["support"] else [each["company_id"] for each in held]
    append_to_each(connection, companies, at=hub.clock(), actor=hub.actor, action=action, subject=person["name"])


def _document(person: Person, company: str | None = None) -> dict[str, Any]:
    access = person.access if company is None else {company: person.access[company]}
    return {
        "name": person.name,
        "full_name": person.full_name,
        "support": person.support,
        "access": [
            {
                "company": code,
                "role": each.role.value,
                "sites": None if each.sites is None else sorted(each.sites),
                "exports": None if each.exports is None else sorted(each.exports),
                "switched_off": sorted(each.without),
            }
            for code, each in access.items()
        ],
    }


def person_named(hub: Hub, name: str) -> Person:
    """Return a person; raises NotFound."""
    with hub.database.read() as connection:
        return persons(connection, [_person(connection, name)])[0]
