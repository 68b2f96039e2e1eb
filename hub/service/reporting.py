"""The Journal Adjustment report of any count, exported or not: prior, current and change, and the entries behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.api import Level, Problem, Reason, Where, amount_text
from hub.domain.setup import Books
from hub.service.auditing import trail_head
from hub.service.context import Hub, NotFound, problem_document, refuse
from hub.service.documents import Document, total
from hub.service.frozen import amended_notes, posting_document
from hub.service.previewing import Draft, checked, decisions_from, draft, sites_of
from hub.service.report_files import report_csv, report_workbook, report_xlsx, trail_line
from hub.service.scope import CompanyRows, reading
from hub.store.report_rows import CategoryValues, CountedItem, ReportedCount, ReportRows

if TYPE_CHECKING:
    from hub.store import Row

__all__ = ["report", "report_csv", "report_workbook", "report_xlsx", "trail_line"]

MICRO = 1_000_000
MOVED: Mapping[str, tuple[Reason, ...]] = {
    "transfers": (Reason.TRANSFER,),
    "production": (Reason.PRODUCTION, Reason.PRODUCTION_VARIANCE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one report's sites show; amended: the present count of each exported site that was amended since."""

    counts: tuple[ReportedCount, ...]
    amended: Mapping[str, ReportedCount]
    totals: Mapping[int, Mapping[str, int]]
    line_numbers: Mapping[int, Mapping[str, int]]
    prior: CategoryValues
    prior_dates: Mapping[str, date]
    items: Mapping[tuple[int, str], Sequence[CountedItem]] | None


def report(
    hub: Hub,
    company: str,
    count_date: date,
    connection: str | None = None,
    *,
    items: bool = False,
    most_items: int | None = None,
) -> dict[str, Any]:
    """Report a count date: by site and category what the books carried before, what was counted, and the entries.

    An exported count is shown as it was frozen, any other as it would be exported now. items: with the items counted;
    more than most_items are refused. Amounts are texts with the currency's decimals; every key of the shape `preview` is
    there too. audit_trail: the head of the company's audit trail as the report was made.
    """
    with reading(hub, company) as rows:
        books = rows.books(connection)
        figures = _figures(rows, books, count_date, items=items, most_items=most_items)
        exports = [row for row in _exports(rows, books, count_date) if row["id"] in {c.export for c in figures.counts}]
        drafted = waiting_draft(hub, rows, books, count_date, exported=bool(exports))
        found = {**_document(rows, books, count_date, figures, exports), "audit_trail": trail_head(rows)}
    return {**found, "made_at": hub.clock().isoformat(), **_entries(found, drafted)}


def _figures(rows: CompanyRows, books: Books, count_date: date, *, items: bool, most_items: int | None) -> Figures:
    reader = ReportRows(rows.connection, rows.ids)
    counts = reader.counts(count_date)
    shown = shown_counts(counts, books.name, sites_of(rows, books.name))
    if not shown:
        raise _no_count(rows, books, reader, count_date)
    current = {count.site: count for count in counts if count.current}
    amended = {
        count.site: current[count.site] for count in shown if count.site in current and current[count.site] != count
    }
    refs = [count.ref for count in (*shown, *amended.values())]
    sites = [count.site for count in shown]
    line_numbers = reader.line_numbers([count.ref for count in shown])
    if items and most_items is not None:
        _refuse_more(sum(sum(lines.values()) for lines in line_numbers.values()), most_items)
    return Figures(
        counts=shown,
        amended=amended,
        totals=reader.totals(refs),
        line_numbers=line_numbers,
        prior=reader.prior(sites, count_date),
        prior_dates=prior_dates(rows, reader, sites, count_date),
        items=_by_category(reader.items([count.ref for count in shown])) if items else None,
    )


def _refuse_more(number: int, most: int) -> None:
    if number > most:
        raise refuse(
            "too_many_items",
            f"{number:,} items were counted, and at most {most:,} go into one file.",
            "Download the items of each category from its own page.",
        )


def shown_counts(counts: Sequence[ReportedCount], connection: str, own: Sequence[str]) -> tuple[ReportedCount, ...]:
    """Return one count of each site: the exported one, else the present one of a site that posts to these books."""
    chosen: dict[str, ReportedCount] = {}
    for count in sorted(counts, key=lambda count: (count.site, count.export is None)):
        chosen.setdefault(count.site, count)
    return tuple(
        count
        for count in chosen.values()
        if (count.connection == connection if count.export is not None else count.site in own)
    )


