"""People, their access to companies, and their sign-ins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, text, update

from hub.store import tables
from hub.store.tables.columns import instant_text

PERSON = tables.Person.__table__  # type: ignore[attr-defined]
MEMBERSHIP = tables.Membership.__table__  # type: ignore[attr-defined]
SIGNED_IN = tables.SignedIn.__table__  # type: ignore[attr-defined]
TRIES = tables.SignInTries.__table__  # type: ignore[attr-defined]
FIRST_RUN = tables.FirstRunCode.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
COUNT_TRY = text(
    "INSERT INTO sign_in_tries (subject, tries, until) VALUES (:subject, 1, :until) ON CONFLICT (subject) DO UPDATE SET "
    "tries = CASE WHEN sign_in_tries.until <= :now THEN 1 ELSE sign_in_tries.tries + 1 END, "
    "until = CASE WHEN sign_in_tries.until <= :now THEN excluded.until ELSE sign_in_tries.until END "
    "RETURNING tries, until"
)
SET_FIRST_RUN = text(
    "INSERT INTO first_run_code (id, code, until) VALUES (1, :code, :until) "
    "ON CONFLICT (id) DO UPDATE SET code = excluded.code, until = excluded.until"
)


def person_row(connection: Connection, name: str) -> RowMapping | None:
    """Return the person who signs in with a name, None where there is none."""
    return connection.execute(select(PERSON).where(PERSON.c.name == name)).mappings().first()


def person_rows(connection: Connection, company_id: int | None = None, *, support: bool = False) -> list[RowMapping]:
    """Return everyone by name, or those with access to one company, or support staff alone."""
    statement = select(PERSON).order_by(PERSON.c.name)
    if company_id is not None:
        members = select(MEMBERSHIP.c.person_id).where(MEMBERSHIP.c.company_id == company_id)
        statement = statement.where(PERSON.c.id.in_(members))
    if support:
        statement = statement.where(PERSON.c.support)
    return list(connection.execute(statement).mappings())


def has_people(connection: Connection) -> bool:
    """Tell whether anyone can sign in."""
    return connection.execute(select(PERSON.c.id).limit(1)).first() is not None


def add_person_row(connection: Connection, values: Mapping[str, object]) -> int:
    """Add a person and return their id."""
    primary = connection.execute(insert(PERSON).values(**values)).inserted_primary_key
    assert primary is not None
    return int(primary[0])


def change_person(connection: Connection, person_id: int, values: Mapping[str, object]) -> None:
    """Change what is known of a person."""
    connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(**values))


def remove_person_row(connection: Connection, person_id: int) -> None:
    """Remove a person with their sign-ins; their memberships must be gone."""
    connection.execute(delete(SIGNED_IN).where(SIGNED_IN.c.person_id == person_id))
    connection.execute(delete(PERSON).where(PERSON.c.id == person_id))


def membership_rows(connection: Connection, person_ids: Collection[int]) -> list[RowMapping]:
    """Return these people's access to companies: person_id, company (code), company_id, role, sites, exports, switched_off."""
    statement = (
        select(
            MEMBERSHIP.c.person_id,
            COMPANY.c.code.label("company"),
            MEMBERSHIP.c.company_id,
            MEMBERSHIP.c.role,
            MEMBERSHIP.c.sites,
            MEMBERSHIP.c.exports,
            MEMBERSHIP.c.switched_off,
        )
        .join(COMPANY, COMPANY.c.id == MEMBERSHIP.c.company_id)
        .where(MEMBERSHIP.c.person_id.in_(person_ids))
        .order_by(COMPANY.c.code)
    )
    return list(connection.execute(statement).mappings())


def set_membership(connection: Connection, company_id: int, person_id: int, values: Mapping[str, object]) -> None:
    """Give a person access to a company, in place of what they had; values: role, sites, exports, switched_off."""
    remove_membership(connection, company_id, person_id)
    connection.execute(insert(MEMBERSHIP).values(company_id=company_id, person_id=person_id, **values))


def remove_membership(connection: Connection, company_id: int, person_id: int) -> None:
    """Take a person's access to a company away."""
    where = (MEMBERSHIP.c.company_id == company_id, MEMBERSHIP.c.person_id == person_id)
    connection.execute(delete(MEMBERSHIP).where(*where))


