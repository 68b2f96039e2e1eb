"""Sign-ins to accounting systems, and the operator's clients there; an instant is the database's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, or_, select, update

from hub.store import tables

CLIENT = tables.ConnectorClient.__table__  # type: ignore[attr-defined]
SIGN_IN = tables.SignIn.__table__  # type: ignore[attr-defined]
BEGUN = tables.SignInBegun.__table__  # type: ignore[attr-defined]
CONNECTION = tables.Connection.__table__  # type: ignore[attr-defined]
FREE: Mapping[str, object] = {"lease_holder": "", "lease_until": None}


def sign_in_row(connection: Connection, company_id: int, sign_in_id: int) -> RowMapping | None:
    """Return one of a company's sign-ins, None where it is gone."""
    where = (SIGN_IN.c.company_id == company_id, SIGN_IN.c.id == sign_in_id)
    return connection.execute(select(SIGN_IN).where(*where)).mappings().first()


def sign_in_rows(connection: Connection, company_id: int) -> dict[int, RowMapping]:
    """Return a company's sign-ins by their ids."""
    found = connection.execute(select(SIGN_IN).where(SIGN_IN.c.company_id == company_id)).mappings()
    return {row["id"]: row for row in found}


def add_sign_in(connection: Connection, company_id: int, values: Mapping[str, object]) -> int:
    """Add a sign-in and return its id."""
    primary = connection.execute(insert(SIGN_IN).values(company_id=company_id, **values)).inserted_primary_key
    assert primary is not None
    return int(primary[0])


def link_connections(connection: Connection, company_id: int, ids: Collection[int], sign_in_id: int | None) -> None:
    """Have connections use a sign-in, or none."""
    where = (CONNECTION.c.company_id == company_id, CONNECTION.c.id.in_(ids))
    connection.execute(update(CONNECTION).where(*where).values(sign_in_id=sign_in_id))


def forget_unused(connection: Connection, company_id: int, *, before: datetime, sign_ins: Collection[int] = ()) -> None:
    """Forget the sign-ins from before an instant that no connection uses, and of any age those that are given."""
    used = select(CONNECTION.c.sign_in_id).where(
        CONNECTION.c.company_id == company_id, CONNECTION.c.sign_in_id.is_not(None)
    )
    old = or_(SIGN_IN.c.signed_in_at < before, SIGN_IN.c.id.in_(sign_ins))
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.company_id == company_id, SIGN_IN.c.id.not_in(used), old))


def users_of(connection: Connection, company_id: int, sign_in_id: int) -> list[RowMapping]:
    """Return the connections that use a sign-in."""
    where = (CONNECTION.c.company_id == company_id, CONNECTION.c.sign_in_id == sign_in_id)
    return list(connection.execute(select(CONNECTION).where(*where).order_by(CONNECTION.c.id)).mappings())


def take_lease(connection: Connection, row: RowMapping, *, holder: str, now: datetime, until: datetime) -> int | None:
    """Take the renewal of a sign-in's tokens for oneself, by compare-and-set; return the fence.

    None where another has it, or found meanwhile that there is nothing to be had, now or ever.
    """
    free = or_(SIGN_IN.c.lease_until.is_(None), SIGN_IN.c.lease_until <= now)
    tries = or_(SIGN_IN.c.retry_at.is_(None), SIGN_IN.c.retry_at <= now)
    same = (SIGN_IN.c.fence == row["fence"], SIGN_IN.c.version == row["version"], SIGN_IN.c.needs_reconnect == "")
    where = (*_same(row), *same, free, tries)
    fence = int(row["fence"]) + 1
    values = {"lease_holder": holder, "lease_until": until, "fence": fence}
    taken = connection.execute(update(SIGN_IN).where(*where).values(**values))
    return fence if taken.rowcount == 1 else None


