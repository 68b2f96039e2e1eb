"""A real value for each part in braces of a page's path, and the query it needs, so that tests can call every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode

from hub.demo.loading import COMPANY
from hub.service.exporting import exports
from hub.service.notices.recipients import recipients
from hub.service.people import person_named
from hub.service.report_views import counted_dates
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
    "plugin": lambda site: site.hub.registry.known[0].name,
    "supporter": lambda site: str(person_named(site.hub, "support").id),
    "recipient": lambda site: str(recipients(site.hub)[0].id),
    "export": lambda site: str(exports(site.hub, COMPANY)[0]["export"]),
    "count_date": lambda _site: OFFERED,
}
OF_ALL_SITES = frozenset({"export"})
"""Parts whose sample holds sites that `other site` may not see: there is no such page for them."""


def _of_the_books(site: Site) -> Mapping[str, str]:
    """Return the connection that the sites post to."""
    return {"connection": str(counted_dates(site.hub, COMPANY)[0]["connection"])}


def _of_a_category(site: Site) -> Mapping[str, str]:
    """Return the site that everyone may see, and the first category of its count."""
    books = _of_the_books(site)
    counted = report(site.hub, COMPANY, date.fromisoformat(OFFERED), books["connection"])["sites"]
    (own,) = [each for each in counted if each["site"] == OWN_SITE]
    return {**books, "site": OWN_SITE, "category": own["categories"][0]["category"]}


REPORT = "/c/{company}/reports/journal-adjustment/{count_date}"
QUERIES: Mapping[str, Callable[[Site], Mapping[str, str]]] = {
    REPORT: _of_the_books,
    f"{REPORT}/report.csv": _of_the_books,
    f"{REPORT}/report.xlsx": _of_the_books,
    f"{REPORT}/category": _of_a_category,
    f"{REPORT}/items.csv": _of_a_category,
}
"""What stands behind the question mark, for pages that need it."""


def query(path: str, site: Site) -> str:
    """Return the query that a page's path needs, with its question mark; empty for most."""
    return f"?{urlencode(QUERIES[path](site))}" if path in QUERIES else ""
