"""One's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.web.routes import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit


@page("GET", "/account")
def account(visit: Visit) -> Response:
    """Show who is signed in."""
    return visit.html("account.html")
