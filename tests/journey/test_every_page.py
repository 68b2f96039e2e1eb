"""Every page of the table is looked at by axe-core: in one of the looks each, in `make soak` in all the others too."""

from __future__ import annotations

import pytest

from hub.web.routes import Page
from tests.journey.browsing import LOOKS, Browsing, Looks
from tests.web.test_who_may import PAGES, address, named

SHOWN = [page for page in PAGES if page.method == "GET"]


def looked_at(number: int) -> tuple[Looks, Looks]:
    """Return the look in which a page is seen every day, another one with each page, and those in which it is seen besides."""
    every = number % len(LOOKS)
    return LOOKS[every : every + 1], [*LOOKS[:every], *LOOKS[every + 1 :]]


@pytest.mark.parametrize(
    ("page", "looks"),
    [
        pytest.param(page, looks, id=f"{named(page)}-{name}", marks=[pytest.mark.soak] if name == "others" else [])
        for number, page in enumerate(SHOWN)
        for name, looks in zip(("one", "others"), looked_at(number), strict=True)
    ],
)
def test_everyone_can_read_the_page(page: Page, looks: Looks, browsing: Browsing) -> None:
    opened = browsing.page("" if page.for_all else "support")
    if browsing.show(opened, address(page, browsing.site)):
        browsing.check(opened, name=named(page).replace("/", "_").replace(" ", ""), looks=looks)
