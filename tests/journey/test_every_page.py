"""Every page of the table is looked at by axe-core: wide and light, narrow and dark; in `make soak` also the other way round."""

from __future__ import annotations

import pytest

from hub.web.routes import Page
from tests.journey.browsing import FEW_LOOKS, LOOKS, Browsing, Looks
from tests.web.test_who_may import PAGES, address, named

SHOWN = [page for page in PAGES if page.method == "GET"]
OTHER_LOOKS = [look for look in LOOKS if look not in FEW_LOOKS]


@pytest.mark.parametrize("looks", [FEW_LOOKS, pytest.param(OTHER_LOOKS, marks=pytest.mark.soak)], ids=["few", "others"])
@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_everyone_can_read_the_page(page: Page, looks: Looks, browsing: Browsing) -> None:
    opened = browsing.page("" if page.for_all else "support")
    if browsing.show(opened, address(page, browsing.site)):
        browsing.check(opened, name=named(page).replace("/", "_").replace(" ", ""), looks=looks)
