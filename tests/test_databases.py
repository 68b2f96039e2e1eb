"""The tests' databases are what the other tests take them for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from tests.conftest import Databases


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def tables(url: str) -> list[str]:
    with connected(url) as connection:
        return inspect(connection).get_table_names()


def test_an_empty_database_has_no_table(empty_database_url: str) -> None:
    assert tables(empty_database_url) == []


def test_a_migrated_database_has_the_hubs_tables(database_url: str) -> None:
    assert "alembic_version" in tables(database_url)


def test_two_databases_of_one_test_are_apart(databases: Databases) -> None:
    first, second = databases.empty(), databases.empty()
    with connected(first) as connection:
        connection.execute(text("CREATE TABLE only_here (id integer)"))
    assert tables(first) == ["only_here"]
    assert tables(second) == []


@pytest.mark.parametrize("time", ["first", "second"])
def test_one_test_does_not_see_what_another_wrote(databases: Databases, time: str) -> None:
    url = databases.migrated()
    assert "left_behind" not in tables(url)
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE left_behind (id integer)"))
    assert "left_behind" in tables(url)


def filled(url: str, home: Path) -> None:
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE times (number integer)"))
        connection.execute(text("INSERT INTO times VALUES (1)"))
    home.mkdir()
    (home / "key").write_text("secret")


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_was_prepared_is_in_every_copy_and_no_copy_changes_another(
    databases: Databases, tmp_path: Path, time: str
) -> None:
    for home in (tmp_path / "one", tmp_path / "other"):
        with connected(databases.prepared(filled, home)) as connection:
            assert connection.execute(text("SELECT number FROM times")).all() == [(1,)]
            connection.execute(text("UPDATE times SET number = 2"))
        assert (home / "key").read_text() == "secret"
        (home / "key").write_text("changed")


@pytest.mark.soak
def test_hundreds_of_databases_leave_nothing_behind(databases: Databases) -> None:
    for _ in range(300):
        url = databases.migrated()
        assert "alembic_version" in tables(url)
        databases.drop()
