"""The database: tables, rows and domain types, migrations."""

from sqlalchemy import Connection as Transaction
from sqlalchemy import RowMapping as Row

from hub.store.audit_key import AuditKey
from hub.store.database import Database, DatabaseNotReady, DatabaseUpgraded, lock_company, sqlite_url
from hub.store.schema import check, upgrade

__all__ = [
    "AuditKey",
    "Database",
    "DatabaseNotReady",
    "DatabaseUpgraded",
    "Row",
    "Transaction",
    "check",
    "lock_company",
    "sqlite_url",
    "upgrade",
]
