"""What was counted, moved and produced."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Instant, Micro, Minor


class ValuationCount(SQLModel, table=True):
    """One site's stock-take of one date.

    current: an amended count is a new row, and the old one stays beside it while an export refers to it.
    value: minor units of the site's currency; lines_differing: lines whose value is not quantity × unit cost.
    """

    __tablename__ = "valuation_count"
    __table_args__ = (
        Index(
            "current_count",
            "company_id",
            "site_id",
            "count_date",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    site_id: int = Field(foreign_key="site.id")
    count_date: date
    status: str
    current: bool = True
    value: int = Field(sa_type=Minor)
    lines: int
    lines_differing: int = 0
    imported_at: datetime = Field(sa_type=Instant)


class CountLine(SQLModel, table=True):
    """One counted item: quantity and unit cost in millionths, value in minor units; differs: value is not their product.

    line: its row in the file that it came from. Its company, item and category are checked by the import and by
    `hub doctor`, not by foreign keys, which would cost an import two fifths more time.
    """

    __tablename__ = "count_line"
    __table_args__ = (
        Index(
            "negative_count_line",
            "count_id",
            sqlite_where=text("value < 0"),
            postgresql_where=text("value < 0"),
        ),
        {"sqlite_with_rowid": False},
    )
    count_id: int = Field(foreign_key="valuation_count.id", primary_key=True)
    line: int = Field(primary_key=True)
    company_id: int
    item_id: int
    category_id: int
    area: str = ""
    unit: str = ""
    quantity: int = Field(sa_type=Micro)
    unit_cost: int | None = Field(default=None, sa_type=Micro)
    value: int = Field(sa_type=Minor)
    differs: bool = False


class CountTotal(SQLModel, table=True):
    """The sum of one count's lines of one category, kept in the same transaction as the lines."""

    __tablename__ = "count_total"
    __table_args__ = ({"sqlite_with_rowid": False},)
    count_id: int = Field(foreign_key="valuation_count.id", primary_key=True)
    category_id: int = Field(foreign_key="category.id", primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    value: int = Field(sa_type=Minor)
    lines: int


class Transfer(SQLModel, table=True):
    """Goods moved from one site to another."""

    __tablename__ = "transfer"
    __table_args__ = (
        UniqueConstraint("company_id", "transfer_id"),
        Index("transfer_date", "company_id", "date"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    transfer_id: str
    date: date
    from_site_id: int = Field(foreign_key="site.id")
    to_site_id: int = Field(foreign_key="site.id")
    status: str


class TransferLine(SQLModel, table=True):
    """One item of a transfer; value in minor units of the sites' currency."""

    __tablename__ = "transfer_line"
    __table_args__ = (UniqueConstraint("movement_id", "item_id", "category_id"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    movement_id: int = Field(foreign_key="transfer.id")
    item_id: int = Field(foreign_key="item.id")
    category_id: int = Field(foreign_key="category.id")
    quantity: int = Field(sa_type=Micro)
    unit_cost: int | None = Field(default=None, sa_type=Micro)
    value: int = Field(sa_type=Minor)


class Batch(SQLModel, table=True):
    """A production batch: ingredients turned into produced items at one site."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("company_id", "batch_id"), Index("batch_date", "company_id", "date"))
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    batch_id: str
    date: date
    site_id: int = Field(foreign_key="site.id")


class BatchLine(SQLModel, table=True):
    """One input or output of a batch; an output's value is empty where it takes the sum of the inputs."""

    __tablename__ = "batch_line"
    __table_args__ = (UniqueConstraint("movement_id", "side", "item_id"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    movement_id: int = Field(foreign_key="batch.id")
    side: str
    item_id: int = Field(foreign_key="item.id")
    category_id: int = Field(foreign_key="category.id")
    quantity: int = Field(sa_type=Micro)
    unit_cost: int | None = Field(default=None, sa_type=Micro)
    value: int | None = Field(default=None, sa_type=Minor)


class Opening(SQLModel, table=True):
    """What the books carried before the first export; no category and value 0: nothing. Given GL accounts are optional."""

    __tablename__ = "opening"
    __table_args__ = (Index("opening_key", "connection_id", "site_id", text("coalesce(category_id, 0)"), unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    connection_id: int = Field(foreign_key="connection.id")
    site_id: int = Field(foreign_key="site.id")
    category_id: int | None = Field(default=None, foreign_key="category.id")
    date: date
    value: int = Field(sa_type=Minor)
    asset_account: int | None = Field(default=None, foreign_key="gl_account.id")
    cogs_account: int | None = Field(default=None, foreign_key="gl_account.id")
