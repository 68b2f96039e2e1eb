"""Open the database an installation uses: a fresh one is set up, any other must have this program's schema."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from hub.store.database import Database, DatabaseNotReady
from hub.store.schema import check, revision, upgrade


def open_database(url: str) -> Database:
    """Open a database, setting up one without tables; raises DatabaseNotReady, which says what to do."""
    database = _database(url)
    try:
        with database.read() as connection:
            fresh = revision(connection) is None
        if fresh:
            upgrade(url)
        check(database)
    except DBAPIError as error:
        database.close()
        raise _unusable(url, error) from error
    except DatabaseNotReady:
        database.close()
        raise
    return database


def upgrade_database(url: str) -> str:
    """Bring a database to this program's schema and return its address without a password; raises DatabaseNotReady."""
    try:
        upgrade(url)
    except DBAPIError as error:
        raise _unusable(url, error) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise _unreadable() from error
    return shown(url)


def shown(url: str) -> str:
    """Return a database's address fit to be printed: its password is left out."""
    return make_url(url).render_as_string(hide_password=True)


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


def _unusable(url: str, error: DBAPIError) -> DatabaseNotReady:
    """Return what is wrong with a database that answers with an error or not at all; the first line of it says enough."""
    told = str(error.orig).strip().splitlines()
    reason = told[0] if told else type(error.orig).__name__
    return DatabaseNotReady(f"The database {shown(url)} cannot be used: {reason}")
