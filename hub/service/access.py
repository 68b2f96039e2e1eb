"""Users and access: who may do what in one company, as its administrators and support see and change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.domain.access import Access
from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.passwords import hashed, random_code
from hub.service.people import (
    GIVE,
    REMOVE,
    TAKE,
    access_of,
    access_told,
    add_row,
    audit,
    checked_name,
    drop_access,
    membership_of,
    put_access,
    put_password,
    tell_companies,
)
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row
from hub.store.map_rows import told_changes
from hub.store.people_rows import end_sign_ins, membership_rows, person_row, person_rows, remove_person_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person with access to a company.

    once_until: how long their one-time password is good, None where they have their own; elsewhere: they have access to
    another company too, or are support, so that only support may give them another password.
    """

    id: int
    name: str
    full_name: str
    access: Access
    signed_in_at: datetime | None
    once_until: datetime | None
    elsewhere: bool

    @property
    def shown(self) -> str:
        """What the person is called on screen."""
        return self.full_name or self.name


def members(hub: Hub, company: str) -> list[Member]:
    """List the people with access to a company, by name."""
    with reading(hub, company) as rows:
        return members_of(rows)


def member(hub: Hub, company: str, person: str) -> Member:
    """Return one of them by id; raises NotFound."""
    with reading(hub, company) as rows:
        return _member(rows, person)


def add_member(hub: Hub, company: str, name: str, access: Access, *, full_name: str = "") -> str:
    """Give somebody access to a company, and return their one-time password: empty where they sign in already.

    Refuses a name that has access already, or that support staff have.
    """
    called = checked_name(name)
    code = random_code()
    kept = hashed(code)
    with writing(hub, company) as rows:
        person = person_row(rows.connection, called)
        _must_be_new(rows, called, person)
        is_new = person is None
        if person is None:
            person = add_row(hub, rows.connection, called, kept, full_name=full_name, once=True)
            audit(hub, rows, "add person", called, {"full_name": full_name.strip()})
        put_access(hub, rows, person, access)
    return code if is_new else ""


def change_member(hub: Hub, company: str, person: str, access: Access, *, shown: str, by_support: bool) -> None:
    """Change what a person may do; shown: `access_text` of what the page showed.

    Refuses where somebody else changed it meanwhile, and where nobody would be left who gives access (but not to support).
    """
    with writing(hub, company) as rows:
        found = _member(rows, person)
        if found.access == access:
            return
        if shown != access_text(found.access):
            raise _changed_meanwhile(rows, found.name)
        if not by_support and not access.gives_access:
            _must_leave_an_administrator(rows, found)
        put_access(hub, rows, _row(rows, found), access)


def remove_member(hub: Hub, company: str, person: str, *, by_support: bool) -> None:
    """Take a person's access away; who has no other is removed. Refuses as change_member does."""
    with writing(hub, company) as rows:
        found = _member(rows, person)
        if not by_support:
            _must_leave_an_administrator(rows, found)
        row, held = _row(rows, found), membership_of(rows, found.id)
        assert held is not None
        drop_access(hub, rows, row, held)
        if not found.elsewhere:
            audit(hub, rows, REMOVE, found.name, {})
            remove_person_row(rows.connection, found.id)


def new_password(hub: Hub, company: str, person: str, *, by_support: bool) -> str:
    """Give a person a one-time password in place of theirs, end their sessions, and return it.

    Refuses, but not to support, where it would open another company too.
    """
    code = random_code()
    kept = hashed(code)
    with writing(hub, company) as rows:
        found = _member(rows, person)
        if found.elsewhere and not by_support:
            raise refuse(
                "person_elsewhere",
                f"{found.shown} signs in to more than this company, so their password is not this company's to change.",
                "Ask support for a new password. Their sessions can be ended here.",
            )
        row = _row(rows, found)
        put_password(hub, rows.connection, row, kept, once=True)
        tell_companies(hub, rows.connection, row, "one-time password")
    return code


def sign_out(hub: Hub, company: str, person: str) -> None:
    """End every session of a person."""
    with writing(hub, company) as rows:
        found = _member(rows, person)
        end_sign_ins(rows.connection, found.id)
        audit(hub, rows, "end sessions", found.name, {})


def access_text(access: Access) -> str:
    """Return one text for an access, which a page keeps so that a change made meanwhile is noticed."""
    return "; ".join(f"{name}: {value}" for name, value in access_told(access).items())


def members_of(rows: CompanyRows) -> list[Member]:
    """Return the people with access to a company, by name."""
    people = person_rows(rows.connection, rows.company_id)
    held: dict[int, dict[int, Row]] = {each["id"]: {} for each in people}
    for each in membership_rows(rows.connection, list(held)):
        held[each["person_id"]][each["company_id"]] = each
    return [_of(each, held[each["id"]], rows.company_id) for each in people]


def _of(person: Row, memberships: Mapping[int, Row], company_id: int) -> Member:
    return Member(
        id=person["id"],
        name=person["name"],
        full_name=person["full_name"],
        access=access_of(memberships[company_id]),
        signed_in_at=person["signed_in_at"],
        once_until=person["once_until"],
        elsewhere=person["support"] or len(memberships) > 1,
    )


def _member(rows: CompanyRows, person: str) -> Member:
    found = next((each for each in members_of(rows) if str(each.id) == person), None)
    if found is None:
        raise not_found("person with access", person)
    return found


def _row(rows: CompanyRows, found: Member) -> Row:
    row = person_row(rows.connection, found.name)
    assert row is not None  # its membership is of this transaction
    return row


def _must_be_new(rows: CompanyRows, name: str, person: Row | None) -> None:
    if person is None:
        return
    if person["support"]:
        raise refuse("is_support", f"{name} is support staff, who have access to every company.")
    if membership_of(rows, person["id"]) is not None:
        raise refuse("person_exists", f"{name} has access to this company already.", "Change it in the list.")


def _must_leave_an_administrator(rows: CompanyRows, found: Member) -> None:
    others = [each for each in members_of(rows) if each.id != found.id and each.access.gives_access]
    if found.access.gives_access and not others:
        raise refuse(
            "last_administrator",
            f"{found.shown} is the last administrator who can give access to all of {rows.company['name']}: "
            "without one, nobody in the company could add or change anyone.",
            "Make somebody else an administrator of all sites first, or ask support.",
        )


def _changed_meanwhile(rows: CompanyRows, name: str) -> Refused:
    told = told_changes(rows.connection, rows.company_id, (GIVE, TAKE), name)
    by = told[-1].actor if told else "Someone"
    return refuse(
        "changed_meanwhile",
        f"{by} changed this access meanwhile, so yours was not saved.",
        "See above what it is now. Save again to put yours in its place.",
    )
