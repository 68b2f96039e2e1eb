"""What is asked before the first export of a site."""

from __future__ import annotations

from typing import Any

from hub.api import amount_text
from hub.service.context import Hub, not_found
from hub.service.previewing import sites_of
from hub.service.scope import reading


def first_export(hub: Hub, company: str, site: str) -> dict[str, Any]:
    """Return a site with its categories in the order set up; value: of its newest count on offer; raises NotFound.

    opening: the date of the opening values it has already, else None.
    """
    with reading(hub, company) as rows:
        found = rows.setup.sites.get(site)
        if found is None:
            raise not_found("site", site, list(rows.setup.sites))
        names = sites_of(rows, found.connection) if found.connection else []
        offered = [count for count in rows.facts.offered(names) if count.site == site]
        counted = rows.facts.counts(offered[:1], {}, {}).get(site) if offered else None
        totals = counted.totals if counted else {}
        categories = sorted(rows.setup.categories.values(), key=lambda category: category.position)
    return {
        "code": site,
        "name": found.name,
        "connection": found.connection or "",
        "currency": found.currency,
        "opening": found.opening_date.isoformat() if found.opening_date else None,
        "categories": [
            {
                "category": category.name,
                "department": category.department,
                "value": amount_text(totals[category.name], found.currency) if category.name in totals else "",
            }
            for category in categories
            if not category.retired
        ],
    }
