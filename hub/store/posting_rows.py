"""Postings on their way: taken on lease, each call written down, their outcome recorded by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    Select,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from hub.store import tables
from hub.store.prepared import change_by, row_by, rows_by
from hub.store.running import added, changed, run

POSTING = tables.Posting.__table__  # type: ignore[attr-defined]
EXPORT = tables.Export.__table__  # type: ignore[attr-defined]
EXPORT_COUNT = tables.ExportCount.__table__  # type: ignore[attr-defined]
ATTEMPT = tables.Attempt.__table__  # type: ignore[attr-defined]
COMPANY = tables.Company.__table__  # type: ignore[attr-defined]
META = tables.Meta.__table__  # type: ignore[attr-defined]
TRAFFIC = tables.Traffic.__table__  # type: ignore[attr-defined]
NEVER = literal(datetime(1, 1, 1, tzinfo=UTC), POSTING.c.sent_at.type)
MOVING = ("FROZEN", "SENDING", "UNKNOWN", "REJECTED")
HELD = select(func.count()).where(
    POSTING.c.company_id == bindparam("company"),
    POSTING.c.connection_id == bindparam("connection"),
    POSTING.c.lease_until > bindparam("now"),
    POSTING.c.lease_owner.in_(bindparam("owners", expanding=True)),
)
ANSWER = ("outcome", "code", "message", "request_id")
BEGIN = insert(ATTEMPT).returning(ATTEMPT.c.id)
END = update(ATTEMPT).where(
    ATTEMPT.c.company_id == bindparam("by_company"),
    ATTEMPT.c.id == bindparam("by_attempt"),
    ATTEMPT.c.ended_at.is_(None),
)
COMPANY_OF = (
    select(COMPANY.c.code, EXPORT.c.code)
    .join(EXPORT, EXPORT.c.company_id == COMPANY.c.id)
    .where(EXPORT.c.id == bindparam("export"))
)
LOOK_FIRST = select(META.c.look_first)
OF_CONNECTION = (
    select(POSTING, EXPORT.c.code.label("export_code"), EXPORT.c.count_date)
    .join(EXPORT, EXPORT.c.id == POSTING.c.export_id)
    .where(
        POSTING.c.company_id == bindparam("company"),
        POSTING.c.connection_id == bindparam("connection"),
        POSTING.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(POSTING.c.id)
)
NEWEST_OF_SITES = (
    select(func.max(EXPORT_COUNT.c.export_id))
    .where(
        EXPORT_COUNT.c.company_id == bindparam("company"),
        EXPORT_COUNT.c.connection_id == bindparam("connection"),
        EXPORT_COUNT.c.live,
    )
    .group_by(EXPORT_COUNT.c.site_id)
)


def _due() -> Select[Any]:
    now: BindParameter[Any] = bindparam("now", type_=POSTING.c.due_at.type)
    alive: BindParameter[Any] = bindparam("alive", expanding=True)
    unowned = POSTING.c.lease_owner.not_in(alive)
    due = (POSTING.c.due_at <= now) & ((POSTING.c.lease_until.is_(None)) | (POSTING.c.lease_until <= now) | unowned)
    abandoned = (POSTING.c.lease_owner != "") & unowned
    failing = select(TRAFFIC.c.connection_id).where(TRAFFIC.c.failures > 0, TRAFFIC.c.closed_until.is_not(None))
    never = case((POSTING.c.connection_id.in_(failing), POSTING.c.due_at), else_=NEVER)
    since = func.min(func.coalesce(POSTING.c.sent_at, never)).label("since")
    waiting = (
        select(
            POSTING.c.export_id, POSTING.c.connection_id, since, func.max(case((abandoned, 1), else_=0)).label("left")
        )
        .where(POSTING.c.due_at.is_not(None), due | abandoned)
        .group_by(POSTING.c.export_id, POSTING.c.connection_id)
        .subquery()
    )
    order = (waiting.c.since, waiting.c.export_id)
    place = func.row_number().over(partition_by=waiting.c.connection_id, order_by=order).label("place")
    queued = select(waiting, place).subquery()
    return (
        select(queued.c.export_id, queued.c.connection_id)
        .where((queued.c.place == 1) | (queued.c.left == 1) | queued.c.connection_id.not_in(failing))
        .order_by(queued.c.place, queued.c.since, queued.c.export_id)
        .limit(bindparam("most"))
    )


DUE = _due()


class PostingRows:
    """One company's postings."""

    def __init__(self, connection: Connection, company_id: int) -> None:
        self.connection = connection
        self.company_id = company_id

    def one(self, posting_id: int) -> RowMapping:
        """Return a posting as it is now."""
        found = self.found(posting_id)
        assert found is not None, posting_id
        return found

    def found(self, posting_id: int) -> RowMapping | None:
        """Return a posting as it is now, None where its undo was withdrawn meanwhile."""
        return row_by(self.connection, POSTING, company_id=self.company_id, id=posting_id)

    def held(self, connection_id: int, owners: Collection[str], now: datetime) -> int:
        """Return how many postings of a connection live workers have on lease."""
        given = {"company": self.company_id, "connection": connection_id, "now": now, "owners": list(owners)}
        return int(run(self.connection, HELD, given).scalar_one())

    def take(self, row: RowMapping, *, owner: str, until: datetime | None, **values: Any) -> int | None:  # noqa: ANN401 - values of any column
        """Take a posting on lease; None where somebody else was quicker, else the new fence number (R7)."""
        fence: int = row["fence"] + 1
        columns = {**values, "fence": fence, "lease_owner": owner, "lease_until": until}
        return fence if self._change(row["id"], columns, fence=row["fence"], state=row["state"]) else None

    def record(self, posting_id: int, fence: int, **values: Any) -> bool:  # noqa: ANN401 - values of any column
        """Change a posting that is still held under this fence number, and say whether it was (R7)."""
        return self._change(posting_id, values, fence=fence)

    def postpone(self, posting_id: int, fence: int, due_at: datetime | None) -> None:
        """Have a posting that nobody holds looked at again later; with another fence number now, it is left alone."""
        self._change(posting_id, {"due_at": due_at}, fence=fence, lease_owner="")

    def hasten(self, connection_id: int, now: datetime) -> None:
        """Have every posting of a connection that waits for a better time looked at now."""
        self.connection.execute(
            update(POSTING)
            .where(
                POSTING.c.company_id == self.company_id,
                POSTING.c.connection_id == connection_id,
                POSTING.c.due_at > now,
                POSTING.c.lease_owner == "",
            )
            .values(due_at=now)
        )

    def put_off(self, connection_id: int, until: datetime) -> None:
        """Have every posting of a connection that waits be looked at no sooner than at an instant."""
        self.connection.execute(
            update(POSTING)
            .where(
                POSTING.c.company_id == self.company_id,
                POSTING.c.connection_id == connection_id,
                POSTING.c.due_at < until,
                POSTING.c.lease_owner == "",
            )
            .values(due_at=until)
        )

    def begin_attempt(self, posting_id: int, *, kind: str, worker: str, fence: int, now: datetime) -> int:
        """Write down that a call is about to be made, and return its id (R2)."""
        values = {"company_id": self.company_id, "posting_id": posting_id, "kind": kind, "worker": worker}
        values |= {"fence": fence, "started_at": now, "receipts": []} | dict.fromkeys(ANSWER, "")
        return added(self.connection, BEGIN, values)

    def end_attempt(self, attempt_id: int, now: datetime, **values: Any) -> None:  # noqa: ANN401 - values of any column
        """Write down what a call came back with; the first answer stays."""
        where = {"by_company": self.company_id, "by_attempt": attempt_id}
        changed(self.connection, END, {**where, "ended_at": now, **values})

    def open_attempts(self, posting_id: int) -> list[int]:
        """Return the calls of a posting that never came back."""
        known = rows_by(self.connection, ATTEMPT, company_id=self.company_id, posting_id=posting_id)
        return [row["id"] for row in known if row["ended_at"] is None]

    def attempts(self, posting_ids: Iterable[int]) -> list[RowMapping]:
        """Return every call made for some postings, in order."""
        statement = (
            select(ATTEMPT)
            .where(ATTEMPT.c.company_id == self.company_id, ATTEMPT.c.posting_id.in_(list(posting_ids)))
            .order_by(ATTEMPT.c.id)
        )
        return list(self.connection.execute(statement).mappings())

    def of_connection(self, connection_id: int, states: Collection[str]) -> list[RowMapping]:
        """Return a connection's postings in some states, oldest first, with their export's code."""
        given = {"company": self.company_id, "connection": connection_id, "states": list(states)}
        return list(run(self.connection, OF_CONNECTION, given).mappings())

    def newest_of_sites(self, connection_id: int) -> list[int]:
        """Return the newest live export of each site of a connection."""
        given = {"company": self.company_id, "connection": connection_id}
        return list(run(self.connection, NEWEST_OF_SITES, given).scalars())

    def _change(self, posting_id: int, values: Mapping[str, object], **by: object) -> bool:
        return change_by(self.connection, POSTING, values, company_id=self.company_id, id=posting_id, **by) == 1


