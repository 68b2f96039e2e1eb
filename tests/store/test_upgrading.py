"""Databases that are brought to another schema while programs use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.store import Database, DatabaseNotReady, DatabaseUpgraded, check, upgrade
from tests.other_schema import at_schema

NEWER = "9999"
REFUSED = r"9999, which is newer than this version.*Install that version"


@pytest.fixture
def opened(database_url: str) -> Iterator[Database]:
    """A database that this program has found to fit."""
    database = Database(database_url)
    check(database)
    yield database
    database.close()


def test_nothing_is_written_to_a_database_that_was_upgraded_meanwhile(opened: Database, database_url: str) -> None:
    at_schema(database_url, NEWER)
    with (
        pytest.raises(DatabaseUpgraded, match=r"schema 9999 while this program ran.*start the version"),
        opened.write(),
    ):
        pytest.fail("it was open for writing")
    with opened.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM meta")).scalar_one() == 1


def test_a_database_of_a_newer_version_is_neither_opened_nor_upgraded(opened: Database, database_url: str) -> None:
    at_schema(database_url, NEWER)
    with pytest.raises(DatabaseNotReady, match=REFUSED):
        check(opened)
    with pytest.raises(DatabaseNotReady, match=REFUSED):
        upgrade(database_url)


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_an_upgrade_waits_until_whoever_writes_has_ended(opened: Database, database_url: str) -> None:
    impatient = f"{database_url}{'&' if '?' in database_url else '?'}options=-c%20lock_timeout%3D50"
    with opened.write(), pytest.raises(DBAPIError, match="lock timeout"):
        upgrade(impatient)
    upgrade(impatient)
