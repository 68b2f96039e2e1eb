"""People: who may sign in, and what they may do in which company."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.domain.access import EVERYTHING, Access, Role
from hub.service.context import Hub, not_found, refuse
from hub.service.heads import remember
from hub.service.passwords import checked, hashed
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row, Transaction
from hub.store.audit import append
from hub.store.company_rows import company_rows
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who signs in; access: by company code; support: has access to every company."""

    id: int
    name: str
    full_name: str
    support: bool
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
        sites = None if each["sites"] is None else frozenset(each["sites"])
        access[each["person_id"]][each["company"]] = Access(role=Role(each["role"]), sites=sites)
    return [
        Person(
            id=row["id"],
            name=row["name"],
            full_name=row["full_name"],
            support=row["support"],
            access=access[row["id"]],
        )
        for row in rows
    ]


def add_person(hub: Hub, name: str, *, password: str, full_name: str = "", support: bool = False) -> None:
    """Add a person who can sign in; refuses a name that is taken and a password that is easy to guess."""
    called = checked_name(name)
    kept = hashed(checked(password, called))
    with hub.database.write() as connection:
        if person_row(connection, called) is not None:
            raise refuse("person_exists", f"There is already a person {called}.")
        _add(hub, connection, called, kept, full_name=full_name, support=support)
    remember(hub)


def add_first_person(hub: Hub, connection: Transaction, name: str, password: str, *, full_name: str) -> None:
    """Add the first person, who has access to every company; name and password (its hash) are checked."""
    _add(hub, connection, name, password, full_name=full_name, support=True)


def give_access(hub: Hub, company: str, name: str, role: Role, sites: Sequence[str] | None = None) -> None:
    """Give a person access to a company, in place of what they had; sites: codes, None for all."""
    if role is Role.SUPPORT:
        raise refuse("role_invalid", "Support is for every company and is given when a person is added.")
    with writing(hub, company) as rows:
        unknown = sorted(set(sites or ()) - set(rows.ids.sites))
        if unknown:
            raise not_found("site", unknown[0], sorted(rows.ids.sites))
        if sites is not None and not sites:
            raise refuse("sites_missing", "Choose at least one site, or all.")
        person = _person(rows.connection, name)
        set_membership(rows.connection, rows.company_id, person["id"], role=role.value, sites=sites)
        shown = "all" if sites is None else ", ".join(sorted(sites))
        _audit(hub, rows, "give access", person["name"], {"role": role.value, "sites": shown})


def take_access(hub: Hub, company: str, name: str) -> None:
    """Take a person's access to a company away."""
    with writing(hub, company) as rows:
        person = _person(rows.connection, name)
        held = membership_rows(rows.connection, [person["id"]])
        if rows.company_id not in {each["company_id"] for each in held}:
            raise not_found("person with access", person["name"])
        remove_membership(rows.connection, rows.company_id, person["id"])
        _audit(hub, rows, "take access", person["name"], {})


def set_password(hub: Hub, name: str, password: str, *, keep_session: int | None = None) -> None:
    """Give a person another password and end their sign-ins, but for one that is kept."""
    called = checked_name(name)
    kept = hashed(checked(password, called))
    with hub.database.write() as connection:
        person = _person(connection, called)
        change_person(connection, person["id"], {"password": kept, "password_at": hub.clock()})
        end_sign_ins(connection, person["id"], but=keep_session)
        _tell_companies(hub, connection, person, "change password")
    remember(hub)


def remove_person(hub: Hub, name: str) -> None:
    """Remove a person with all their access; what they did stays in the audit trails."""
    with hub.database.write() as connection:
        person = _person(connection, name)
        _tell_companies(hub, connection, person, "remove person")
        for each in membership_rows(connection, [person["id"]]):
            remove_membership(connection, each["company_id"], person["id"])
        remove_person_row(connection, person["id"])
    remember(hub)


def checked_name(name: str) -> str:
    """Return a sign-in name as it is kept, in small letters; refuses what is none."""
    called = unicodedata.normalize("NFKC", name).strip().casefold()
    if not called or len(called) > LONGEST_NAME or not called.isprintable() or any(map(str.isspace, called)):
        raise refuse(
            "name_invalid", f"A sign-in name is an e-mail address or up to {LONGEST_NAME} characters without spaces."
        )
    return called


def _add(hub: Hub, connection: Transaction, name: str, password: str, *, full_name: str, support: bool) -> None:
    now = hub.clock()
    row = {
        "name": name,
        "full_name": _checked_full_name(full_name),
        "password": password,
        "password_at": now,
        "support": support,
        "added_at": now,
    }
    add_person_row(connection, row)
    if support:
        _tell_every_company(hub, connection, "add support", name)


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


def _audit(hub: Hub, rows: CompanyRows, action: str, subject: str, detail: dict[str, Any]) -> None:
    rows.exports.audit(action, subject, detail, actor=hub.actor, now=hub.clock())


def _tell_companies(hub: Hub, connection: Transaction, person: Row, action: str) -> None:
    """Record what concerns a person in the trail of each company that they have access to."""
    if person["support"]:
        _tell_every_company(hub, connection, action, person["name"])
        return
    for each in membership_rows(connection, [person["id"]]):
        _append(hub, connection, each["company_id"], action, person["name"])


def _tell_every_company(hub: Hub, connection: Transaction, action: str, name: str) -> None:
    for company in company_rows(connection):
        _append(hub, connection, company["id"], action, name)


def _append(hub: Hub, connection: Transaction, company_id: int, action: str, name: str) -> None:
    append(connection, company_id, at=hub.clock(), actor=hub.actor, action=action, subject=name, detail={})


def _document(person: Person, company: str | None = None) -> dict[str, Any]:
    access = person.access if company is None else {company: person.access[company]}
    return {
        "name": person.name,
        "full_name": person.full_name,
        "support": person.support,
        "access": [
            {"company": code, "role": each.role.value, "sites": None if each.sites is None else sorted(each.sites)}
            for code, each in access.items()
        ],
    }


def person_named(hub: Hub, name: str) -> Person:
    """Return a person; raises NotFound."""
    with hub.database.read() as connection:
        return persons(connection, [_person(connection, name)])[0]
