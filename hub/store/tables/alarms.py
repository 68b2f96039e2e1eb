"""What is wrong with customers' connections and exports, who is told of it, and what was sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant


class Alarm(SQLModel, table=True):
    """Something that a person should see to, from when it was found until it was found gone.

    source: who looks for it, `records` or `night`; key: what makes it the same alarm the next time; subject: what it is
    about besides the connection, such as an export; closed_at: null while it is open.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "open_alarm",
            "key",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "open_alarms_of_source",
            "source",
            "connection_id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    connection_id: int | None = Field(default=None, foreign_key="connection.id")
    source: str
    key: str
    code: str
    level: str
    subject: str = ""
    message: str
    fix: str = ""
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class NightLook(SQLModel, table=True):
    """When a connection was looked at last, as each night; chart: how many accounts were new, changed and gone then."""

    __tablename__ = "night_look"
    connection_id: int = Field(foreign_key="connection.id", primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    looked_at: datetime = Field(sa_type=Instant)
    chart: dict[str, int] | None = Field(default=None, sa_type=Document)


class Recipient(SQLModel, table=True):
    """Who is told of alarms: by e-mail or by a program's webhook, of one company, or of all where company_id is null.

    code: names it in what is sealed; secret: what a webhook's messages are signed with, sealed, empty for e-mail.
    """

    __tablename__ = "recipient"
    id: int | None = Field(default=None, primary_key=True)
    company_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    code: str = Field(unique=True)
    kind: str
    address: str
    secret: str = ""
    set_by: str
    set_at: datetime = Field(sa_type=Instant)


class AlarmTold(SQLModel, table=True):
    """That a recipient was told of an alarm, and whether also that it is over."""

    __tablename__ = "alarm_told"
    recipient_id: int = Field(foreign_key="recipient.id", primary_key=True)
    alarm_id: int = Field(foreign_key="alarm.id", primary_key=True)
    over: bool = False


class Notice(SQLModel, table=True):
    """One message to a recipient, written down before it is sent; code: the same for every attempt, so that it counts once.

    content: what it says, JSON; due_at: when it is to be tried, null once it was sent or given up; state: `waiting`,
    `sent` or `failed`; outcome: what came of the last attempt.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "due_notices",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    recipient_id: int = Field(foreign_key="recipient.id", index=True)
    code: str = Field(unique=True)
    content: dict[str, object] = Field(sa_type=Document)
    made_at: datetime = Field(sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0
    state: str
    outcome: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