def _no_count(rows: CompanyRows, books: Books, reader: ReportRows, count_date: date) -> NotFound:
    dates = reader.dates(sites_of(rows, books.name))
    known = ", ".join(day.isoformat() for day in dates[:12])
    return NotFound(
        [
            Problem(
                level=Level.PROBLEM,
                code="not_found",
                message=f"No site of {books.name} was counted on {count_date.isoformat()}.",
                fix=f"Counts are of: {known}" + ("" if len(dates) <= 12 else ", …")
                if known
                else "Import a count first.",
                where=Where(connection=books.name, date=count_date.isoformat()),
            )
        ]
    )


def prior_dates(rows: CompanyRows, reader: ReportRows, sites: Sequence[str], count_date: date) -> dict[str, date]:
    """Return the date of what each site's books carried before a count: an exported count's, or the opening values'."""
    exported = reader.prior_dates(count_date)
    found = {}
    for site in sites:
        dates = [day for day in (exported.get(site), rows.setup.sites[site].opening_date) if day and day < count_date]
        if dates:
            found[site] = max(dates)
    return found


def _by_category(items: Sequence[CountedItem]) -> dict[tuple[int, str], list[CountedItem]]:
    found: dict[tuple[int, str], list[CountedItem]] = defaultdict(list)
    for item in items:
        found[item.count, item.category].append(item)
    return found


def _exports(rows: CompanyRows, books: Books, count_date: date) -> list[Row]:
    """Return the date's exports that were not undone, in the order they were made."""
    listed = rows.exports.listed(books.name, count_date)
    return [row for row in reversed(listed) if row["state"] != "UNDONE" and row["kind"] == "adjustment"]


def waiting_draft(hub: Hub, rows: CompanyRows, books: Books, day: date, *, exported: bool) -> Draft | None:
    """Return what would be exported now, None where all that was counted is exported: then no connector is needed."""
    waiting = any(count.count_date == day for count in rows.facts.offered(sites_of(rows, books.name)))
    return draft(hub, rows, books, day, decisions_from(())) if waiting or not exported else None


def _document(
    rows: CompanyRows, books: Books, count_date: date, figures: Figures, exports: Sequence[Row]
) -> dict[str, Any]:
    codes = {row["id"]: row["code"] for row in exports}
    sites = [_site(rows, count, figures, codes) for count in figures.counts]
    return {
        "label": exports[-1]["label"] if exports else "",
        "title": f"Journal Adjustment, {count_date.isoformat()}",
        "company": rows.company["code"],
        "company_name": rows.company["name"],
        "count_date": count_date.isoformat(),
        "connection": books.name,
        "currency": exports[-1]["currency"] if exports else books.currency,
        "exports": [_export(rows, row) for row in exports],
        "sites": sites,
        "totals": _grand_totals(rows, figures),
        "hash": exports[-1]["hash"] if exports else "",
        "entries": [
            {**posting_document(posting), "export": row["code"], "state": posting["state"]}
            for row in exports
            for posting in rows.exports.postings(row["id"], "post")
        ],
        "problems": [
            problem_document(problem)
            for row in exports
            for problem in (_exported_note(row, books), *amended_notes(rows, row))
        ],
    }


def _export(rows: CompanyRows, row: Row) -> dict[str, Any]:
    return {
        "export": row["code"],
        "state": row["state"],
        "phase": row["phase"],
        "sequence": row["sequence"],
        "hash": row["hash"],
        "created_by": row["created_by"],
        "created_at": row["created_at"].isoformat(),
        "sites": sorted(rows.exports.sites(row["id"])),
    }


def _exported_note(row: Row, books: Books) -> Problem:
    return Problem(
        level=Level.NOTE,
        code="already_exported",
        message=f"Export {row['code']} of this count was made by {row['created_by']} at "
        f"{row['created_at']:%Y-%m-%d %H:%M} UTC; it is shown as it was frozen.",
        where=Where(export=row["code"], connection=books.name),
    )


