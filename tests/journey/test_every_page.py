"""Every page of the table is looked at: narrow and wide, light and dark, by axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from hub.web.routes import Page
from tests.journey.browsing import Browsing
from tests.web.test_who_may import PAGES, address, named

SHOWN = [page for page in PAGES if page.method == "GET"]


@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_everyone_can_read_the_page(page: Page, browsing: Browsing) -> None:
    opened = browsing.page("" if page.for_all else "support")
    try:
        answer = opened.goto(address(page, browsing.site), wait_until="commit")
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return  # a file to keep, which a browser does not show
    assert answer is not None
    if "html" in answer.headers.get("content-type", ""):
        opened.wait_for_load_state()
        browsing.check(opened, name=named(page).replace("/", "_").replace(" ", ""))
