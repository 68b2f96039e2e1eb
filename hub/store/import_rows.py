"""What was imported from files, as the audit trail has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from sqlalchemy import Connection, RowMapping, select

from hub.store import tables

AUDIT = tables.AuditEvent.__table__  # type: ignore[attr-defined]


def imports_of_files(connection: Connection, company_id: int, kinds: Collection[str], limit: int) -> list[RowMapping]:
    """Return the newest imports of these kinds that a file was named in, newest first."""
    return list(islice(_imports(connection, company_id, kinds, limit * 4), limit))


def _imports(connection: Connection, company_id: int, kinds: Collection[str], at_once: int) -> Iterator[RowMapping]:
    statement = (
        select(AUDIT.c.seq, AUDIT.c.at, AUDIT.c.actor, AUDIT.c.subject, AUDIT.c.detail)
        .where(AUDIT.c.company_id == company_id, AUDIT.c.action == "import", AUDIT.c.subject.in_(list(kinds)))
        .order_by(AUDIT.c.seq.desc())
        .limit(at_once)
    )
    found = list(connection.execute(statement).mappings())
    while found:
        yield from (row for row in found if row["detail"].get("file"))
        found = list(connection.execute(statement.where(AUDIT.c.seq < found[-1]["seq"])).mappings())
