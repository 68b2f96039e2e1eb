"""Alembic's entry: runs the migrations on the connection that hub.store.schema hands over."""

from alembic import context
from sqlmodel import SQLModel

from hub.store import tables  # noqa: F401 - declares the tables that autogenerate compares with

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