def add_signed_in(connection: Connection, values: Mapping[str, object]) -> None:
    """Keep a sign-in."""
    connection.execute(insert(SIGNED_IN).values(**values))


def signed_in_row(connection: Connection, token: str) -> RowMapping | None:
    """Return a sign-in by the hash of its token, with its person.

    Of the person: id, name, full_name, support, once_until; of the sign-in: session_id, seen_at, ends_at.
    """
    statement = (
        select(
            PERSON.c.id,
            PERSON.c.name,
            PERSON.c.full_name,
            PERSON.c.support,
            PERSON.c.once_until,
            SIGNED_IN.c.id.label("session_id"),
            SIGNED_IN.c.seen_at,
            SIGNED_IN.c.ends_at,
        )
        .join(PERSON, PERSON.c.id == SIGNED_IN.c.person_id)
        .where(SIGNED_IN.c.token == token)
    )
    return connection.execute(statement).mappings().first()


def signed_in_rows(connection: Connection, person_id: int) -> list[RowMapping]:
    """Return a person's sign-ins, the one used last first."""
    statement = select(SIGNED_IN).where(SIGNED_IN.c.person_id == person_id)
    return list(connection.execute(statement.order_by(SIGNED_IN.c.seen_at.desc(), SIGNED_IN.c.id)).mappings())


def seen(connection: Connection, session_id: int, at: datetime) -> None:
    """Note that a sign-in was used."""
    connection.execute(update(SIGNED_IN).where(SIGNED_IN.c.id == session_id).values(seen_at=at))


def end_signed_in(connection: Connection, token: str) -> None:
    """End one sign-in by the hash of its token."""
    connection.execute(delete(SIGNED_IN).where(SIGNED_IN.c.token == token))


def end_sign_ins(
    connection: Connection, person_id: int, session_id: int | None = None, *, but: int | None = None
) -> int:
    """End one of a person's sign-ins, or all of them but one; return how many ended."""
    statement = delete(SIGNED_IN).where(SIGNED_IN.c.person_id == person_id)
    if session_id is not None:
        statement = statement.where(SIGNED_IN.c.id == session_id)
    if but is not None:
        statement = statement.where(SIGNED_IN.c.id != but)
    return connection.execute(statement).rowcount


def forget_ended(connection: Connection, *, before: datetime, idle_since: datetime) -> None:
    """Forget sign-ins that ended before an instant or were not used since another, and tries of long ago."""
    gone = (SIGNED_IN.c.ends_at <= before) | (SIGNED_IN.c.seen_at <= idle_since)
    connection.execute(delete(SIGNED_IN).where(gone))
    connection.execute(delete(TRIES).where(TRIES.c.until <= before))


def count_try(connection: Connection, subject: str, *, now: datetime, until: datetime) -> RowMapping:
    """Count one more try of a subject and return `tries` and `until`; what is past its end begins anew.

    One statement, so that tries at the same moment are each counted.
    """
    values = {"subject": subject, "now": instant_text(now), "until": instant_text(until)}
    return connection.execute(COUNT_TRY, values).mappings().one()


def forget_tries(connection: Connection, subject: str) -> None:
    """Forget how often a sign-in was tried."""
    connection.execute(delete(TRIES).where(TRIES.c.subject == subject))


def first_run_row(connection: Connection) -> RowMapping | None:
    """Return the code that sets up the first person: code (hashed), until; None where there is none."""
    return connection.execute(select(FIRST_RUN)).mappings().first()


def set_first_run(connection: Connection, code: str, until: datetime) -> None:
    """Keep the code that sets up the first person, in place of any other."""
    connection.execute(SET_FIRST_RUN, {"code": code, "until": instant_text(until)})


def forget_first_run(connection: Connection, code: str) -> bool:
    """Use up the code that sets up the first person; False where it is not this one."""
    return connection.execute(delete(FIRST_RUN).where(FIRST_RUN.c.code == code)).rowcount == 1


def count_sign_ins(connection: Connection) -> int:
    """Return how many sign-ins are kept."""
    return int(connection.execute(select(func.count()).select_from(SIGNED_IN)).scalar_one())
