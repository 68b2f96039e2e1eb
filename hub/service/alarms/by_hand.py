"""The night's look at a company's connections, when somebody asks for it."""

from __future__ import annotations

from typing import Any

from hub.service.alarms.by_night import look_at
from hub.service.alarms.keeping import found_by_night, keep_records
from hub.service.alarms.records import find_in_records
from hub.service.context import Hub
from hub.service.scope import reading


def look_at_connections(hub: Hub, company: str, connection: str | None = None) -> list[dict[str, Any]]:
    """Look at all of a company's connections, or at one, and return what is to be seen to of each, by the records too.

    checked: whether its accounting system was asked what stands there; chart: how many accounts were new, changed and gone.
    """
    with reading(hub, company) as rows:
        names = [rows.books(connection).name] if connection is not None else list(rows.setup.books)
    looks = {name: look_at(hub, company, name)[0] for name in names}
    keep_records(hub)
    with reading(hub, company) as rows:
        ids = {name: rows.connection_row(name)["id"] for name in names}
        found = [*find_in_records(hub, rows.connection), *found_by_night(rows.connection)]
    return [
        {
            "connection": name,
            "checked": look.checked,
            "chart": look.chart,
            "problems": [
                {
                    "level": each.level.value,
                    "blocking": each.level.value == "problem",
                    "code": each.code,
                    "message": each.message,
                    "fix": each.fix,
                    "where": {"connection": name, **({"export": each.subject} if each.subject else {})},
                }
                for each in found
                if each.connection_id == ids[name]
            ],
        }
        for name, look in looks.items()
    ]
