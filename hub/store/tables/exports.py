"""What was frozen, posted and undone, and what the books carry for it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant, Minor

TO_LOOK_AT = (
    "needs_attention <> '' OR changed_there <> '' OR duplicates <> '[]' OR state = 'REJECTED' OR state = 'MISMATCH'"
)
"""Of postings that somebody may have to look at: word for word as in a query, so that the index of it is used."""


class OnBooks(SQLModel, table=True):
    """What the books carry for a site and category, with the accounts and dimensions it was posted to.

    state: `pending` until its posting stands, `live`, then `replaced` by an export or `undone`. At most one is live
    per site and category, and an export claims the ones it reverses: no two live exports reverse the same value.
    """

    __tablename__ = "on_books"
    __table_args__ = (
        Index(
            "live_on_books",
            "company_id",
            "site_id",
            "category_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    connection_id: int = Field(foreign_key="connection.id")
    site_id: int = Field(foreign_key="site.id")
    category_id: int = Field(foreign_key="category.id")
    value: int = Field(sa_type=Minor)
    asset_gl: str
    asset_account: dict[str, str] = Field(sa_type=Document)
    cogs_gl: str
    cogs_account: dict[str, str] = Field(sa_type=Document)
    dimensions: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    as_of: date
    state: str
    set_by: int | None = Field(default=None, foreign_key="export.id", index=True)
    replaced_by: int | None = Field(default=None, foreign_key="export.id", index=True)


class Export(SQLModel, table=True):
    """The postings made together for the counts of some sites, of one connection and date.

    phase: `post`, or `undo` once an undo was asked for; state: its least settled posting's.
    """

    __tablename__ = "export"
    __table_args__ = (
        UniqueConstraint("connection_id", "count_date", "sequence"),
        UniqueConstraint("company_id", "code"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    connection_id: int = Field(foreign_key="connection.id")
    code: str
    kind: str
    count_date: date
    sequence: int
    phase: str = "post"
    state: str
    hash: str
    undo_hash: str | None = None
    label: str
    currency: str
    decisions: list[str] = Field(default_factory=list, sa_type=Document)
    settings: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    problems: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str
    settled_at: datetime | None = Field(default=None, sa_type=Instant)


class ExportCount(SQLModel, table=True):
    """A site's count in an export: live until undone, unsettled until it has come to rest."""

    __tablename__ = "export_count"
    __table_args__ = (
        Index(
            "live_export_of_count",
            "company_id",
            "site_id",
            "count_date",
            unique=True,
            sqlite_where=text("live and count_id is not null"),
            postgresql_where=text("live and count_id is not null"),
        ),
        Index(
            "unsettled_export_of_site",
            "connection_id",
            "site_id",
            unique=True,
            sqlite_where=text("unsettled"),
            postgresql_where=text("unsettled"),
        ),
    )
    export_id: int = Field(foreign_key="export.id", primary_key=True)
    site_id: int = Field(foreign_key="site.id", primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    connection_id: int = Field(foreign_key="connection.id")
    count_id: int | None = Field(default=None, foreign_key="valuation_count.id", index=True)
    count_date: date
    prior_date: date | None = None
    live: bool = True
    unsettled: bool = True


class MovementSide(SQLModel, table=True):
    """One side of a transfer, or a whole batch, in the export that posts it: once while that export is live."""

    __tablename__ = "movement_side"
    __table_args__ = (
        Index(
            "live_movement_side",
            "company_id",
            "kind",
            "movement_id",
            "side",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    export_id: int = Field(foreign_key="export.id", index=True)
    kind: str
    movement_id: int
    side: str
    live: bool = True


class Posting(SQLModel, table=True):
    """One journal entry of an export: its frozen canonical JSON and the sha256 of it, its key, reference and receipt.

    sends: how often it was sent; calls: look-ups included, since a person last decided about it; sent_at: when last;
    due_at: when work should look at it next, None where it rests or waits for a person (needs_attention says for what);
    uncertain: a call may have written it; lease_*, fence: who works on it, until when, and how often it changed hands;
    recorded: the journal as the system holds it, when last looked at; accepted: as somebody took it over, None where the books
    follow what was frozen; duplicates: further journals there with its reference; trouble: what to tell.
    """

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("export_id", "kind", "part"),
        UniqueConstraint("books", "reference"),
        UniqueConstraint("books", "key"),
        Index("postings_of_connection", "connection_id", "lease_until"),
        Index(
            "due_postings",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("postings_by_reference", "reference"),
        Index("postings_to_look_at", "company_id", sqlite_where=text(TO_LOOK_AT), postgresql_where=text(TO_LOOK_AT)),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    export_id: int = Field(foreign_key="export.id")
    connection_id: int = Field(foreign_key="connection.id")
    books: str
    kind: str
    part: int
    state: str
    reference: str
    key: str
    entry_date: date
    entry: str
    sha256: str
    receipt: dict[str, object] | None = Field(default=None, sa_type=Document)
    changed_there: str = ""
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    recorded: dict[str, object] | None = Field(default=None, sa_type=Document)
    accepted: dict[str, object] | None = Field(default=None, sa_type=Document)
    sends: int = 0
    calls: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    uncertain: bool = False
    needs_attention: str = ""
    lease_owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    fence: int = 0
    duplicates: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)
    trouble: dict[str, object] | None = Field(default=None, sa_type=Document)


class AuditEvent(SQLModel, table=True):
    """Who did what, when: the entries of each company's audit trail, numbered from 1 and sealed one to the next (mac)."""

    __tablename__ = "audit_event"
    company_id: int = Field(foreign_key="company.id", primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor: str
    action: str
    subject: str
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    mac: str
