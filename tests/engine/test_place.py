"""Where the engine's tables are."""

from pathlib import Path

import pytest
from sqlalchemy import URL

from hub.engine import Waker, engine_url


@pytest.mark.parametrize(
    ("hub", "engine"),
    [
        ("sqlite:////var/hub/hub.sqlite", "sqlite:////var/hub/hub-engine.sqlite"),
        ("sqlite:///hub.sqlite", "sqlite:///hub-engine.sqlite"),
        ("sqlite+pysqlite:////var/a b/hub", "sqlite:////var/a b/hub-engine"),
        ("sqlite:////var/hub.sqlite?timeout=5", "sqlite:////var/hub-engine.sqlite"),
        ("sqlite:////var/Caf%C3%A9%20%231%3F/hub.sqlite", "sqlite:////var/Caf%C3%A9 %231%3F/hub-engine.sqlite"),
        ("postgresql+psycopg://u:p@db/hub", "postgresql+psycopg://u:p@db/hub"),
        ("postgresql+psycopg://postgres:@/hub?host=/run/pg", "postgresql+psycopg://postgres:@/hub?host=/run/pg"),
    ],
)
def test_the_tables_are_beside_an_sqlite_file_and_inside_a_postgresql_database(hub: str, engine: str) -> None:
    assert engine_url(hub) == engine


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="in a file"):
        engine_url(url)


def test_a_folder_of_any_name_holds_the_engines_file_beside_the_hubs(tmp_path: Path) -> None:
    folder = tmp_path / "Café #1? 50% +"
    folder.mkdir()
    hub = URL.create("sqlite", database=str(folder / "hub.sqlite")).render_as_string()
    waker = Waker(hub)
    waker.wake(1, "9")
    assert waker.stop(0)
    assert (folder / "hub-engine.sqlite").exists()
