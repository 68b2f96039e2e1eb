"""The database: tables, rows and domain types, migrations."""

from hub.store.database import Database, DatabaseNotReady, lock_company, sqlite_url
from hub.store.schema import check, upgrade

__all__ = ["Database", "DatabaseNotReady", "check", "lock_company", "sqlite_url", "upgrade"]
