"""The first page: the one company, or a choice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from hub.domain.access import Feature
from hub.service.companies import companies
from hub.web.editing import finds, sheet
from hub.web.routes import ROUTES, page
from hub.web.row_edits import here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

SEARCHED = 10
"""More companies than these can be searched."""


@page("GET", "/")
def home(visit: Visit) -> Response:
    """Go to the only company, or list them, a page at a time, those that are searched for; support go to Customers."""
    mine = [each for each in companies(visit.hub) if visit.person.access_to(str(each["code"]))]
    if len(mine) == 1 and not mine[0]["test"]:
        return visit.go(f"/c/{quote(str(mine[0]['code']), safe='')}")
    if visit.person.support:
        return visit.go("/customers")
    text = visit.query.get("find")
    found = [each for each in mine if finds(text, str(each["code"]), str(each["name"]))]
    rows = sheet(found, visit.query)
    return visit.html("home.html", rows=rows, several=len(mine) > SEARCHED, find=text, here=partial(here, visit))


@page("GET", "/c/{company}", needs=Feature.VIEW)
def company(visit: Visit) -> Response:
    """Go to what this person does first in this company: the first page of their menu."""
    code = quote(visit.company, safe="")
    listed = [(each.menu.order, each.path) for each in ROUTES if each.menu and each.needs and visit.may(each.needs)]
    accounting = [each.path for each in ROUTES if each.menu and each.needs is Feature.EXPORT and visit.may(each.needs)]
    if accounting:
        return visit.go(accounting[0].format(company=code))
    if not listed:
        return visit.html("home.html", rows=sheet([], visit.query), several=False, find="", here=partial(here, visit))
    return visit.go(min(listed)[1].format(company=code))