def due_exports(connection: Connection, now: datetime, alive: Collection[str], limit: int) -> list[tuple[int, str]]:
    """Return exports with work to do now, each with its connection's id as text: what was sent longest ago or never first (R11).

    Across all companies, and one of each connection before the second of any, so that none waits behind another's. Of a
    connection that fails one alone, to probe with: rather one that is to be looked up; but for what a dead worker held, which
    is taken out of its hands. alive: the owners whose leases count.
    """
    given = {"now": now, "alive": list(alive), "most": limit}
    return [(row[0], str(row[1])) for row in run(connection, DUE, given)]


def company_of_export(connection: Connection, export_id: int) -> tuple[str, str] | None:
    """Return the codes of an export's company and of the export itself; None where there is no such export."""
    row = run(connection, COMPANY_OF, {"export": export_id}).first()
    return (row[0], row[1]) if row is not None else None


def looks_first(connection: Connection) -> bool:
    """Whether this database was restored from an older copy, so that nothing is sent before it is looked for (R17)."""
    return bool(run(connection, LOOK_FIRST).scalar_one())


def set_look_first(connection: Connection, *, look_first: bool) -> None:
    """Say whether this database was restored from an older copy."""
    connection.execute(update(META).values(look_first=look_first))


def ages(connection: Connection) -> Mapping[tuple[str, str], tuple[int, datetime | None]]:
    """Return, over all companies, how many postings stand in each (state, attention), and the oldest's last send."""
    statement = (
        select(POSTING.c.state, POSTING.c.needs_attention, func.count(), func.min(POSTING.c.sent_at))
        .where(POSTING.c.state.in_(MOVING))
        .group_by(POSTING.c.state, POSTING.c.needs_attention)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(statement)}
