"""How postings are settled: every call with its evidence, the workers, and how each connection's system is doing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant


class Attempt(SQLModel, table=True):
    """One call for a posting, written down before any byte leaves; kind: `post` or `find`.

    outcome: empty while it is under way or was cut off, then `done`, `found`, `absent`, `try_later`, `reconnect`, `rejected`,
    `unknown` or `failed` (a look-up without an answer); code, message and request_id: the accounting system's own words;
    receipts: the journals it named.
    """

    __tablename__ = "attempt"
    __table_args__ = (Index("attempts_of_posting", "posting_id", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    posting_id: int = Field(foreign_key="posting.id")
    kind: str
    worker: str
    fence: int
    started_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str = ""
    code: str = ""
    message: str = ""
    request_id: str = ""
    receipts: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)


class Worker(SQLModel, table=True):
    """A process that settles postings; what it holds is another's to take once alive_until has passed."""

    __tablename__ = "worker"
    name: str = Field(primary_key=True)
    incarnation: str
    version: str
    started_at: datetime = Field(sa_type=Instant)
    alive_until: datetime = Field(sa_type=Instant)


class Traffic(SQLModel, table=True):
    """How calls to a connection's accounting system go, shared by all workers.

    next_call_at: when its rate next allows a call (the theoretical arrival time); failures: in a row; closed_until: no
    call before, except that afterwards one posting probes until probe_until; checked_at: when it was last asked what changed.
    """

    __tablename__ = "traffic"
    connection_id: int = Field(foreign_key="connection.id", primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    next_call_at: datetime | None = Field(default=None, sa_type=Instant)
    failures: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=Instant)
    closed_until: datetime | None = Field(default=None, sa_type=Instant)
    probe_until: datetime | None = Field(default=None, sa_type=Instant)
    trouble: str = ""
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
