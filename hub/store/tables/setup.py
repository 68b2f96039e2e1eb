"""Who the customers are and how their inventory maps to their books."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Document, Instant, Minor


class Meta(SQLModel, table=True):
    """One row: which database this is, and the fingerprint of the key that seals its audit trails.

    look_first: it was restored from an older copy, so that nothing is sent before the accounting system was searched for it.
    """

    __tablename__ = "meta"
    id: int = Field(default=1, primary_key=True)
    database_uuid: str
    audit_key: str = ""
    look_first: bool = False


class Company(SQLModel, table=True):
    """A customer of the hub with its settings; version moves with every write of its data.

    automatic_limit: the largest change of inventory (minor units) that mode `automatic` posts; automatic_at: `HH:MM` in
    time_zone (an IANA name), empty for as soon as a count is approved. test_of, test_connection: the company, and the name of
    its connection, that this one is a test copy of; null and empty for a customer.
    """

    __tablename__ = "company"
    __table_args__ = (
        Index("test_copy_of", "test_of", "test_connection", unique=True),
        Index("companies_by_name", text("lower(name)"), "id", "mode", "test_of", "code", "name"),
    )
    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(unique=True)
    code: str = Field(unique=True)
    name: str
    currency: str
    method: str = "reversal"
    transfers: str = "with_adjustments"
    production: str = "with_adjustments"
    entry_per: str = "connection"
    reversal_date: str = "count"
    production_variance: str | None = None
    go_live: date | None = None
    mode: str = "manual"
    automatic_limit: int | None = Field(default=None, sa_type=Minor)
    automatic_at: str = ""
    time_zone: str = "UTC"
    version: int = 0
    test_of: int | None = Field(default=None, foreign_key="company.id")
    test_connection: str = ""


class Connection(SQLModel, table=True):
    """One set of books; books is the accounting system's own id of it, or ours where it has none.

    chosen_at: when a person chose the books there, null where none are chosen; chart_read_at, dimensions: when its chart
    was last read live, and the dimensions of its lines as they were then; checked_*: the preview that the accounting
    system last found nothing wrong with.
    """

    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("company_id", "name"),
        Index("connections_by_connector", "connector", "company_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    name: str
    connector: str
    environment: str = "production"
    books: str
    books_name: str = ""
    currency: str | None = None
    settings: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    sign_in_id: int | None = Field(default=None, foreign_key="sign_in.id")
    chosen_at: datetime | None = Field(default=None, sa_type=Instant)
    chart_read_at: datetime | None = Field(default=None, sa_type=Instant)
    dimensions: list[dict[str, object]] | None = Field(default=None, sa_type=Document)
    checked_hash: str = ""
    checked_at: datetime | None = Field(default=None, sa_type=Instant)


class ChartAccount(SQLModel, table=True):
    """One account of a connection's chart; key is its id, else its number, else its name."""

    __tablename__ = "chart_account"
    __table_args__ = (UniqueConstraint("connection_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    connection_id: int = Field(foreign_key="connection.id")
    key: str
    account_id: str = ""
    number: str = ""
    name: str = ""
    kind: str | None = None
    active: bool = True
    why_not_postable: str = ""


class GlAccount(SQLModel, table=True):
    """An account of the hub's own list."""

    __tablename__ = "gl_account"
    __table_args__ = (UniqueConstraint("company_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    number: str
    name: str
    kind: str


class Department(SQLModel, table=True):
    """A group of categories; position is the order in which they were set up."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("company_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    name: str
    position: int
    asset_account: int | None = Field(default=None, foreign_key="gl_account.id")
    cogs_account: int | None = Field(default=None, foreign_key="gl_account.id")


class Category(SQLModel, table=True):
    """An inventory category; its own accounts come before its department's; retired: gone from the company."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("company_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    department_id: int = Field(foreign_key="department.id")
    name: str
    position: int
    asset_account: int | None = Field(default=None, foreign_key="gl_account.id")
    cogs_account: int | None = Field(default=None, foreign_key="gl_account.id")
    retired: bool = False


class Site(SQLModel, table=True):
    """A restaurant, bar or commissary; currency: empty means the company's; opening_*: which books its opening values are in."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("company_id", "code"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    code: str
    name: str
    connection_id: int | None = Field(default=None, foreign_key="connection.id")
    currency: str | None = None
    opening_date: date | None = None
    opening_connection_id: int | None = Field(default=None, foreign_key="connection.id")


class Override(SQLModel, table=True):
    """Another GL Account in place of one, for a site, a use, both or neither; use is empty for both uses."""

    __tablename__ = "override"
    __table_args__ = (Index("override_key", "gl_account_id", text("coalesce(site_id, 0)"), "use", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    gl_account_id: int = Field(foreign_key="gl_account.id")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    use: str = ""
    override_account_id: int = Field(foreign_key="gl_account.id")


class AccountMap(SQLModel, table=True):
    """GL Account → account of the accounting system, named by whichever of id, number and name was given."""

    __tablename__ = "account_map"
    __table_args__ = (UniqueConstraint("connection_id", "gl_account_id"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    connection_id: int = Field(foreign_key="connection.id")
    gl_account_id: int = Field(foreign_key="gl_account.id")
    account_id: str = ""
    account_number: str = ""
    account_name: str = ""


class SiteDimension(SQLModel, table=True):
    """One dimension value that a site's lines carry in one connection's books."""

    __tablename__ = "site_dimension"
    __table_args__ = (UniqueConstraint("connection_id", "site_id", "dimension"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    connection_id: int = Field(foreign_key="connection.id")
    site_id: int = Field(foreign_key="site.id")
    dimension: str
    value: str


class DueAccounts(SQLModel, table=True):
    """What a transfer between two connections leaves owed: due_from in the sender's books, due_to in the receiver's."""

    __tablename__ = "due_accounts"
    __table_args__ = (UniqueConstraint("from_connection_id", "to_connection_id"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    from_connection_id: int = Field(foreign_key="connection.id")
    to_connection_id: int = Field(foreign_key="connection.id")
    due_from: int = Field(foreign_key="gl_account.id")
    due_to: int = Field(foreign_key="gl_account.id")


class Item(SQLModel, table=True):
    """Something counted; the category is its latest one, each count line keeps its own."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("company_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    name: str
    category_id: int = Field(foreign_key="category.id")
