"""The tables as SQLAlchemy Core knows them, for statements whose columns mypy can check."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from hub.store import tables


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model."""
    table: Table = SQLModel.metadata.tables[str(model.__tablename__)]
    return table


COMPANY = table_of(tables.Company)
CONNECTION = table_of(tables.Connection)
CHART_ACCOUNT = table_of(tables.ChartAccount)
GL_ACCOUNT = table_of(tables.GlAccount)
DEPARTMENT = table_of(tables.Department)
CATEGORY = table_of(tables.Category)
SITE = table_of(tables.Site)
ITEM = table_of(tables.Item)
COUNT = table_of(tables.ValuationCount)
COUNT_LINE = table_of(tables.CountLine)
COUNT_TOTAL = table_of(tables.CountTotal)
EXPORT_COUNT = table_of(tables.ExportCount)
MOVEMENT_SIDE = table_of(tables.MovementSide)
TRANSFER = table_of(tables.Transfer)
TRANSFER_LINE = table_of(tables.TransferLine)
BATCH = table_of(tables.Batch)
BATCH_LINE = table_of(tables.BatchLine)
OPENING = table_of(tables.Opening)
ON_BOOKS = table_of(tables.OnBooks)
