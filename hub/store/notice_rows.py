"""Who is told of alarms, what each of them was told, and the messages on their way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, or_, select, update

from hub.store import tables

ALARM = tables.Alarm.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
NOTICE = tables.Notice.__table__  # type: ignore[attr-defined]
RECIPIENT = tables.Recipient.__table__  # type: ignore[attr-defined]
TOLD = tables.AlarmTold.__table__  # type: ignore[attr-defined]
WAITING, SENT, FAILED = "waiting", "sent", "failed"


def recipient_rows(connection: Connection) -> list[RowMapping]:
    """Return every recipient: those of all companies first, then by company, each with its company's code and name."""
    statement = (
        select(RECIPIENT, COMPANY.c.code.label("company"), COMPANY.c.name.label("company_name"))
        .outerjoin(COMPANY, COMPANY.c.id == RECIPIENT.c.company_id)
        .order_by(RECIPIENT.c.company_id.is_not(None), COMPANY.c.name, RECIPIENT.c.id)
    )
    return list(connection.execute(statement).mappings())


def recipient_row(connection: Connection, recipient_id: int) -> RowMapping | None:
    """Return a recipient, None where there is none."""
    return connection.execute(select(RECIPIENT).where(RECIPIENT.c.id == recipient_id)).mappings().first()


def add_recipient_row(connection: Connection, values: Mapping[str, object]) -> int:
    """Add a recipient and return its id."""
    primary = connection.execute(insert(RECIPIENT).values(**values)).inserted_primary_key
    assert primary is not None
    return int(primary[0])


def change_secret(connection: Connection, recipient_id: int, secret: str) -> None:
    """Store a recipient's secret, sealed anew."""
    connection.execute(update(RECIPIENT).where(RECIPIENT.c.id == recipient_id).values(secret=secret))


def remove_recipient_row(connection: Connection, recipient_id: int) -> None:
    """Remove a recipient, with what it was told."""
    connection.execute(delete(TOLD).where(TOLD.c.recipient_id == recipient_id))
    connection.execute(delete(NOTICE).where(NOTICE.c.recipient_id == recipient_id))
    connection.execute(delete(RECIPIENT).where(RECIPIENT.c.id == recipient_id))


def hold_recipient(connection: Connection, recipient_id: int) -> RowMapping | None:
    """Return a recipient whom nobody else tells anything until the transaction ends; None where it was removed."""
    statement = select(RECIPIENT).where(RECIPIENT.c.id == recipient_id).with_for_update()
    return connection.execute(statement).mappings().first()


def to_tell(connection: Connection, recipient: RowMapping) -> list[RowMapping]:
    """Return the alarms that a recipient was not told of, and those of which it was not told that they are over.

    Each with its company's code and name and its connection's name; `told`: whether it was told of it.
    """
    told = and_(TOLD.c.alarm_id == ALARM.c.id, TOLD.c.recipient_id == recipient["id"])
    new = and_(ALARM.c.closed_at.is_(None), TOLD.c.alarm_id.is_(None))
    over = and_(ALARM.c.closed_at.is_not(None), TOLD.c.over.is_(False))
    statement = (
        select(
            ALARM,
            COMPANY.c.code.label("company"),
            COMPANY.c.name.label("company_name"),
            CONNECTION.c.name.label("connection"),
            TOLD.c.alarm_id.is_not(None).label("told"),
        )
        .join(COMPANY, COMPANY.c.id == ALARM.c.company_id)
        .outerjoin(CONNECTION, CONNECTION.c.id == ALARM.c.connection_id)
        .outerjoin(TOLD, told)
        .where(or_(new, over), COMPANY.c.test_of.is_(None), *_of(recipient))
        .order_by(COMPANY.c.name, ALARM.c.id)
    )
    return list(connection.execute(statement).mappings())


def tell(connection: Connection, recipient_id: int, *, new: Collection[int], over: Collection[int]) -> None:
    """Keep that a recipient is told of alarms, and of others that they are over."""
    if new:
        connection.execute(
            insert(TOLD), [{"recipient_id": recipient_id, "alarm_id": each, "over": False} for each in new]
        )
    if over:
        where = (TOLD.c.recipient_id == recipient_id, TOLD.c.alarm_id.in_(list(over)))
        connection.execute(update(TOLD).where(*where).values(over=True))


def add_notice(connection: Connection, values: Mapping[str, object]) -> int:
    """Write a message down, to be sent, and return its id."""
    primary = connection.execute(insert(NOTICE).values(state=WAITING, **values)).inserted_primary_key
    assert primary is not None
    return int(primary[0])


def due_notices(connection: Connection, now: datetime, limit: int) -> list[RowMapping]:
    """Return the messages to be tried now, the oldest first."""
    where = (NOTICE.c.due_at.is_not(None), NOTICE.c.due_at <= now)
    return list(connection.execute(select(NOTICE).where(*where).order_by(NOTICE.c.id).limit(limit)).mappings())


def take_notice(connection: Connection, row: RowMapping, until: datetime) -> bool:
    """Take a message to send it; nobody else tries it before an instant. False where somebody else was quicker."""
    where = (NOTICE.c.id == row["id"], NOTICE.c.due_at == row["due_at"], NOTICE.c.tries == row["tries"])
    taken = connection.execute(update(NOTICE).where(*where).values(due_at=until, tries=row["tries"] + 1))
    return taken.rowcount == 1


def end_notice(connection: Connection, notice_id: int, tries: int, values: Mapping[str, object]) -> None:
    """Write down what came of the newest attempt at a message."""
    where = (NOTICE.c.id == notice_id, NOTICE.c.tries == tries, NOTICE.c.due_at.is_not(None))
    connection.execute(update(NOTICE).where(*where).values(**values))


def notice_rows(connection: Connection, limit: int) -> list[RowMapping]:
    """Return the newest messages, each with its recipient's kind and address."""
    statement = (
        select(NOTICE, RECIPIENT.c.kind, RECIPIENT.c.address)
        .join(RECIPIENT, RECIPIENT.c.id == NOTICE.c.recipient_id)
        .order_by(NOTICE.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(statement).mappings())


def forget_notices(connection: Connection, before: datetime) -> None:
    """Forget the messages that were sent or given up before an instant."""
    connection.execute(delete(NOTICE).where(NOTICE.c.due_at.is_(None), NOTICE.c.made_at < before))


def _of(recipient: RowMapping) -> tuple[ColumnElement[bool], ...]:
    return () if recipient["company_id"] is None else (ALARM.c.company_id == recipient["company_id"],)
