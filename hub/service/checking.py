"""Check now what was posted, on all of a company's connections or on one."""

from __future__ import annotations

from typing import Any

from hub.api import ConnectorError, Where
from hub.service.context import Hub, refuse
from hub.service.posting.watching import check
from hub.service.scope import reading


def check_connections(hub: Hub, company: str, connection: str | None = None) -> list[dict[str, Any]]:
    """Return what was edited, deleted or doubled there since it was posted; refuses where a system cannot be asked."""
    with reading(hub, company) as rows:
        names = [rows.books(connection).name] if connection is not None else list(rows.setup.books)
    return [{"connection": name, **found} for name in names for found in _checked(hub, company, name)]


def _checked(hub: Hub, company: str, name: str) -> list[dict[str, Any]]:
    try:
        return check(hub, company, name)
    except ConnectorError as error:
        message = f"{name} could not be asked what stands there: {error.message}"
        raise refuse("not_checked", message, "Try again later.", Where(connection=name)) from error
