"""Why a figure of the report is what it is: one category of one site, down to the items, the accounts and who set them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.api import amount_text
from hub.domain.setup import Books
from hub.service.auditing import trail_head
from hub.service.context import Hub, Refused, not_found, problem_document, refuse
from hub.service.documents import Document
from hub.service.frozen import posting_document
from hub.service.previewing import Draft, sites_of
from hub.service.report_accounts import accounts, carried_document
from hub.service.report_files import guarded
from hub.service.reporting import (
    amended_document,
    item_document,
    micro_text,
    prior_dates,
    shown_counts,
    waiting_draft,
)
from hub.service.scope import CompanyRows, reading
from hub.store import Row
from hub.store.report_line_rows import LineRows, MovedItem
from hub.store.report_rows import CountedItem, ReportedCount, ReportRows

ITEMS_OF_A_PAGE = 200
ITEMS_AT_ONCE = 5_000
ITEM_COLUMNS = ("item", "area", "unit", "quantity", "unit_cost", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which figure is asked about; connection: the name of the books, None where the company has only one."""

    count_date: date
    connection: str | None
    site: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the records have of it.

    count: None where the site was not counted then, and only something moved there; amended: what it was amended to since
    its export; exports: those that carry counts of the date; own: the one that carries this count.
    """

    rows: CompanyRows
    books: Books
    count: ReportedCount | None
    amended: ReportedCount | None
    exports: Sequence[Row]
    lines: LineRows

    @property
    def own(self) -> Row | None:
        return next((row for row in self.exports if self.count and row["id"] == self.count.export), None)

    @property
    def items(self) -> int:
        """How many lines the count has of the category."""
        return self.lines.item_count(self.count.ref) if self.count else 0


def category_lines(hub: Hub, company: str, asked: Asked, *, page: int = 1) -> dict[str, Any]:
    """Return one category of a site's count: figures, journal lines, accounts, what moved, and one page of its items.

    page: from 1 up. Raises NotFound where nothing of the category was counted, carried or moved at the site.
    """
    with reading(hub, company) as rows:
        found = _found(rows, asked)
        drafted, problems = _drafted(hub, found, asked)
        lines = [*_frozen_lines(found, asked), *_drafted_lines(drafted, asked)]
        taken = [*found.lines.taken([row["id"] for row in found.exports]), *(drafted.proposal.taken if drafted else ())]
        moved = [_moved(each, found) for each in found.lines.moved(taken)]
        figures = _figures(found, asked)
        if not (lines or moved or figures["counted"] or (found.count and figures["carried"])):
            raise not_found("category", f"{asked.category} of {asked.site} on {asked.count_date.isoformat()}")
        return {
            **_heading(found, asked),
            **figures,
            "lines": lines,
            "accounts": accounts(
                rows, found.books, found.lines, of=(asked.site, asked.category), export=found.own, journal=lines
            ),
            "moved": moved,
            **_page(found, page),
            "problems": [problem_document(problem) for problem in problems],
            "audit_trail": trail_head(rows),
        }


def items_csv(hub: Hub, company: str, asked: Asked) -> Iterator[str]:
    """Return the items of one category as RFC 4180 CSV, a few thousand at a time; raises NotFound before the first.

    Amounts are plain numbers; a text that a spreadsheet would take for a formula is prefixed with an apostrophe.
    """
    with reading(hub, company) as rows:
        found = _found(rows, asked)
        if found.count is None:
            raise not_found("count", f"of {asked.site} on {asked.count_date.isoformat()}")
        of = (found.count.ref, found.items, _currency(found))
    return _csv(hub, company, asked, of)


def _csv(hub: Hub, company: str, asked: Asked, of: tuple[int, int, str]) -> Iterator[str]:
    count, number, currency = of
    yield _csv_text([("count_date", "site", "category", *ITEM_COLUMNS)])
    about = (asked.count_date.isoformat(), guarded(asked.site), guarded(asked.category))
    after, sent = 0, 0
    while sent < number:
        with reading(hub, company) as rows:
            lines = LineRows(rows.connection, rows.ids, asked.site, asked.category)
            read = lines.items_after(count, after, ITEMS_AT_ONCE)
        if not read:
            raise refuse("figures_changed", "The count was imported again meanwhile.", "Download it once more.")
        after, sent = read[-1][0], sent + len(read)
        yield _csv_text([*about, *_cells(item, currency)] for _, item in read)


def _cells(item: CountedItem, currency: str) -> list[str]:
    document = item_document(item, currency)
    texts = [guarded(document[name]) for name in ("item", "area", "unit")]
    return [*texts, *(document[name] or "" for name in ("quantity", "unit_cost", "value"))]


def _csv_text(rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _found(rows: CompanyRows, asked: Asked) -> _Found:
    books = rows.books(asked.connection)
    if asked.site not in rows.setup.sites:
        raise not_found("site", asked.site)
    if asked.category not in rows.setup.categories:
        raise not_found("category", asked.category)
    counts = ReportRows(rows.connection, rows.ids).counts(asked.count_date)
    shown = shown_counts(counts, books.name, sites_of(rows, books.name))
    count = next((each for each in shown if each.site == asked.site), None)
    now = next((each for each in counts if each.site == asked.site and each.current), None)
    return _Found(
        rows=rows,
        books=books,
        count=count,
        amended=now if count is not None and now != count else None,
        exports=[rows.exports.by_id(export) for export in sorted({each.export for each in shown if each.export})],
        lines=LineRows(rows.connection, rows.ids, asked.site, asked.category),
    )


def _drafted(hub: Hub, found: _Found, asked: Asked) -> tuple[Draft | None, Sequence[Any]]:
    """Return what would be exported now where something of the date waits, or the problems of not knowing it."""
    exported = bool(found.exports)
    try:
        return waiting_draft(hub, found.rows, found.books, asked.count_date, exported=exported), ()
    except Refused as error:
        return None, error.problems


def _frozen_lines(found: _Found, asked: Asked) -> list[Document]:
    return [
        line
        for row in found.exports
        for posting in found.rows.exports.postings(row["id"], "post")
        for line in _own(posting_document(posting), asked, row["code"])
    ]


def _drafted_lines(drafted: Draft | None, asked: Asked) -> list[Document]:
    documents = drafted.documents if drafted else ()
    return [line for document in documents for line in _own(document, asked, None)]


def _own(document: Document, asked: Asked, export: str | None) -> list[Document]:
    entry = {"date": document["date"], "reference": document["reference"], "export": export}
    return [
        {**entry, **line}
        for line in document["lines"]
        if (line["site"], line["category"]) == (asked.site, asked.category)
    ]


def _heading(found: _Found, asked: Asked) -> dict[str, Any]:
    own = found.own
    return {
        "count_date": asked.count_date.isoformat(),
        "connection": found.books.name,
        "site": asked.site,
        "site_name": found.rows.setup.sites[asked.site].name,
        "category": asked.category,
        "currency": _currency(found),
        "status": found.count.status if found.count else None,
        "export": own["code"] if own else None,
        "exported_by": own["created_by"] if own else None,
        "exported_at": own["created_at"].isoformat() if own else None,
    }


def _figures(found: _Found, asked: Asked) -> dict[str, Any]:
    reader, currency = ReportRows(found.rows.connection, found.rows.ids), _currency(found)
    carried = found.lines.carried_before(asked.count_date)
    prior = sum(value.value for value in carried)
    current = _counted(reader, found.count, asked)
    now = _counted(reader, found.amended, asked) or 0 if found.amended else current or 0
    figures = {"prior": prior, "current": current or 0, "change": (current or 0) - prior}
    day = prior_dates(found.rows, reader, [asked.site], asked.count_date).get(asked.site)
    return {
        **{name: amount_text(minor, currency) for name, minor in figures.items()},
        "counted": current is not None,
        "amended": amended_document(current or 0, now, currency) if now != (current or 0) else None,
        "prior_date": day.isoformat() if day else None,
        "carried": [carried_document(value, currency) for value in carried],
    }


def _counted(reader: ReportRows, count: ReportedCount | None, asked: Asked) -> int | None:
    """Return the category's value in a count; None where it has no line of it."""
    return reader.totals([count.ref])[count.ref].get(asked.category) if count else None


