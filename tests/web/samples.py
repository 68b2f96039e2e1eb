"""A real value for each part in braces of a page's path, so that the matrix can call every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.demo.loading import COMPANY
from hub.service.exporting import exports
from hub.service.people import person_named
from tests.web.conftest import Site

SAMPLES: Mapping[str, Callable[[Site], str]] = {
    "company": lambda _site: COMPANY,
    "kind": lambda _site: "counts",
    "name": lambda site: str(exports(site.hub, COMPANY)[0]["postings"][0]["reference"]),
    "entry": lambda _site: "1",
    "person": lambda site: str(person_named(site.hub, "newcomer").id),
    "supporter": lambda site: str(person_named(site.hub, "support").id),
    "export": lambda site: str(exports(site.hub, COMPANY)[0]["export"]),
}
OF_ALL_SITES = frozenset({"export"})
"""Parts whose sample holds sites that `other site` may not see: there is no such page for them."""
