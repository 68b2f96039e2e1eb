"""What of a report one person may see, and its figures summed as screens show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from hub.api import Reason
from hub.service.context import Hub
from hub.service.documents import total
from hub.service.report_files import Report
from hub.service.scope import reading
from hub.store.report_rows import CarryingExport, ReportRows

FIGURES = ("prior", "current", "change")
SIDES: tuple[Literal["debit", "credit"], ...] = ("debit", "credit")
OF_ALL_SITES = frozenset({"already_exported"})
"""Codes of what is told to whoever sees any site of the report."""


def counted_dates(hub: Hub, company: str, sites: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """List every date that was counted, newest first, for each connection; sites: of these alone, None for all.

    Each has count_date, connection, sites, exports (each with export, label, state and phase) and waiting (the sites not
    exported).
    """
    with reading(hub, company) as rows:
        listed, setup = ReportRows(rows.connection, rows.ids).listed(), rows.setup
    found: dict[tuple[str, str], dict[str, Any]] = {}
    told = set()
    for count in listed:
        connection = count.export.connection if count.export else setup.sites[count.site].connection
        if (
            connection is None
            or (sites is not None and count.site not in sites)
            or (count.count_date, count.site) in told
        ):
            continue
        told.add((count.count_date, count.site))
        day = count.count_date.isoformat()
        date_ = found.setdefault((day, connection), _date_document(day, connection))
        date_["sites"].append(count.site)
        if count.export is None:
            date_["waiting"].append(count.site)
        elif (carrying := _carrying(count.export)) not in date_["exports"]:
            date_["exports"].append(carrying)
    return list(found.values())


def _carrying(export: CarryingExport) -> dict[str, str]:
    return {"export": export.code, "label": export.label, "state": export.state, "phase": export.phase}


def _date_document(day: str, connection: str) -> dict[str, Any]:
    return {"count_date": day, "connection": connection, "sites": [], "exports": [], "waiting": []}


def seen_by(report: Report, sites: frozenset[str] | None) -> dict[str, Any]:
    """Return a report without what is of other sites than these (None: all of it); left_out: whether anything was.

    `balanced` stays that of the whole journal; debits and credits are of the lines that are left.
    """
    if sites is None:
        return {**report, "left_out": False}
    kept = [site for site in report["sites"] if site["site"] in sites]
    entries = [{**entry, "lines": _of(sites, entry["lines"])} for entry in report["entries"]]
    entries = [entry for entry in entries if entry["lines"]]
    return {
        **report,
        "left_out": len(kept) < len(report["sites"]) or _lines(entries) < _lines(report["entries"]),
        "sites": kept,
        "totals": _totals(kept),
        "exports": [_export_of(sites, export) for export in report["exports"] if not sites.isdisjoint(export["sites"])],
        "entries": entries,
        "debits": total(entries, "debit", report["currency"]),
        "credits": total(entries, "credit", report["currency"]),
        **{name: _of(sites, report[name]) for name in ("transfers", "production")},
        "problems": [problem for problem in report["problems"] if _may_be_told(sites, problem)],
    }


def _export_of(sites: frozenset[str], export: Mapping[str, Any]) -> dict[str, Any]:
    return {**export, "sites": [code for code in export["sites"] if code in sites]}


def _lines(entries: Sequence[Mapping[str, Any]]) -> int:
    return sum(len(entry["lines"]) for entry in entries)


def _may_be_told(sites: frozenset[str], problem: Mapping[str, Any]) -> bool:
    return problem["where"].get("site") in sites or problem["code"] in OF_ALL_SITES


def by_category(report: Report) -> list[dict[str, str]]:
    """Return each category's prior, current and change over all sites; nothing where the sites have several currencies."""
    if report["totals"] is None:
        return []
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for site in report["sites"]:
        for category in site["categories"]:
            known = sums[category["category"]]
            for name in FIGURES:
                known[name] = known.get(name, Decimal(0)) + Decimal(category[name])
    return [
        {"category": category, **{name: str(value) for name, value in known.items()}}
        for category, known in sums.items()
    ]


def by_reason(report: Report) -> list[dict[str, Any]]:
    """Return how many lines the journal has for each reason, and their debits and credits, in the order of an entry."""
    lines = [line for entry in report["entries"] for line in entry["lines"]]
    found = []
    for reason in Reason:
        own = {"lines": [line for line in lines if line["reason"] == reason.value]}
        if own["lines"]:
            debits, credits_ = (total([own], side, report["currency"]) for side in SIDES)
            found.append({"reason": reason.value, "lines": len(own["lines"]), "debits": debits, "credits": credits_})
    return found


def _of(sites: frozenset[str], lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [line for line in lines if line["site"] in sites]


def _totals(sites: Sequence[Mapping[str, Any]]) -> dict[str, str] | None:
    if len({site["currency"] for site in sites}) != 1:
        return None
    return {name: str(sum((Decimal(site[name]) for site in sites), Decimal(0))) for name in FIGURES}
