"""What there may be an alarm of, over all companies in a few statements, and the alarms that are open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, case, delete, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from hub.store import tables
from hub.store.customer_rows import connectors_used
from hub.store.tables.exports import TO_LOOK_AT

ALARM = tables.Alarm.__table__  # type: ignore[attr-defined]
TOLD = tables.AlarmTold.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
LOOK = tables.NightLook.__table__  # type: ignore[attr-defined]
META = tables.Meta.__table__  # type: ignore[attr-defined]
POSTING = tables.Posting.__table__  # type: ignore[attr-defined]
SIGN_IN = tables.SignIn.__table__  # type: ignore[attr-defined]
TRAFFIC = tables.Traffic.__table__  # type: ignore[attr-defined]
WAITING = ("FROZEN", "SENDING", "UNKNOWN")

_MARKED = (
    select(
        *POSTING.c["company_id", "connection_id", "export_id", "kind", "state", "reference", "needs_attention"],
        *POSTING.c["changed_there", "duplicates", "uncertain"],
    )
    .where(text(TO_LOOK_AT))
    .subquery("marked")
)
TO_BE_LOOKED_AT = (
    select(_MARKED, EXPORT.c.code.label("export"), EXPORT.c.phase, EXPORT.c.state.label("export_state"), EXPORT.c.label)
    .join(EXPORT, EXPORT.c.id == _MARKED.c.export_id)
    .order_by(EXPORT.c.id)
)
_PLACE = (CONNECTION.c.company_id, CONNECTION.c.id.label("connection_id"), CONNECTION.c.name)


def postings_to_look_at(connection: Connection) -> list[RowMapping]:
    """Return the postings that somebody may have to look at, each with its export's code, phase, state and label."""
    return list(connection.execute(TO_BE_LOOKED_AT).mappings())


def overdue(connection: Connection, before: datetime) -> list[RowMapping]:
    """Return the postings due since before an instant, of companies that are not paused."""
    statement = (
        select(
            *POSTING.c["company_id", "connection_id", "reference", "state"],
            EXPORT.c.code.label("export"),
            EXPORT.c.label,
        )
        .join(EXPORT, EXPORT.c.id == POSTING.c.export_id)
        .join(COMPANY, COMPANY.c.id == POSTING.c.company_id)
        .where(POSTING.c.due_at.is_not(None), POSTING.c.due_at < before)
        .where(POSTING.c.state.in_(WAITING), POSTING.c.needs_attention == "", COMPANY.c.mode != "paused")
        .order_by(POSTING.c.id)
    )
    return list(connection.execute(statement).mappings())


def failing_since(connection: Connection, before: datetime) -> list[RowMapping]:
    """Return the connections whose accounting system has failed since before an instant."""
    statement = (
        select(*_PLACE, TRAFFIC.c.failing_since)
        .join(TRAFFIC, TRAFFIC.c.connection_id == CONNECTION.c.id)
        .where(TRAFFIC.c.failures > 0, TRAFFIC.c.failing_since < before)
        .order_by(CONNECTION.c.id)
    )
    return list(connection.execute(statement).mappings())


def ending_sign_ins(connection: Connection, *, hard_by: datetime, idle_by: datetime) -> list[RowMapping]:
    """Return the connections whose sign-in ended, ends by an instant, or ends by another unless it is used before."""
    ends = and_(SIGN_IN.c.hard_until.is_not(None), SIGN_IN.c.hard_until <= hard_by)
    idle = and_(SIGN_IN.c.refresh_until.is_not(None), SIGN_IN.c.refresh_until <= idle_by)
    statement = (
        select(*_PLACE, *SIGN_IN.c["needs_reconnect", "hard_until", "refresh_until"])
        .join(SIGN_IN, SIGN_IN.c.id == CONNECTION.c.sign_in_id)
        .where(or_(SIGN_IN.c.needs_reconnect != "", ends, idle))
        .order_by(CONNECTION.c.id)
    )
    return list(connection.execute(statement).mappings())


