"""The first page: the one company, or a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from hub.domain.access import Feature
from hub.service.companies import companies
from hub.web.routes import ROUTES, page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit


@page("GET", "/")
def home(visit: Visit) -> Response:
    """Go to the only company, or list them."""
    mine = [each for each in companies(visit.hub) if visit.person.access_to(str(each["code"]))]
    if len(mine) == 1:
        return visit.go(f"/c/{quote(str(mine[0]['code']), safe='')}")
    return visit.html("home.html", companies=mine)


@page("GET", "/c/{company}", needs=Feature.VIEW)
def company(visit: Visit) -> Response:
    """Go to what this person does first in this company: the first page of their menu."""
    code = quote(visit.company, safe="")
    listed = [(each.menu.order, each.path) for each in ROUTES if each.menu and each.needs and visit.may(each.needs)]
    accounting = [each.path for each in ROUTES if each.menu and each.needs is Feature.EXPORT and visit.may(each.needs)]
    if accounting:
        return visit.go(accounting[0].format(company=code))
    if not listed:
        return visit.html("home.html", companies=[])
    return visit.go(min(listed)[1].format(company=code))