def save_tokens(connection: Connection, row: RowMapping, fence: int, values: Mapping[str, object]) -> bool:
    """Save renewed tokens and give the lease back; False where the sign-in is gone, or newer tokens than these were saved.

    Whoever has the newest lease saves; an older one only as long as nobody else has saved.
    """
    latest = or_(SIGN_IN.c.fence == fence, SIGN_IN.c.version == row["version"])
    new = {**values, "version": SIGN_IN.c.version + 1, "retry_at": None, "needs_reconnect": ""}
    saved = connection.execute(update(SIGN_IN).where(*_same(row), latest).values(**new))
    _release(connection, row, fence)
    return saved.rowcount == 1


def fail_renewal(
    connection: Connection, row: RowMapping, fence: int, *, retry_at: datetime | None = None, needs_reconnect: str = ""
) -> None:
    """Give the lease back without tokens: until retry_at none begins, or never again; not where others saved meanwhile."""
    where = (*_same(row), SIGN_IN.c.fence == fence, SIGN_IN.c.version == row["version"])
    values = {"retry_at": retry_at, "needs_reconnect": needs_reconnect}
    connection.execute(update(SIGN_IN).where(*where).values(**values))
    _release(connection, row, fence)


def try_again(connection: Connection, row: RowMapping) -> None:
    """Let a sign-in that ended be tried once more, where nothing has changed since."""
    where = (*_same(row), SIGN_IN.c.version == row["version"], SIGN_IN.c.fence == row["fence"])
    connection.execute(update(SIGN_IN).where(*where).values(needs_reconnect="", retry_at=None))


def reseal(connection: Connection, row: RowMapping, values: Mapping[str, object]) -> None:
    """Store a sign-in's secrets sealed anew, where they are still those that were read."""
    connection.execute(update(SIGN_IN).where(*_same(row), SIGN_IN.c.version == row["version"]).values(**values))


def client_rows(connection: Connection) -> list[RowMapping]:
    """Return the operator's clients at accounting systems."""
    order = (CLIENT.c.connector, CLIENT.c.environment)
    return list(connection.execute(select(CLIENT).order_by(*order)).mappings())


def client_row(connection: Connection, connector: str, environment: str) -> RowMapping | None:
    """Return the operator's client for a connector in an environment, None where none is set."""
    where = (CLIENT.c.connector == connector, CLIENT.c.environment == environment)
    return connection.execute(select(CLIENT).where(*where)).mappings().first()


def set_client(connection: Connection, connector: str, environment: str, values: Mapping[str, object]) -> None:
    """Set the operator's client for a connector in an environment, in place of any other."""
    where = (CLIENT.c.connector == connector, CLIENT.c.environment == environment)
    if connection.execute(update(CLIENT).where(*where).values(**values)).rowcount == 0:
        connection.execute(insert(CLIENT).values(connector=connector, environment=environment, **values))


def begin_sign_in(connection: Connection, company_id: int, values: Mapping[str, object], *, now: datetime) -> None:
    """Remember that a person was sent to sign in; those that were never answered are forgotten."""
    connection.execute(delete(BEGUN).where(BEGUN.c.company_id == company_id, BEGUN.c.until <= now))
    connection.execute(insert(BEGUN).values(company_id=company_id, **values))


def take_begun(connection: Connection, company_id: int, state: str) -> RowMapping | None:
    """Return a sign-in that was begun, which can be answered only once; None where there is none."""
    where = (BEGUN.c.company_id == company_id, BEGUN.c.state == state)
    found = connection.execute(select(BEGUN).where(*where)).mappings().first()
    gone = connection.execute(delete(BEGUN).where(*where)).rowcount
    return found if gone == 1 else None


def _same(row: RowMapping) -> tuple[ColumnElement[bool], ...]:
    return SIGN_IN.c.company_id == row["company_id"], SIGN_IN.c.id == row["id"]


def _release(connection: Connection, row: RowMapping, fence: int) -> None:
    where = (*_same(row), SIGN_IN.c.fence == fence)
    connection.execute(update(SIGN_IN).where(*where).values(**FREE))
