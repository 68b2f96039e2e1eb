"""Bring a database to this program's schema, and tell whether it is there."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from hub.store.audit import begin, trail_ends
from hub.store.audit_key import AuditKey
from hub.store.database import REVISION, Database, DatabaseNotReady, lock_company

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
SEALED = "0003"
"""The first schema whose audit trails are sealed."""


def upgrade(url: str, audit_key: AuditKey | None = None) -> None:
    """Create or migrate the database to the newest schema; running it again changes nothing. Raises DatabaseNotReady.

    Entries of an audit trail from before it was sealed are taken into it as they are, which needs the key.
    """
    database = Database(url, audit_key=audit_key)
    try:
        with database.write() as connection:
            before = _revision_to_change(connection)
            migrate(connection)
            if connection.execute(text("SELECT count(*) FROM meta")).scalar_one() == 0:
                statement = text("INSERT INTO meta (id, database_uuid) VALUES (1, :uuid)")
                connection.execute(statement, {"uuid": str(uuid.uuid4())})
            if before is not None and before < SEALED:
                begin_trails(connection, at=database.now(connection), actor="hub db upgrade")
    finally:
        database.close()


def begin_trails(connection: Connection, *, at: datetime, actor: str) -> None:
    """Take what the audit trails of all companies hold into the chain of the connection's key."""
    for company in trail_ends(connection):
        lock_company(connection, company.company)
        begin(connection, company.company_id, at=at, actor=actor, subject=company.company)


def migrate(connection: Connection) -> None:
    """Run the migrations that the connection's database still lacks."""
    from alembic import command

    command.upgrade(_config(connection), "head")


def check(database: Database) -> None:
    """Raise DatabaseNotReady unless the schema is exactly the one this program was written for; only that is written to."""
    with database.read() as connection:
        found = revision(connection)
    if found is None:
        raise DatabaseNotReady("This database has not been set up yet. Run: hub db upgrade")
    newest = newest_revision()
    _must_not_be_newer(found, newest)
    if found != newest:
        raise DatabaseNotReady(
            f"This database is at schema {found}, and this version of the hub needs {newest}. "
            "Make a back-up, then run: hub db upgrade"
        )
    database.schema = newest


def revision(connection: Connection) -> str | None:
    """Return the schema's revision, None where the database is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(REVISION).scalar_one_or_none()
    return found


def newest_revision() -> str:
    """Return the revision of the newest migration, from the names of their files."""
    return max(file.stem.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision_to_change(connection: Connection) -> str | None:
    """Return the revision once no other program writes, and none will before the end of this transaction."""
    if connection.dialect.name != "sqlite" and revision(connection) is not None:
        connection.execute(text("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"))
    found = revision(connection)
    if found is not None:
        _must_not_be_newer(found, newest_revision())
    return found


def _must_not_be_newer(found: str, newest: str) -> None:
    if found > newest:
        raise DatabaseNotReady(
            f"This database is at schema {found}, which is newer than this version of the hub knows ({newest}): "
            "it was upgraded for a newer version. Install that version here too."
        )


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
