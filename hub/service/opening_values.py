"""What is asked before the first export of a site: what the books carry for it, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import amount_text
from hub.service.context import Hub, not_found
from hub.service.heads import remember
from hub.service.importing import import_rows
from hub.service.previewing import sites_of
from hub.service.saving import RowsRefused
from hub.service.scope import CompanyRows, reading

SAID: Mapping[str, str] = {
    "nothing_and_values": "It was said before that the books carry nothing for this site, or that they carry values: it is one "
    "or the other. Type 0 for a category that they carry nothing of.",
    "rows_disagree": "A site has one opening date, and values with another date are stored already. Type that date.",
}
"""What is wrong as a page says it, by the rule, where the importing rule speaks of a file's rows."""


def first_export(hub: Hub, company: str, site: str) -> dict[str, Any]:
    """Return a site with its categories in the order set up; raises NotFound.

    opening: the date of the opening values it has already, else None; exported: whether an export of it stands, after
    which they are no longer asked; count_date: of its newest count on offer, empty where there is none. Of each category
    value: in that count; carried: its opening value, empty where it has none.
    """
    with reading(hub, company) as rows:
        found = rows.setup.sites.get(site)
        if found is None:
            raise not_found("site", site, list(rows.setup.sites))
        names = sites_of(rows, found.connection) if found.connection else []
        offered = [count for count in rows.facts.offered(names) if count.site == site]
        counted = rows.facts.counts(offered[:1], {}, {}).get(site) if offered else None
        totals = counted.totals if counted else {}
        carried = _carried(rows, site)
        exported = site in rows.facts.last_exported()
        categories = sorted(rows.setup.categories.values(), key=lambda category: category.position)
    return {
        "code": site,
        "name": found.name,
        "connection": found.connection or "",
        "currency": found.currency,
        "opening": found.opening_date.isoformat() if found.opening_date else None,
        "exported": exported,
        "count_date": offered[0].count_date.isoformat() if offered else "",
        "categories": [
            {
                "category": category.name,
                "department": category.department,
                "value": amount_text(totals[category.name], found.currency) if category.name in totals else "",
                "carried": amount_text(carried[category.name], found.currency) if category.name in carried else "",
            }
            for category in categories
            if not category.retired or category.name in carried
        ],
    }


def decide_opening(hub: Hub, company: str, site: str, day: date, values: Mapping[str, str]) -> int:
    """Store what the books carry for a site as of a day, as the import `opening` does; return how many values changed.

    values: by category, as typed; none: the books carry nothing. Raises RowsRefused, whose rows are numbered as the values are.
    """
    carried = values or {"": "0"}
    cells = {"date": day.isoformat(), "site": site}
    rows = [{**cells, "category": category, "value": value} for category, value in carried.items()]
    result = import_rows(hub.database, company, "opening", rows, actor=hub.actor, now=hub.clock())
    if not result.stored:
        raise RowsRefused([replace(each, message=SAID.get(each.rule, each.message)) for each in result.errors])
    remember(hub)
    return result.changes


def _carried(rows: CompanyRows, site: str) -> dict[str, int]:
    """Return the opening values of a site that still stand on the books, by category, in minor units."""
    if rows.setup.sites[site].opening_date is None:
        return {}
    return {value.category: value.value for value in rows.facts.on_books([site])}