def of_other_connectors(connection: Connection, usable: Collection[str]) -> list[RowMapping]:
    """Return the connections of connectors that are not among those."""
    others = [each for each in connectors_used(connection) if each not in usable]
    if not others:
        return []
    statement = select(*_PLACE, CONNECTION.c.connector).where(CONNECTION.c.connector.in_(others))
    return list(connection.execute(statement.order_by(CONNECTION.c.id)).mappings())


def open_alarms(
    connection: Connection,
    *,
    source: str | None = None,
    connection_id: int | None = None,
    company_id: int | None = None,
) -> list[RowMapping]:
    """Return the open alarms, the gravest and then the oldest first; of one source, connection or company where it is given."""
    statement = select(ALARM).where(ALARM.c.closed_at.is_(None)).order_by(_gravity(), ALARM.c.id)
    for column, wanted in ((ALARM.c.source, source), (ALARM.c.connection_id, connection_id)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if company_id is not None:
        statement = statement.where(ALARM.c.company_id == company_id)
    return list(connection.execute(statement).mappings())


def hold_alarms(connection: Connection) -> None:
    """Let nobody else compare alarms with what is found, until the transaction ends."""
    connection.execute(select(META.c.id).with_for_update()).all()


def open_alarm(connection: Connection, values: Mapping[str, object]) -> bool:
    """Open an alarm, unless the same one is open."""
    with suppress(IntegrityError), connection.begin_nested():
        connection.execute(insert(ALARM).values(**values))
        return True
    return False


def change_alarm(connection: Connection, alarm_id: int, values: Mapping[str, object]) -> None:
    """Change what an alarm says."""
    connection.execute(update(ALARM).where(ALARM.c.id == alarm_id).values(**values))


def close_alarms(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Say that alarms are over."""
    if ids:
        connection.execute(update(ALARM).where(ALARM.c.id.in_(list(ids))).values(closed_at=now))


def forget_alarms(connection: Connection, before: datetime) -> None:
    """Forget the alarms that were over before an instant, and who was told of them."""
    old = select(ALARM.c.id).where(ALARM.c.closed_at < before)
    connection.execute(delete(TOLD).where(TOLD.c.alarm_id.in_(old)))
    connection.execute(delete(ALARM).where(ALARM.c.closed_at < before))


def connections_by_night(connection: Connection) -> list[RowMapping]:
    """Return every connection of a customer: its company's code and time zone, when it was looked at and checked."""
    statement = (
        select(
            COMPANY.c.code.label("company"),
            COMPANY.c.time_zone,
            CONNECTION.c.name,
            LOOK.c.looked_at,
            TRAFFIC.c.checked_at,
            TRAFFIC.c.connection_id.is_not(None).label("called"),
        )
        .join(CONNECTION, CONNECTION.c.company_id == COMPANY.c.id)
        .outerjoin(LOOK, LOOK.c.connection_id == CONNECTION.c.id)
        .outerjoin(TRAFFIC, TRAFFIC.c.connection_id == CONNECTION.c.id)
        .where(COMPANY.c.test_of.is_(None))
        .order_by(COMPANY.c.code, CONNECTION.c.id)
    )
    return list(connection.execute(statement).mappings())


def look_row(connection: Connection, company_id: int, connection_id: int) -> RowMapping | None:
    """Return when a connection was looked at last; None where it never was."""
    where = (LOOK.c.company_id == company_id, LOOK.c.connection_id == connection_id)
    return connection.execute(select(LOOK).where(*where)).mappings().first()


def set_look(connection: Connection, company_id: int, connection_id: int, values: Mapping[str, Any]) -> None:
    """Keep when a connection was looked at. Any: values of any column."""
    where = (LOOK.c.company_id == company_id, LOOK.c.connection_id == connection_id)
    if connection.execute(update(LOOK).where(*where).values(**values)).rowcount == 0:
        connection.execute(insert(LOOK).values(company_id=company_id, connection_id=connection_id, **values))


def _gravity() -> Any:  # noqa: ANN401 - an SQL expression
    return case((ALARM.c.level == "problem", 0), (ALARM.c.level == "warning", 1), else_=2)
