"""Inventory Reports > Journal Adjustment: any count, exported or not, and what each of its figures is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.domain.access import Feature
from hub.service.criteria import names_of_sites
from hub.service.report_files import XLSX_TYPE
from hub.service.report_lines import Asked, category_lines, items_csv
from hub.service.report_views import counted_dates, seen_by
from hub.service.reporting import report, report_csv, report_workbook
from hub.web import adjustments, ledger, remedies, states
from hub.web.editing import page_of, sheet
from hub.web.routes import Menu, page
from hub.web.row_edits import here

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

Report = Mapping[str, Any]  # Any: the JSON shape of a report and its parts
AT = "/c/{company}/reports/journal-adjustment"
COUNT = f"{AT}/{{count_date}}"
CSV_TYPE = "text/csv; charset=utf-8"
MOST_ITEMS = 20_000
"""Of one file with every item; more are kept category by category."""
PARTS: Mapping[tuple[str, str], str] = {
    ("asset", "count"): "Asset account",
    ("cogs", "count"): "COGS account",
    ("cogs", "transfer"): "COGS account of transfers",
}


@page("GET", AT, needs=Feature.VIEW, menu=Menu(section="Inventory Reports", title="Journal Adjustment", order=30))
def counts(visit: Visit) -> Response:
    """List every count date of each connection, newest first; `count` in the address goes to that one's report."""
    if visit.query.get("count"):
        kept = {name: visit.query.get(name) for name in ("connection", "site")}
        return visit.go(_path(visit, visit.query.get("count"), **kept))
    found = _counted(visit)
    connection = visit.query.get("connection")
    listed = [each for each in found if connection in ("", each["connection"])]
    return visit.html(
        "reports/counts.html",
        rows=sheet(listed, visit.query),
        badge=states.state_of,
        connection=connection,
        labels={each.name: each.label for each in visit.heading.connections},
        names=names_of_sites(visit.hub, visit.company),
        opens=_sites(visit) is None,
        here=lambda **changed: here(visit, **changed),
    )


@page("GET", COUNT, needs=Feature.VIEW)
def show(visit: Visit, count_date: str) -> Response:
    """Show the report of one count date; `site` in the address: of that site alone."""
    whole = _report(visit, count_date)
    found = _narrowed(visit, whole)
    names = names_of_sites(visit.hub, visit.company)

    def link(line: ledger.Line) -> str:
        return _category_path(visit, found, line["site"], line["category"]) if line["category"] else ""

    def journal(name: str) -> ledger.Journal:
        lines = {"date": count_date, "reference": "", "memo": "in the entries below", "lines": found[name]}
        return ledger.journal(lines, names, found["currency"], prefix=f"{name}-", link=link)

    return visit.html(
        "reports/report.html",
        report=found,
        sites=[(each["site"], each["name"]) for each in whole["sites"]],
        site=visit.query.get("site"),
        counts=[each for each in _counted(visit) if each["connection"] == found["connection"]],
        kinds=adjustments.kinds(found),
        compared=adjustments.compared(found),
        rows=adjustments.rows(found),
        percent=adjustments.percent,
        items=adjustments.items_of(found),
        most_items=MOST_ITEMS,
        journals=ledger.journals(found["entries"], names, found["currency"], link=link),
        moved={name: journal(name) for name in ("transfers", "production") if found[name]},
        remedies=_remedies(visit, found, found["label"]),
        badge=lambda export: states.state_of({**export, "label": found["label"]}),
        names=names,
        opens=_sites(visit) is None,
        category_path=lambda site, category: _category_path(visit, found, site, category),
        file_path=lambda name, **query: _path(
            visit, count_date, name, connection=found["connection"], site=visit.query.get("site"), **query
        ),
    )


@page("GET", f"{COUNT}/report.csv", needs=Feature.VIEW)
def as_csv(visit: Visit, count_date: str) -> Response:
    """Give the report as CSV; `items=yes` in the address: with the items."""
    found = _narrowed(visit, _report(visit, count_date, items=visit.query.get("items") == "yes"))
    return visit.file(report_csv(found).encode(), f"{_name(visit, found)}.csv", CSV_TYPE)


