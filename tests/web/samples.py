"""A real value for each part in braces of a page's path, and the query it needs, so that tests can call every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode

from hub.demo.loading import COMPANY
from hub.service.exporting import exports
from hub.service.people import person_named
from hub.service.reporting import report
from tests.web.conftest import Site

OFFERED, OWN_SITE = "2026-10-31", "HB"
"""A counted date that is not exported, and the site that `other site` may see."""

SAMPLES: Mapping[str, Callable[[Site], str]] = {
    "company": lambda _site: COMPANY,
    "kind": lambda _site: "counts",
    "name": lambda site: str(exports(site.hub, COMPANY)[0]["postings"][0]["reference"]),
    "entry": lambda _site: "1",
    "person": lambda site: str(person_named(site.hub, "newcomer").id),
    "supporter": lambda site: str(person_named(site.hub, "support").id),
    "export": lambda site: str(exports(site.hub, COMPANY)[0]["export"]),
    "count_date": lambda _site: OFFERED,
}
OF_ALL_SITES = frozenset({"export"})
"""Parts whose sample holds sites that `other site` may not see: there is no such page for them."""


def _of_a_category(site: Site) -> Mapping[str, str]:
    """Return the site that everyone may see, and the first category of its count."""
    counted = report(site.hub, COMPANY, date.fromisoformat(OFFERED))["sites"]
    (own,) = [each for each in counted if each["site"] == OWN_SITE]
    return {"site": OWN_SITE, "category": own["categories"][0]["category"]}


QUERIES: Mapping[str, Callable[[Site], Mapping[str, str]]] = {
    f"/c/{{company}}/reports/journal-adjustment/{{count_date}}/{name}": _of_a_category
    for name in ("category", "items.csv")
}
"""What stands behind the question mark, for pages that need it."""


def query(path: str, site: Site) -> str:
    """Return the query that a page's path needs, with its question mark; empty for most."""
    return f"?{urlencode(QUERIES[path](site))}" if path in QUERIES else ""
