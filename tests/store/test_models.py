"""The migrations make the tables that the models describe."""

from __future__ import annotations

import warnings

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Index, create_engine
from sqlmodel import SQLModel

import hub.store.tables  # noqa: F401  its models are what is compared


def test_a_migrated_database_has_the_tables_and_columns_of_the_models(database_url: str) -> None:
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": _is_compared})
            with warnings.catch_warnings(action="ignore", category=Warning):  # that those are not compared
                assert compare_metadata(context, SQLModel.metadata) == []
    finally:
        engine.dispose()


def _is_compared(thing: object, *_: object) -> bool:
    """Leave out indexes of expressions, which no database tells exactly."""
    return not (isinstance(thing, Index) and len(thing.columns) < len(thing.expressions))
