"""Every page of the table is looked at by axe-core, in all of the looks."""

from __future__ import annotations

import pytest

from hub.web.routes import Page
from tests.journey.browsing import LOOKS, Browsing
from tests.web.test_who_may import PAGES, address, named

SHOWN = [page for page in PAGES if page.method == "GET"]


@pytest.mark.soak
@pytest.mark.parametrize("page", SHOWN, ids=map(named, SHOWN))
def test_everyone_can_read_the_page(page: Page, browsing: Browsing) -> None:
    opened = browsing.page("" if page.for_all else "support")
    if browsing.show(opened, address(page, browsing.site)):
        browsing.check(opened, name=named(page).replace("/", "_").replace(" ", ""), looks=LOOKS)
