"""Who uses the hub: people, their access to companies, and their sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant


class Person(SQLModel, table=True):
    """Someone who signs in; name: what they sign in with, in small letters; password: its Argon2 hash.

    support: has access to every company, as support staff have; once_until: how long a one-time password is good, which the
    person replaces by their own, null where it is their own; signed_in_at: when they signed in last.
    """

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    full_name: str = ""
    password: str
    password_at: datetime = Field(sa_type=Instant)
    support: bool = False
    added_at: datetime = Field(sa_type=Instant)
    once_until: datetime | None = Field(default=None, sa_type=Instant)
    signed_in_at: datetime | None = Field(default=None, sa_type=Instant)


class Membership(SQLModel, table=True):
    """A person's access to one company.

    sites: the codes of those it is for, null for all; exports: of those that may be exported, null for all; switched_off:
    features of the role that this person has not.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("company_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str
    sites: list[str] | None = Field(default=None, sa_type=Document)
    exports: list[str] | None = Field(default=None, sa_type=Document)
    switched_off: list[str] = Field(default_factory=list, sa_type=Document)


class SignedIn(SQLModel, table=True):
    """One sign-in that is still good; token: the SHA-256 of what the browser holds, which is stored nowhere.

    id names it to people; address and program: where it came from; ends_at: the end that no use puts off.
    """

    __tablename__ = "signed_in"
    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    started_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    address: str
    program: str


class SignInTries(SQLModel, table=True):
    """How often a sign-in was tried of late; subject: an account or an address, hashed; until: when it is forgotten."""

    __tablename__ = "sign_in_tries"
    subject: str = Field(primary_key=True)
    tries: int
    until: datetime = Field(sa_type=Instant, index=True)


class FirstRunCode(SQLModel, table=True):
    """The one code that sets up the first person; code: its SHA-256."""

    __tablename__ = "first_run_code"
    id: int = Field(default=1, primary_key=True)
    code: str
    until: datetime = Field(sa_type=Instant)
