"""The calls to each connection's accounting system: their rate, its troubles, shared by all workers."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.store import tables
from hub.store.prepared import BY, change_by, given, row_by
from hub.store.running import changed

TRAFFIC = tables.Traffic.__table__  # type: ignore[attr-defined]

FIRST_CALL = update(TRAFFIC).where(
    TRAFFIC.c.company_id == bindparam(BY + "company_id"),
    TRAFFIC.c.connection_id == bindparam(BY + "connection_id"),
    TRAFFIC.c.next_call_at.is_(None),
)


def known_traffic(connection: Connection, company_id: int, connection_id: int) -> RowMapping | None:
    """Return how the calls to a connection go; None where it was never called."""
    return row_by(connection, TRAFFIC, company_id=company_id, connection_id=connection_id)


def traffic(connection: Connection, company_id: int, connection_id: int) -> RowMapping:
    """Return how the calls to a connection go, for a change; a connection never called before gets its row."""
    found = known_traffic(connection, company_id, connection_id)
    if found is not None:
        return found
    values = {"company_id": company_id, "connection_id": connection_id, "failures": 0, "trouble": ""}
    with suppress(IntegrityError), connection.begin_nested():  # another worker calls it for the first time as well
        connection.execute(insert(TRAFFIC).values(**values))
    made = known_traffic(connection, company_id, connection_id)
    assert made is not None
    return made


def change_traffic(connection: Connection, company_id: int, connection_id: int, **values: Any) -> None:  # noqa: ANN401 - values of any column
    """Change how the calls to a connection go."""
    change_by(connection, TRAFFIC, values, company_id=company_id, connection_id=connection_id)


def book_call(
    connection: Connection, company_id: int, connection_id: int, *, seen: datetime | None, next_call_at: datetime
) -> bool:
    """Book the next call of a connection's rate, unless another worker booked one since it was seen."""
    own = {"company_id": company_id, "connection_id": connection_id}
    new = {"next_call_at": next_call_at}
    if seen is not None:
        return change_by(connection, TRAFFIC, new, **own, next_call_at=seen) == 1
    return changed(connection, FIRST_CALL, {**given(own), **new}) == 1


def troubled(connection: Connection, company_id: int) -> list[RowMapping]:
    """Return a company's connections whose accounting system fails at present."""
    statement = select(TRAFFIC).where(TRAFFIC.c.company_id == company_id, TRAFFIC.c.failures > 0)
    return list(connection.execute(statement).mappings())