def _currency(found: _Found) -> str:
    return found.rows.setup.sites[found.lines.site].currency


def _page(found: _Found, page: int) -> dict[str, Any]:
    """Return one page of the items; a page that is not there is the last one."""
    number = found.items
    pages = max(1, -(-number // ITEMS_OF_A_PAGE))
    at = min(max(page, 1), pages)
    skip = (at - 1) * ITEMS_OF_A_PAGE
    items = found.lines.items(found.count.ref, skip=skip, most=ITEMS_OF_A_PAGE) if found.count else ()
    return {
        "item_count": number,
        "page": at,
        "pages": pages,
        "first": skip + 1,
        "items": [item_document(item, _currency(found)) for item in items],
    }


def _moved(moved: MovedItem, found: _Found) -> dict[str, Any]:
    names = found.rows.setup.sites
    return {
        "kind": moved.kind,
        "name": moved.name,
        "date": moved.date.isoformat(),
        "way": [names[code].name for code in moved.way] if moved.kind == "transfer" else list(moved.way),
        "item": moved.item,
        "quantity": micro_text(moved.quantity),
        "unit_cost": micro_text(moved.unit_cost) if moved.unit_cost is not None else None,
        "value": amount_text(moved.value, _currency(found)) if moved.value is not None else None,
    }
