"""A real browser on a company whose every name is hostile: no page runs anything, opens a dialog or asks another host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import SqliteDatabases
from tests.journey.browsing import Browsing, served
from tests.passwords import CHEAP
from tests.web.naughty import WHO, Naughty, naughty_names
from tests.web.test_naughty import SHOWN
from tests.web.test_who_may import address


@pytest.fixture
def naughty(
    shared: Path,
    browser: Browser,
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Browsing]:
    """The company in Chromium."""
    monkeypatch.setattr("hub.service.passwords.COST", CHEAP)
    monkeypatch.setattr("hub.web.editing.ROWS_OF_A_PAGE", 10_000)
    built = Naughty(sqlite_databases.migrated(), tmp_path / "home", naughty_names(shared))
    site = built.build()
    with served(site) as at:
        opened = Browsing(site, browser, at, tmp_path)
        yield opened
        opened.close()
    built.house.close()


@pytest.mark.soak
def test_no_name_is_run_on_any_page(naughty: Browsing) -> None:
    page = naughty.page(WHO)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for each in SHOWN:
        naughty.show(page, address(each, naughty.site))
        assert naughty.complaints == [], each.path
    assert [url for url in asked if not url.startswith((f"{naughty.address}/", "data:"))] == []