@page("GET", f"{COUNT}/report.xlsx", needs=Feature.VIEW)
def as_workbook(visit: Visit, count_date: str) -> Response:
    """Give the report as a workbook; `items=yes` in the address: with the items."""
    found = _narrowed(visit, _report(visit, count_date, items=visit.query.get("items") == "yes"))
    return visit.file(report_workbook(found), f"{_name(visit, found)}.xlsx", XLSX_TYPE)


@page("GET", f"{COUNT}/category", needs=Feature.VIEW)
def category(visit: Visit, count_date: str) -> Response:
    """Show what one category of a site is made of: lines, accounts and who set them, what moved, the items page by page."""
    asked = _asked(visit, count_date)
    found = category_lines(visit.hub, visit.company, asked, page=page_of(visit.query))
    label = next((each.label for each in visit.heading.connections if each.name == found["connection"]), "")
    return visit.html(
        "reports/category.html",
        found=found,
        percent=adjustments.percent(found),
        parts_of=PARTS,
        label=label,
        report_path=_path(visit, count_date, connection=found["connection"]),
        items_path=_path(
            visit,
            count_date,
            "items.csv",
            connection=found["connection"],
            site=asked.site,
            category=asked.category,
        ),
        remedies=_remedies(visit, found, label),
        opens=_sites(visit) is None,
        here=lambda **changed: here(visit, **changed),
    )


@page("GET", f"{COUNT}/items.csv", needs=Feature.VIEW)
def items(visit: Visit, count_date: str) -> Response:
    """Give every item of one category as CSV."""
    asked = _asked(visit, count_date)
    name = f"items-{count_date}-{asked.site}-{asked.category}.csv"
    return visit.file(items_csv(visit.hub, visit.company, asked), name, CSV_TYPE)


def _report(visit: Visit, count_date: str, *, items: bool = False) -> Report:
    """Return the report of a date as far as the person may see it; there is none where no site of theirs was counted."""
    day, connection = _day(visit, count_date), visit.query.get("connection") or None
    found = seen_by(
        report(visit.hub, visit.company, day, connection, items=items, most_items=MOST_ITEMS), _sites(visit)
    )
    if not found["sites"]:
        visit.missing()
    return found


def _narrowed(visit: Visit, found: Report) -> Report:
    """Return the report of the one site that the address asks for, if it asks for one."""
    site = visit.query.get("site")
    if not site:
        return found
    if site not in {each["site"] for each in found["sites"]}:
        visit.missing()
    return {**seen_by(found, frozenset({site})), "left_out": True}


def _asked(visit: Visit, count_date: str) -> Asked:
    """Return which figure the address asks about; there is none of a site that the person may not see."""
    site, name = visit.query.exact("site"), visit.query.exact("category")
    visit.only_if_sees([site])
    connection = visit.query.get("connection") or None
    return Asked(count_date=_day(visit, count_date), connection=connection, site=site, category=name)


def _day(visit: Visit, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        visit.missing()
    if day.isoformat() != text:
        visit.missing()
    return day


def _remedies(visit: Visit, found: Report, label: str) -> list[remedies.Remedy]:
    """Return what is told of a report; who sees only some sites is led to no export, whose page shows all of its sites."""
    told = found["problems"]
    if _sites(visit) is not None:
        told = [{**problem, "where": {**problem["where"], "export": ""}} for problem in told]
    return remedies.remedies(visit, told, connection=found["connection"], label=label)


def _sites(visit: Visit) -> frozenset[str] | None:
    """Return the codes of the sites that the person may see, None for all."""
    assert visit.access is not None
    return visit.access.sites


def _counted(visit: Visit) -> list[dict[str, Any]]:
    """Return every count date of the sites that the person may see."""
    return counted_dates(visit.hub, visit.company, _sites(visit))


def _name(visit: Visit, found: Report) -> str:
    """Return what a file of a report is called."""
    parts = ("journal-adjustment", found["count_date"], found["connection"], visit.query.get("site"))
    return "-".join(part for part in parts if part)


def _path(visit: Visit, *parts: str, **query: str) -> str:
    return visit.path("reports", "journal-adjustment", *parts, **query)


def _category_path(visit: Visit, found: Report, site: str, name: str) -> str:
    kept = {"connection": found["connection"], "site": site, "category": name}
    return _path(visit, found["count_date"], "category", **kept)
