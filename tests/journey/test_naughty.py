"""A real browser on a company whose every name is hostile: no page runs anything, opens a dialog or asks another host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import SqliteDatabases
from tests.journey.browsing import Browsing, served
from tests.passwords import CHEAP
from tests.web.naughty import WHO, Naughty, naughty_names, with_marks
from tests.web.test_naughty import SHOWN
from tests.web.test_who_may import address


@pytest.fixture(params=["some", pytest.param("all", marks=pytest.mark.soak)])
def naughty(
    request: pytest.FixtureRequest,
    shared: Path,
    browser: Browser,
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Browsing]:
    """The company in Chromium; in the everyday run of every third name that has a sign of markup or scripts."""
    monkeypatch.setattr("hub.service.passwords.COST", CHEAP)
    monkeypatch.setattr("hub.web.editing.ROWS_OF_A_PAGE", 10_000)
    every = naughty_names(shared)
    named = every if request.param == "all" else with_marks(every)[::3]
    built = Naughty(sqlite_databases.migrated(), tmp_path / "home", named)
    site = built.build()
    with served(site) as at:
        opened = Browsing(site, browser, at, tmp_path)
        yield opened
        opened.close()
    built.house.close()


def test_no_name_is_run_on_any_page(naughty: Browsing) -> None:
    page = naughty.page(WHO)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for each in SHOWN:
        naughty.show(page, address(each, naughty.site))
        assert naughty.complaints == [], each.path
    assert [url for url in asked if not url.startswith((f"{naughty.address}/", "data:"))] == []
