"""A dry run: the newest count on offer previewed against the accounting system as it is now. It posts and freezes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.api import ConnectorError
from hub.domain.decisions import Decisions
from hub.plugins import SettingsInvalid
from hub.service.connecting.live_chart import read_chart
from hub.service.connections import connector_of, signs_in
from hub.service.context import Hub, Refused
from hub.service.previewing import draft, preview, sites_of
from hub.service.scope import CompanyRows, reading, writing
from hub.store.map_rows import told_changes

DRY_RUN = "dry run"
NOT_ASKED = "not_checked"
"""The warning of a preview whose accounting system could not be asked: then it was not tried at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a dry run found: hash of the preview, how many problems and warnings, and how many lines it would have posted."""

    at: datetime
    by: str
    count_date: str
    hash: str
    problems: int
    warnings: int
    lines: int


def dry_run(hub: Hub, company: str, connection: str) -> dict[str, Any]:
    """Read the chart anew, preview the newest count on offer and ask what stands in its way; returns the shape `preview`.

    What was found is written to the audit trail. Raises Refused where nothing is on offer, and ConnectorError.
    """
    with reading(hub, company) as rows:
        name = rows.books(connection).name
        live = signs_in(connector_of(hub, rows.connection_row(name)["connector"]))
    if live:
        read_chart(hub, company, name)
    found = preview(hub, company, None, name)
    levels = [str(each["level"]) for each in found["problems"]]
    not_asked = sum(each["code"] == NOT_ASKED and each["level"] == "warning" for each in found["problems"])
    detail = {
        "count_date": found["count_date"],
        "hash": found["hash"],
        "problems": levels.count("problem") + not_asked,
        "warnings": levels.count("warning") - not_asked,
        "lines": sum(len(entry["lines"]) for entry in found["entries"]),
    }
    with writing(hub, company) as rows:
        rows.exports.audit(DRY_RUN, name, detail, actor=hub.actor, now=hub.clock())
    return found


def last_dry_run(rows: CompanyRows, connection: str) -> Tried | None:
    """Return a connection's last dry run."""
    told = told_changes(rows.connection, rows.company_id, (DRY_RUN,), connection)
    return Tried(at=told[-1].at, by=told[-1].actor, **told[-1].detail) if told else None


def tried_now(hub: Hub, rows: CompanyRows, connection: str) -> str | None:
    """Return the hash that a dry run would have now, None where nothing is on offer."""
    offered = rows.facts.offered(sites_of(rows, connection))
    if not offered:
        return None
    try:
        return draft(hub, rows, rows.books(connection), offered[0].count_date, Decisions()).hash
    except (Refused, SettingsInvalid, ConnectorError):
        return ""