def _site(rows: CompanyRows, count: ReportedCount, figures: Figures, codes: Mapping[int, str]) -> dict[str, Any]:
    site = rows.setup.sites[count.site]
    prior, current = figures.prior.get(count.site, {}), figures.totals.get(count.ref, {})
    prior_date = figures.prior_dates.get(count.site)
    positions = rows.setup.categories
    categories = sorted({*prior, *current}, key=lambda name: positions[name].position)
    amended = figures.amended.get(count.site)
    return {
        "site": count.site,
        "name": site.name,
        "currency": site.currency,
        "status": count.status,
        "export": codes.get(count.export) if count.export is not None else None,
        "prior_date": prior_date.isoformat() if prior_date else None,
        **_change(sum(prior.values()), sum(current.values()), site.currency),
        "amended": amended_document(count.value, amended.value, site.currency) if amended else None,
        "categories": [_category(name, count, figures, site.currency) for name in categories],
    }


def _category(name: str, count: ReportedCount, figures: Figures, currency: str) -> dict[str, Any]:
    current = figures.totals.get(count.ref, {})
    amended = figures.amended.get(count.site)
    now = figures.totals.get(amended.ref, {}).get(name, 0) if amended else None
    value = current.get(name, 0)
    found: dict[str, Any] = {
        "category": name,
        "counted": name in current,
        "item_count": figures.line_numbers.get(count.ref, {}).get(name, 0),
        **_change(figures.prior.get(count.site, {}).get(name, 0), value, currency),
        "amended": amended_document(value, now, currency) if now is not None and now != value else None,
    }
    if figures.items is not None:
        found["items"] = [item_document(item, currency) for item in figures.items.get((count.ref, name), ())]
    return found


def item_document(item: CountedItem, currency: str) -> dict[str, Any]:
    """Return one line of a count as programs and screens read it."""
    return {
        "item": item.item,
        "area": item.area,
        "unit": item.unit,
        "quantity": micro_text(item.quantity),
        "unit_cost": micro_text(item.unit_cost) if item.unit_cost is not None else None,
        "value": amount_text(item.value, currency),
    }


def micro_text(micro: int) -> str:
    """Return millionths as a decimal text without needless zeros, such as `12.5`."""
    whole, rest = divmod(abs(micro), MICRO)
    decimals = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if micro < 0 else ''}{whole}{decimals}"


def _change(prior: int, current: int, currency: str) -> dict[str, str]:
    figures = {"prior": prior, "current": current, "change": current - prior}
    return {name: amount_text(minor, currency) for name, minor in figures.items()}


def amended_document(exported: int, now: int, currency: str) -> dict[str, str]:
    """Return what was exported beside what the count was amended to since."""
    figures = {"exported": exported, "now": now, "difference": now - exported}
    return {name: amount_text(minor, currency) for name, minor in figures.items()}


def _grand_totals(rows: CompanyRows, figures: Figures) -> dict[str, str] | None:
    """Return the sums over all sites; None where the sites are not all counted in one currency."""
    currencies = {rows.setup.sites[count.site].currency for count in figures.counts}
    if len(currencies) != 1:
        return None
    prior = sum(sum(figures.prior.get(count.site, {}).values()) for count in figures.counts)
    current = sum(sum(figures.totals.get(count.ref, {}).values()) for count in figures.counts)
    return _change(prior, current, currencies.pop())


def _entries(found: Mapping[str, Any], drafted: Draft | None) -> dict[str, Any]:
    """Return the frozen entries and those that would be exported now, with their totals and what stands in the way."""
    entries: list[Document] = list(found["entries"])
    problems = list(found["problems"])
    shown = {"label": found["label"], "hash": found["hash"]}
    if drafted is not None:
        drafted = checked(drafted)
        entries += [{**document, "export": None, "state": None} for document in drafted.documents]
        problems += [problem_document(problem) for problem in drafted.problems]
        shown = {"label": drafted.open_books.label, "hash": drafted.hash if drafted.documents else found["hash"]}
    debits, credits_ = total(entries, "debit", found["currency"]), total(entries, "credit", found["currency"])
    return {
        **shown,
        "entries": entries,
        "balanced": debits == credits_,
        "debits": debits,
        "credits": credits_,
        **{name: _moved(entries, reasons) for name, reasons in MOVED.items()},
        "problems": problems,
    }


def _moved(entries: Sequence[Document], reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [
        {"date": entry["date"], "reference": entry["reference"], **line}
        for entry in entries
        for line in entry["lines"]
        if line["reason"] in reasons
    ]
