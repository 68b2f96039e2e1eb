"""Open the database an installation uses: a fresh one is set up, any other must have this program's schema and its key."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from hub.store.audit import fingerprint, set_fingerprint
from hub.store.audit_key import AuditKey, KeyUnusable, make_key, read_key, replace_key
from hub.store.database import Database, DatabaseNotReady
from hub.store.schema import SEALED, begin_trails, check, revision, upgrade


def open_database(url: str, key_file: Path) -> Database:
    """Open a database, setting up one without tables; raises DatabaseNotReady, which says what to do.

    key_file: where the key of its audit trails is; it is made for a database that has none yet.
    """
    database = _database(url)
    try:
        with database.read() as connection:
            fresh = revision(connection) is None
        if fresh:
            upgrade(url)
        check(database)
        database.audit_key = _key(database, key_file)
    except (DBAPIError, KeyUnusable) as error:
        database.close()
        raise _unusable(url, error) from error
    except DatabaseNotReady:
        database.close()
        raise
    return database


def upgrade_database(url: str, key_file: Path) -> str:
    """Bring a database to this program's schema and return its address without a password; raises DatabaseNotReady."""
    database = _database(url)
    try:
        upgrade(url, _key(database, key_file))
        _key(database, key_file)
    except (DBAPIError, KeyUnusable) as error:
        raise _unusable(url, error) from error
    finally:
        database.close()
    return shown(url)


def renew_audit_key(url: str, key_file: Path, *, actor: str) -> None:
    """Seal the audit trails with a new key from now on; raises DatabaseNotReady.

    What they hold is taken in as it is, which each trail says in an entry; the old key is kept beside the new one.
    """
    database = _database(url)
    try:
        check(database)
        with database.write() as connection:
            key = replace_key(key_file)
            set_fingerprint(connection, key)
            connection.execution_options(hub_audit_key=key)
            begin_trails(connection, at=database.now(connection), actor=actor)
    except (DBAPIError, KeyUnusable) as error:
        raise _unusable(url, error) from error
    finally:
        database.close()


def shown(url: str) -> str:
    """Return a database's address fit to be printed: its password is left out."""
    return make_url(url).render_as_string(hide_password=True)


def _key(database: Database, file: Path) -> AuditKey:
    """Return the key of the database's audit trails; where it has none yet, the one in the file or a new one."""
    with database.read() as connection:
        at = revision(connection)
        known = fingerprint(connection) if at is not None and at >= SEALED else ""
    key = read_key(file)
    if known:
        return _known(key, known, file)
    key = key or make_key(file)
    if at is None or at < SEALED:
        return key
    with database.write() as connection:
        known = fingerprint(connection) or key.fingerprint
        set_fingerprint(connection, _known(key, known, file))
    return key


def _known(key: AuditKey | None, known: str, file: Path) -> AuditKey:
    where = (
        "Bring it from another machine of this database or from a back-up, or name its file in HUB_AUDIT_KEY_FILE. "
        "If it is lost, stop everything that uses this database and run: hub audit new-key"
    )
    if key is None:
        raise DatabaseNotReady(f"The key of this database's audit trail is not there: {file} is missing. {where}")
    if key.fingerprint != known:
        raise DatabaseNotReady(
            f"The audit key in {file} is not the one of this database's audit trail: "
            f"its fingerprint is {key.fingerprint}, and the database asks for {known}. {where}"
        )
    return key


def _database(url: str) -> Database:
    try:
        return Database(url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise _unreadable() from error


def _unreadable() -> DatabaseNotReady:
    return DatabaseNotReady(
        "HUB_DATABASE_URL is not the address of a database that the hub knows. "
        "It is one such as postgresql+psycopg://hub@127.0.0.1/hub, or unset to keep the data in the hub's folder."
    )


def _unusable(url: str, error: DBAPIError | KeyUnusable) -> DatabaseNotReady:
    """Return what is wrong with a database that answers with an error or not at all; the first line of it says enough."""
    if isinstance(error, KeyUnusable):
        return DatabaseNotReady(str(error))
    told = str(error.orig).strip().splitlines()
    reason = told[0] if told else type(error.orig).__name__
    return DatabaseNotReady(f"The database {shown(url)} cannot be used: {reason}")
