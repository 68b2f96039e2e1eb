"""One transaction on a company's postings: its rows, its clock, and who is alive in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from hub.service.context import Hub
from hub.service.posting.life import living
from hub.service.scope import CompanyRows, writing
from hub.store import Row
from hub.store.posting_rows import PostingRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every step on a posting works with; now: the database's own instant; alive: the owners whose leases count."""

    hub: Hub
    rows: CompanyRows
    postings: PostingRows
    now: datetime
    alive: frozenset[str]

    def audit(self, action: str, export: Row, **detail: object) -> None:
        """Record what was done to an export, in this transaction (R12)."""
        self.rows.exports.audit(action, export["code"], detail, actor=self.hub.actor, now=self.hub.clock())

    def export_of(self, posting: Row) -> Row:
        """Return the export that a posting is of."""
        return self.rows.exports.by_id(posting["export_id"])


@contextmanager
def desk(hub: Hub, company: str) -> Iterator[Desk]:
    """Open a transaction in which nobody else works on this company's postings."""
    with writing(hub, company) as rows:
        now = hub.database.now(rows.connection)
        yield Desk(
            hub=hub,
            rows=rows,
            postings=PostingRows(rows.connection, rows.company_id),
            now=now,
            alive=living(rows.connection, now),
        )
